// The fixed things a session says at its beginning and end.

import { type Reply, reply } from "../shared/reply.ts";

/** The first line; it tells neither product nor version. */
export const GREETING: Reply = reply(220, "FTP server ready.");

/** Why a session ends without the peer's asking, by the reason that the log gets. */
export const FAREWELLS = {
  "idle": reply(421, "Nothing was asked for too long; goodbye."),
  "login not in time": reply(421, "No login in time; goodbye."),
  "too many bad requests": reply(421, "Too many bad requests; goodbye."),
  "not FTP": reply(421, "This is an FTP server; goodbye."),
  "server stops": reply(421, "This server is being stopped; goodbye."),
  "account changed": reply(421, "Your account was changed; log in again."),
  "banned": reply(421, "Too many logins failed from your address; goodbye."),
  "kicked": reply(421, "An administrator ended this session; goodbye."),
  "unregistered": reply(421, "This account was unregistered; goodbye."),
  "bug": reply(421, "This session cannot go on; goodbye."),
} as const satisfies Record<string, Reply>;

/** One of the {@linkcode FAREWELLS}. */
export type Farewell = keyof typeof FAREWELLS;
