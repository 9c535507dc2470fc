// A server as the journal keeps it, and the way back to it.

import { resolve } from "node:path";
import type { ConnectionFlags } from "../connection_flags.ts";
import { type Destination, type Environment, flagsAt, reach } from "../destination.ts";
import type { RecordedServer } from "./record_format.ts";

/** What is kept of a place where `user` is logged in: nothing secret, and no trust in just anybody. */
export function recordedServer(
  place: Destination,
  flags: ConnectionFlags,
  user: string,
): RecordedServer {
  const { host, port, tls } = place;
  const { active, pin, ca } = flagsAt(place, flags);
  const scheme = tls === "implicit" ? "ftps" : "ftp";
  return {
    address: { scheme, user, password: undefined, host, port, path: "" },
    tls,
    active: active ?? false,
    pin,
    ca: ca === undefined ? undefined : resolve(ca),
  };
}

/** The way to a recorded server, and the flags it was reached with; those that are given now count before them. */
export function wayBack(
  { address, tls, active, pin, ca }: RecordedServer,
  flags: ConnectionFlags,
  env: Environment,
): { readonly place: Destination; readonly flags: ConnectionFlags } {
  const isTrustSaid = flags.pin !== undefined || flags.ca !== undefined || flags.insecure;
  const { server: _server, host: _host, port: _port, user: _user, ...others } = flags;
  const merged: ConnectionFlags = {
    ...others,
    tls: flags.tls ?? tls,
    ...(active ? { active: true } : {}),
    ...(isTrustSaid || pin === undefined ? {} : { pin }),
    ...(isTrustSaid || ca === undefined ? {} : { ca }),
  };
  return { place: reach(address, merged, env), flags: merged };
}

/** Whether two are the same door: one server, one account. */
export function isSameLogin(a: RecordedServer, b: RecordedServer): boolean {
  return loginOf(a) === loginOf(b);
}

/** One text for one server and one account. */
export function loginOf({ address: { host, port, user } }: RecordedServer): string {
  return JSON.stringify([host, port, user]);
}
