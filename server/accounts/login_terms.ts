// On which terms an account may log in, and which of its changes end the sessions it has.

import { type Parsed, parsed, unparsed } from "../../shared/parsed.ts";
import { networkHolds, parseNetwork } from "../network.ts";
import type { Account } from "./accounts.ts";

/** A time of day, in minutes after midnight by the server's clock; it may go over midnight. */
export interface LoginHours {
  readonly fromMinute: number;
  /** The first minute outside. */
  readonly untilMinute: number;
}

/** Why an account whose password was right does not get in. */
export type TermsRefusal = "disabled" | "expired" | "network" | "hours";

/** The part of an account that says when and from where. */
export type LoginTerms = Pick<Account, "enabled" | "expiresMs" | "networks" | "loginHours">;

/**
 * Why the account may not log in, `undefined` where it may.
 *
 * @param from the peer's address; `undefined` for this machine itself, which is in every network: its
 * operator is not locked out.
 */
export function termsRefusal(
  account: LoginTerms,
  from: string | undefined,
  now: Date,
): TermsRefusal | undefined {
  if (!account.enabled) return "disabled";
  if (account.expiresMs !== undefined && now.getTime() >= account.expiresMs) return "expired";
  if (!isAllowedFrom(account.networks, from)) return "network";
  const { loginHours } = account;
  return loginHours === undefined || isWithin(loginHours, now) ? undefined : "hours";
}

/**
 * Whether a change ends the sessions that are there: what they were let in for is not what it was.
 * Limits (quota, rates, number of sessions) change under a running session.
 */
export function endsSessions(before: Account, after: Account): boolean {
  return FIELDS_OF_A_LOGIN.some((field) =>
    JSON.stringify(before[field]) !== JSON.stringify(after[field])
  );
}

const FIELDS_OF_A_LOGIN = [
  "directory",
  "readOnly",
  "enabled",
  "expiresMs",
  "networks",
  "loginHours",
  "grants",
  "mounts",
] as const satisfies readonly (keyof Account)[];

/**
 * Reads `08:00-18:30`; `22:00-06:00` goes over midnight.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseLoginHours } from "./login_terms.ts";
 * assert.deepEqual(parseLoginHours("08:00-18:30"), {
 *   ok: true,
 *   value: { fromMinute: 480, untilMinute: 1110 },
 * });
 * assert.equal(parseLoginHours("8-25").ok, false);
 * ```
 */
export function parseLoginHours(text: string): Parsed<LoginHours> {
  const [, ...parts] = /^(\d\d):(\d\d)-(\d\d):(\d\d)$/.exec(text) ?? [];
  const [fromHour = NaN, from = NaN, untilHour = NaN, until = NaN] = parts.map(Number);
  const [fromMinute, untilMinute] = [fromHour * 60 + from, untilHour * 60 + until];
  const isTime = from < 60 && until < 60 && fromMinute < DAY_MINUTES &&
    untilMinute <= DAY_MINUTES && fromMinute !== untilMinute;
  return isTime
    ? parsed({ fromMinute, untilMinute })
    : unparsed("hours are like 08:00-18:30 or, over midnight, 22:00-06:00");
}

const DAY_MINUTES = 24 * 60;

/** The text that reads as these hours. */
export function formatLoginHours({ fromMinute, untilMinute }: LoginHours): string {
  const two = (value: number) => String(value).padStart(2, "0");
  const time = (minute: number) => `${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
  return `${time(fromMinute)}-${time(untilMinute)}`;
}

function isWithin({ fromMinute, untilMinute }: LoginHours, now: Date): boolean {
  const minute = now.getHours() * 60 + now.getMinutes();
  return fromMinute < untilMinute
    ? minute >= fromMinute && minute < untilMinute
    : minute >= fromMinute || minute < untilMinute;
}

function isAllowedFrom(networks: readonly string[], address: string | undefined): boolean {
  if (networks.length === 0 || address === undefined) return true;
  return networks.some((text) => {
    const network = parseNetwork(text);
    return network.ok && networkHolds(network.value, address);
  });
}
