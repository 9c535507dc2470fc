// What a parser answers: the value, or why the text has none. Parsers never throw.

/** A parser's answer: the value, or one sentence that says what is wrong with the text. */
export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly why: string };

/** The answer of a parser that found its value. */
export function parsed<T>(value: T): Parsed<T> {
  return { ok: true, value };
}

/** The answer of a parser that found none; `why` names what was expected, never echoes bytes. */
export function unparsed(why: string): Parsed<never> {
  return { ok: false, why };
}
