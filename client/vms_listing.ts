// Listings of VMS: `NAME.TYPE;VERSION`, sizes in blocks, and long names on a line of their own.

import { monthOf, timeOf } from "./listing_dates.ts";
import { BARE, type RemoteEntry } from "./remote_entry.ts";

/** Name and version; size in blocks of 512 bytes, used and allocated; date; perhaps an owner. */
const VMS =
  /^(\S+?);(\d{1,5})\s+(?:\d+(?:\/\d+)?)\s+(\d{1,2})-([A-Za-z]{3})-(\d{4})\s+(\d\d?):(\d\d)(?::(\d\d)(?:\.\d+)?)?(?:\s+(\[[^\]]*\]))?/;

/** What begins and ends a listing. */
const VMS_FRAME = /^(?:Directory\s+\S+:\[.*|Total of \d+ files?,.*|Grand total of .*)$/i;

const NAME_ALONE = /^\S+;\d{1,5}\s*$/;

/**
 * Reads a line of VMS; a long one in one piece, see {@linkcode WrappedLines}. Blocks are no bytes, so the size is
 * unknown. A name without its version means the newest.
 */
export function parseVms(line: string): RemoteEntry | undefined {
  const match = VMS.exec(line);
  if (match === null) return undefined;
  const [, name = "", , day, monthName = "", year, hour, minute, second = "0", owner] = match;
  const month = monthOf(monthName);
  const modifiedMs = month === undefined
    ? undefined
    : timeOf(Number(year), month, Number(day), Number(hour), Number(minute), Number(second));
  if (modifiedMs === undefined) return undefined;
  const folder = /^(.+)\.DIR$/i.exec(name)?.[1];
  return {
    ...BARE,
    name: folder ?? name,
    type: folder === undefined ? "file" : "directory",
    size: undefined,
    modifiedMs,
    modifiedExactToMs: 60_000,
    owner: owner?.slice(1, -1),
  };
}

/** Whether a line frames a listing of VMS and names nothing. */
export function framesVms(line: string): boolean {
  return VMS_FRAME.test(line);
}

/** Puts together what VMS wraps: a long name, and the rest of its line below. */
export class WrappedLines {
  #held: string | undefined;

  /** @returns the lines that are complete now. */
  take(line: string): string[] {
    const held = this.rest();
    if (held.length > 0 && /^\s+\S/.test(line)) return [`${held[0]} ${line.trimStart()}`];
    if (!NAME_ALONE.test(line)) return [...held, line];
    this.#held = line.trimEnd();
    return held;
  }

  /** A name that nothing came for. */
  rest(): string[] {
    const held = this.#held;
    this.#held = undefined;
    return held === undefined ? [] : [held];
  }
}
