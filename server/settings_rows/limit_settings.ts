// How many, and how long: what one peer can take from the others.

import { duration, wholeNumber } from "../setting_grammars.ts";
import { DAY_MS, MINUTE_MS, type SettingGroup } from "./setting.ts";

/** Limits and time-outs. */
export const LIMIT_SETTINGS: SettingGroup<
  | "maxSessions"
  | "maxSessionsPerAddress"
  | "maxStrangers"
  | "maxStrangersPerAddress"
  | "listingLimit"
  | "idleTimeoutMs"
  | "loginTimeoutMs"
  | "tlsHandshakeTimeoutMs"
  | "dataConnectTimeoutMs"
  | "stallTimeoutMs"
> = {
  maxSessions: {
    name: "max-sessions",
    grammar: wholeNumber(1, 1_000_000),
    standard: 10_000,
    help: "sessions at once",
    takesEffect: "now",
  },
  maxSessionsPerAddress: {
    name: "max-per-address",
    grammar: wholeNumber(1, 1_000_000),
    standard: 100,
    help: "sessions at once from one address",
    takesEffect: "now",
  },
  maxStrangers: {
    name: "max-strangers",
    grammar: wholeNumber(1, 1_000_000),
    standard: 1000,
    help: "sessions at once that have not logged in",
    takesEffect: "now",
  },
  maxStrangersPerAddress: {
    name: "max-strangers-per-address",
    grammar: wholeNumber(1, 1_000_000),
    standard: 100,
    help: "the same from one address",
    takesEffect: "now",
  },
  listingLimit: {
    name: "listing-limit",
    grammar: wholeNumber(1, 1_000_000_000),
    standard: 1_000_000,
    help: "names that one listing, or one pattern, looks at",
    takesEffect: "now",
  },
  idleTimeoutMs: {
    name: "idle-timeout",
    grammar: duration(1000, DAY_MS),
    standard: 300_000,
    help: "a session that says nothing for so long is ended",
    takesEffect: "now",
  },
  loginTimeoutMs: {
    name: "login-timeout",
    grammar: duration(1000, 60 * MINUTE_MS),
    standard: 60_000,
    help: "a login must be done within this time",
    takesEffect: "now",
  },
  tlsHandshakeTimeoutMs: {
    name: "tls-handshake-timeout",
    grammar: duration(1000, 10 * MINUTE_MS),
    standard: 15_000,
    help: "a TLS handshake must be done within this time",
    takesEffect: "now",
  },
  dataConnectTimeoutMs: {
    name: "data-connect-timeout",
    grammar: duration(1000, 10 * MINUTE_MS),
    standard: 30_000,
    help: "a data connection must come about within this time",
    takesEffect: "now",
  },
  stallTimeoutMs: {
    name: "stall-timeout",
    grammar: duration(1000, DAY_MS),
    standard: 120_000,
    help: "a transfer that stands still for so long is ended",
    takesEffect: "now",
  },
};
