// From an address to a connection one can log in on: TCP, greeting, TLS.

import type { Client, ConnectOptions } from "./client.ts";

/**
 * Connects and protects the control connection as asked; nobody is logged in yet.
 *
 * @throws Broken, NotTrusted, Unprotected (`required`, and not offered), Refused (a greeting other than 220),
 * Fault `aborted`
 */
export function connect(_options: ConnectOptions): Promise<Client> {
  return Promise.reject(new Error("not connected to anything yet"));
}
