// Whether a connection becomes a session: so many at once, so many from one address, so many before their login.

import { isFault } from "../shared/fault.ts";
import { type Reply, reply } from "../shared/reply.ts";
import type { LoginOrigin } from "./runtime/ban_list.ts";
import type { RegisteredSession, SessionLimit } from "./runtime/session_register.ts";
import type { Services } from "./services.ts";
import type { ServerSettings } from "./settings.ts";

/** The limits, asked at each admission since SIGHUP may change them. */
export type AdmissionLimits = () => Pick<
  ServerSettings,
  "maxSessions" | "maxSessionsPerAddress" | "maxStrangers" | "maxStrangersPerAddress"
>;

/** Why a connection becomes no session. */
export interface Refusal {
  /** The setting that left no room, or what failed; for the log. */
  readonly rule: string;
  readonly detail?: string;
  readonly reply: Reply;
}

/** The answer to a connection. */
export type Admitted =
  | { readonly ok: true; readonly seat: RegisteredSession }
  | ({ readonly ok: false } & Refusal);

const BANNED: Admitted = {
  ok: false,
  rule: "banned",
  reply: reply(421, "Too many logins failed from your address, try again later."),
};

const REFUSALS = {
  sessions: ["max-sessions", "Too many sessions here, try again later."],
  perAddress: ["max-per-address", "Too many sessions from your address, try again later."],
  strangers: ["max-strangers", "Too many who have not logged in, try again later."],
  strangersPerAddress: [
    "max-strangers-per-address",
    "Too many from your address who have not logged in, try again later.",
  ],
} as const satisfies Record<SessionLimit, readonly [rule: string, text: string]>;

/** Gives a seat, or the 421 that says why there is none. */
export function admit(
  from: LoginOrigin,
  { register, bans }: Pick<Services, "register" | "bans">,
  limits: AdmissionLimits,
): Admitted {
  const { maxSessions, maxSessionsPerAddress, maxStrangers, maxStrangersPerAddress } = limits();
  const bounds = {
    sessions: maxSessions,
    perAddress: maxSessionsPerAddress,
    strangers: maxStrangers,
    strangersPerAddress: maxStrangersPerAddress,
  };
  try {
    // SECURITY: who guessed passwords gets no further try for a while, on whatever connection.
    const registered = register.database.transaction(() =>
      bans.holds(from) ? "banned" : register.admit(from.address, bounds)
    );
    if (registered === "banned") return BANNED;
    if (registered.ok) return { ok: true, seat: registered.session };
    const [rule, text] = REFUSALS[registered.limit];
    return { ok: false, rule, reply: reply(421, text) };
  } catch (error) {
    if (!isFault(error)) throw error;
    const detail = String(error.cause ?? error);
    const answer = reply(421, "No room for another session, try again later.");
    return { ok: false, rule: "session register", detail, reply: answer };
  }
}
