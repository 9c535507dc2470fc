// What a session's state can be: three small unions and their pure transitions.
// The fourth, how the next data connection comes to be, is data_channel.ts's own.

import type { VirtualPath } from "../shared/virtual_path.ts";
import type { Account } from "./accounts/accounts.ts";
import type { Storage } from "./storage/storage.ts";

/** How far a login has come: nobody, a name without its password, an account. */
export type Login =
  | { readonly kind: "stranger" }
  | { readonly kind: "named"; readonly name: string }
  | { readonly kind: "member"; readonly account: Account; readonly storage: Storage };

/** What TLS protects: nothing, or the control connection and, where PROT P was said, the data (RFC 4217). */
export type Protection =
  | { readonly kind: "clear" }
  | { readonly kind: "tls"; readonly bufferSizeSet: boolean; readonly data: "clear" | "private" };

/** What the command before left for this one; every other command clears it. */
export type Pending =
  | { readonly kind: "nothing" }
  | { readonly kind: "rename"; readonly from: VirtualPath }
  | { readonly kind: "restart"; readonly offset: number }
  /** What RANG chose of a file: bytes from `start` to before `end`. */
  | { readonly kind: "range"; readonly start: number; readonly end: number };

/** Nobody yet. */
export const STRANGER: Login = { kind: "stranger" };
/** No TLS. */
export const CLEAR: Protection = { kind: "clear" };
/** Nothing left over. */
export const NOTHING: Pending = { kind: "nothing" };

/** AUTH succeeded: the control connection is protected, the data not yet (RFC 4217, 9). */
export function secured(): Protection {
  return { kind: "tls", bufferSizeSet: false, data: "clear" };
}

/** PBSZ was given; it means nothing without TLS. */
export function withBufferSize(protection: Protection): Protection {
  return protection.kind === "tls" ? { ...protection, bufferSizeSet: true } : protection;
}

/** PROT was given. */
export function withDataProtection(protection: Protection, data: "clear" | "private"): Protection {
  return protection.kind === "tls" ? { ...protection, data } : protection;
}
