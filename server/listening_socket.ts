// The socket the server listens on: opened for one thread or for several, its failures explained.

import { CommandFailure, ExitCode } from "../shared/exit_code.ts";
import { formatEndpoint } from "../shared/endpoint.ts";
import { openListener } from "./server.ts";

/** Where to listen. */
export interface ListenAddress {
  /** A literal address or a name of this machine; `undefined` for all interfaces. */
  readonly host: string | undefined;
  /** 0 for any free one. */
  readonly port: number;
}

/**
 * Opens the socket.
 *
 * @param shared whether other threads of this server listen on the same port (SO_REUSEPORT).
 * @throws CommandFailure that says why nobody can listen there.
 */
export function openListeningSocket(address: ListenAddress, shared: boolean): Deno.TcpListener {
  try {
    return openListener({ ...address, reusePort: shared });
  } catch (error) {
    throw explained(address, error);
  }
}

/**
 * Makes sure that the address is this machine's and that nobody else listens on the port: sockets opened as shared would share it with
 * any other server of the same user, and each would get half of the connections.
 *
 * @throws CommandFailure as {@linkcode openListeningSocket}
 */
export function requireFreePort(address: ListenAddress): void {
  openListeningSocket(address, false).close();
}

function explained({ host, port }: ListenAddress, error: unknown): CommandFailure {
  const shown = host === undefined ? `port ${port}` : formatEndpoint({ address: host, port });
  const tried = `listening on ${shown}`;
  if (error instanceof Deno.errors.AddrInUse) {
    return new CommandFailure(ExitCode.failed, tried, "another program uses that port", {
      hint: "--port N names another one, --port 0 takes any free one",
    });
  }
  if (error instanceof Deno.errors.PermissionDenied) {
    return new CommandFailure(ExitCode.notAllowed, tried, "ports below 1024 are for the system", {
      hint: "--port N names another one; 2121 is the default",
    });
  }
  const happened = error instanceof Deno.errors.AddrNotAvailable
    ? "that address is none of this machine's"
    : error instanceof Error
    ? error.message
    : String(error);
  return new CommandFailure(ExitCode.failed, tried, happened, {
    hint: "without --host the server listens on all interfaces",
    cause: error,
  });
}
