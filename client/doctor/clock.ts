// What time it is at a server, told by a file that was uploaded just now.

import type { RemoteEntry } from "../remote_entry.ts";
import { type Finding, limited, skipped, works } from "./finding.ts";

/** Closer than this is exact: servers tell whole seconds, and the upload took its time. */
const TOLERANCE_MS = 5_000;

/** Time zones differ by multiples of this. */
const ZONE_STEP_MS = 15 * 60_000;

/**
 * Judges the clock by a file's time.
 *
 * @param uploadedMs when the file was complete by this machine's clock.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { clockFinding } from "./clock.ts";
 * const file = { modifiedMs: 7_200_000, modifiedExactToMs: 1000 };
 * assert.match(clockFinding(file, 1_000).found, /120 minutes ahead/);
 * ```
 */
export function clockFinding(
  { modifiedMs, modifiedExactToMs }: Pick<RemoteEntry, "modifiedMs" | "modifiedExactToMs">,
  uploadedMs: number,
): Finding {
  if (modifiedMs === undefined || modifiedExactToMs === undefined || modifiedExactToMs > 1000) {
    return skipped("the server tells no exact times (MLST, MDTM)");
  }
  const skewMs = modifiedMs - uploadedMs;
  const seconds = Math.round(skewMs / 1000);
  const facts = { skew_s: seconds };
  if (Math.abs(skewMs) <= TOLERANCE_MS) return works("agrees with this machine's", facts);
  const direction = skewMs > 0 ? "ahead of" : "behind";
  const told = `${durationText(Math.abs(seconds))} ${direction} this machine's`;
  const toZone = Math.abs(skewMs - Math.round(skewMs / ZONE_STEP_MS) * ZONE_STEP_MS);
  const cure = Math.abs(skewMs) > ZONE_STEP_MS / 2 && toZone <= TOLERANCE_MS
    ? "the server tells local times where UTC is due (RFC 3659, 2.3): set it to UTC"
    : "set the clocks of both machines (NTP): until then --newer compares wrong times";
  return limited(told, cure, facts);
}

function durationText(seconds: number): string {
  return seconds < 120 ? `${seconds} seconds` : `${Math.round(seconds / 60)} minutes`;
}
