// How many columns a text takes on a terminal: wide characters take two, combining marks none.

const ASCII_ONLY = /^[\x20-\x7e]*$/;

/** Scripts and blocks that terminals draw two columns wide (Unicode's East Asian Width W and F). */
const WIDE = new RegExp(
  "[\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Hangul}\\p{Script=Bopomofo}" +
    "\\p{Script=Yi}\\p{Emoji_Presentation}" +
    "\\u3000-\\u303e\\u3099-\\u30ff\\u3190-\\u319f\\u31c0-\\u31ef\\u3200-\\u4dbf\\ufe10-\\ufe19\\ufe30-\\ufe6f\\uff01-\\uff60\\uffe0-\\uffe6]",
  "u",
);
const HALF_WIDTH = /[\uff61-\uffdc\uffe8-\uffee]/;
const EMOJI_VARIANT = /\p{Emoji}\ufe0f/u;
const WIDTHLESS = /^[\p{Mn}\p{Me}\p{Cf}\p{Cc}]+$/u;

/**
 * Columns of a text without control characters.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { displayWidth } from "./display_width.ts";
 * assert.equal(displayWidth("报告.txt"), 8);
 * assert.equal(displayWidth("cafe\u0301"), 4);
 * ```
 */
export function displayWidth(text: string): number {
  if (ASCII_ONLY.test(text)) return text.length;
  let columns = 0;
  for (const grapheme of graphemesOf(text)) columns += graphemeWidth(grapheme);
  return columns;
}

/** The text with blanks behind it, `columns` wide; a wider one stays as it is. */
export function padToWidth(text: string, columns: number): string {
  return text + " ".repeat(Math.max(0, columns - displayWidth(text)));
}

/** The text in at most `columns` columns: where it is wider, its middle becomes `..`. */
export function fitToWidth(text: string, columns: number): string {
  if (displayWidth(text) <= columns) return text;
  const graphemes = graphemesOf(text);
  if (columns <= 2) return takeColumns(graphemes, columns);
  const headColumns = Math.ceil((columns - 2) / 2);
  const head = takeColumns(graphemes, headColumns);
  const tail = takeColumns(graphemes.toReversed(), columns - 2 - displayWidth(head), "backwards");
  return `${head}..${tail}`;
}

/**
 * The text with nothing in it that steers a terminal.
 *
 * SECURITY: a file name may hold escape sequences that rewrite the screen or the window's title.
 */
export function visibleText(text: string): string {
  // deno-lint-ignore no-control-regex -- exactly the characters that steer a terminal
  return text.replace(/[\0-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, "?");
}

/** The first segmenter of a process costs 30 ms, each further one nothing: none is made before it is needed. */
function graphemesOf(text: string): string[] {
  const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}

function graphemeWidth(grapheme: string): number {
  if (WIDTHLESS.test(grapheme)) return 0;
  if (HALF_WIDTH.test(grapheme)) return grapheme.length;
  return WIDE.test(grapheme) || EMOJI_VARIANT.test(grapheme) ? 2 : 1;
}

function takeColumns(
  graphemes: readonly string[],
  columns: number,
  order: "forwards" | "backwards" = "forwards",
): string {
  const taken: string[] = [];
  let left = columns;
  for (const grapheme of graphemes) {
    left -= graphemeWidth(grapheme);
    if (left < 0) break;
    taken.push(grapheme);
  }
  return (order === "forwards" ? taken : taken.toReversed()).join("");
}
