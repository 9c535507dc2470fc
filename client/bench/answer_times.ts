// How soon a server answers (NOOP), and how soon one is logged in.

import type { Visit } from "../visit.ts";
import type { Client } from "../client.ts";
import {
  type BenchLimits,
  type Measurement,
  perSecond,
  repeat,
  timed,
  timesOf,
} from "./measure.ts";

/** Enough for a p99 that is more than the worst one. */
const ROUND_TRIPS = 500;

/** A server that counts logins should not take us for somebody who guesses. */
const LOGINS = 20;

/** Round trips over one connection, one after the other. */
export async function measureRoundTrips(
  visit: Visit,
  { measureMs }: BenchLimits,
  signal: AbortSignal,
): Promise<Measurement> {
  const client = await visit.client(signal);
  const times = timesOf(
    await repeat(ROUND_TRIPS, measureMs, () => timed(() => client.noop({ signal }))),
  );
  const line = `${times.median_ms} ms median, ${times.p99_ms} ms p99 (${times.count} times NOOP)`;
  return { name: "round_trip", figures: times, line };
}

/** Connecting, TLS and login, one after the other. */
export async function measureLogins(
  visit: Visit,
  { measureMs }: BenchLimits,
  signal: AbortSignal,
): Promise<Measurement> {
  // With some servers two sessions of one process are in each other's way.
  if ((await visit.client(signal)).goesAlone) await visit.drop();
  const logins = await repeat(LOGINS, measureMs, async () => {
    let client: Client | undefined;
    const elapsedMs = await timed(async () => client = await visit.another(undefined, signal));
    await client?.close();
    return elapsedMs;
  });
  const rate = perSecond(logins.length, logins.reduce((sum, ms) => sum + ms, 0));
  const times = { ...timesOf(logins), per_second: rate };
  const line =
    `${times.median_ms} ms median, ${times.p99_ms} ms p99, ${rate} a second (${times.count} logins)`;
  return { name: "login", figures: times, line };
}
