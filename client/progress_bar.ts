// One transfer's progress as a line of text: name, share, bar, bytes, rate, time left; never wider than asked.

import { approximateRate, approximateSize, clockTime } from "../shared/units.ts";
import type { TransferProgress } from "./client.ts";
import { displayWidth, fitToWidth, padToWidth, visibleText } from "./display_width.ts";

/** The rate is that of the last seconds: an earlier stall or burst says nothing about the time left. */
const RATE_WINDOW_MS = 5_000;

const BAR_COLUMNS = 24;
const NAME_COLUMNS = 28;
/** Below this a name cannot be told from another. */
const SHORTEST_NAME_COLUMNS = 12;

/** Measures how fast bytes come, from how many there are at which time. */
export class RateMeter {
  readonly #samples: { readonly atMs: number; readonly bytes: number }[] = [];

  add(bytes: number, atMs: number): void {
    this.#samples.push({ atMs, bytes });
    // One sample older than the window stays: the window's start lies behind it.
    while (this.#samples.length > 2 && this.#samples[1]!.atMs <= atMs - RATE_WINDOW_MS) {
      this.#samples.shift();
    }
  }

  /** Bytes a second; `undefined` before there are two samples apart. */
  get bytesPerSecond(): number | undefined {
    const first = this.#samples.at(0);
    const last = this.#samples.at(-1);
    if (first === undefined || last === undefined || last.atMs <= first.atMs) return undefined;
    return Math.max(0, (last.bytes - first.bytes) / ((last.atMs - first.atMs) / 1000));
  }
}

/** What a transfer does while no bytes move. */
export type StageWords = Readonly<Record<Exclude<TransferProgress["stage"], "moving">, string>>;

/** Everything a bar shows. */
export interface BarState extends TransferProgress {
  readonly name: string;
  /** `undefined` while nobody knows. */
  readonly bytesPerSecond: number | undefined;
}

/**
 * The line, at most `columns` wide. What does not fit is left out, the least telling first: the bar, the
 * rate, the total, the name's middle.
 */
export function formatBar(state: BarState, columns: number, words: StageWords): string {
  const name = visibleText(state.name);
  const forms = [
    [share(state), bar(state), amount(state), rate(state, words), timeLeft(state)],
    [share(state), amount(state), rate(state, words), timeLeft(state)],
    [share(state), amount(state), timeLeft(state)],
    [share(state), timeLeft(state)],
    [share(state)],
  ].map((parts) => parts.filter((part) => part !== "").join("  "));
  const fitting = forms.find((form) => columns - displayWidth(form) - 2 >= SHORTEST_NAME_COLUMNS) ??
    forms.at(-1) ?? "";
  const nameColumns = Math.min(NAME_COLUMNS, columns - displayWidth(fitting) - 2);
  if (nameColumns <= 0) return fitToWidth(fitting, columns);
  return `${padToWidth(fitToWidth(name, nameColumns), nameColumns)}  ${fitting}`;
}

function share(state: BarState): string {
  const { doneBytes, totalBytes } = state;
  if (totalBytes === undefined) return "";
  // Rounded down: 100 % is said when it is all there, and not before.
  const percent = totalBytes === 0 ? 100 : Math.floor((Math.min(doneBytes / totalBytes, 1)) * 100);
  return `${percent}%`.padStart(4);
}

function bar(state: BarState): string {
  const { doneBytes, totalBytes } = state;
  if (totalBytes === undefined) return "";
  const inside = BAR_COLUMNS - 2;
  const filled = totalBytes === 0
    ? inside
    : Math.floor(Math.min(doneBytes / totalBytes, 1) * inside);
  const head = filled > 0 && filled < inside ? ">" : "";
  return `[${("=".repeat(filled - head.length) + head).padEnd(inside)}]`;
}

function amount(state: BarState): string {
  const done = approximateSize(state.doneBytes);
  if (state.totalBytes === undefined) return done.padStart(5);
  return `${done.padStart(5)}/${approximateSize(state.totalBytes)}`;
}

function rate(state: BarState, words: StageWords): string {
  if (state.stage !== "moving") return words[state.stage];
  return state.bytesPerSecond === undefined
    ? ""
    : approximateRate(state.bytesPerSecond).padStart(7);
}

function timeLeft(state: BarState): string {
  const { doneBytes, totalBytes, bytesPerSecond } = state;
  if (state.stage !== "moving" || totalBytes === undefined) return "";
  return bytesPerSecond ? clockTime((totalBytes - doneBytes) / bytesPerSecond).padStart(5) : "";
}
