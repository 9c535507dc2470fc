// Which server a REMOTE leads to, how the talk with it is protected, and which path is meant there.

import { CommandFailure, ExitCode } from "../shared/exit_code.ts";
import type { Parsed } from "../shared/parsed.ts";
import { type Address, formatHostAndPort, parseAddress, standardPort } from "./address.ts";
import type { TlsMode } from "./client.ts";
import { type ConnectionFlags, TLS_MODES } from "./connection_flags.ts";
import { joinRemote, parseRemote } from "./remote.ts";

/** The environment, as a command sees it. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A place at a server, and how to get there. */
export interface Destination {
  /** As it was given; its `password` and `user` are hints for the login. */
  readonly address: Address;
  readonly host: string;
  readonly port: number;
  readonly tls: TlsMode;
  /** From the login directory unless it starts with `/`; empty for the login directory. */
  readonly path: string;
  /** `HOST[:PORT]` for people. */
  readonly label: string;
}

/** No bookmark is known. */
export const NO_BOOKMARKS = () => false;

/**
 * Finds the server and the path that a REMOTE names: a URL its own, a path the one of `-s` or FTP_SERVER.
 *
 * @throws CommandFailure `usage`
 */
export function destinationOf(
  remote: string,
  flags: ConnectionFlags,
  env: Environment,
): Destination {
  const place = valueOf(parseRemote(remote, NO_BOOKMARKS), `remote "${remote}"`);
  if (place.form === "url") return reach(place.address, flags, env);
  const server = flags.server ?? flags.host ?? environmentServer(env);
  if (server === undefined) {
    throw new CommandFailure(ExitCode.usage, `remote "${remote}"`, "no server is named", {
      hint: hintForMissingServer(remote),
    });
  }
  return reach({ ...server, path: joinRemote(server.path, place.path) }, flags, env);
}

/** The way to an address that was given in full. @throws CommandFailure `usage` */
export function reach(address: Address, flags: ConnectionFlags, env: Environment): Destination {
  const tls = tlsMode(address, flags, env);
  const scheme = tls === "implicit" ? "ftps" : "ftp";
  const port = flags.port ?? address.port ?? standardPort(scheme);
  const label = formatHostAndPort({ scheme, host: address.host, port });
  return { address, host: address.host, port, tls, path: address.path, label };
}

/** The server that FTP_SERVER names. @throws CommandFailure `usage` when it does not read */
export function environmentServer(env: Environment): Address | undefined {
  const text = env["FTP_SERVER"];
  return text ? valueOf(parseAddress(text), `FTP_SERVER "${text}"`) : undefined;
}

/** What the scheme insists on, no flag takes away; the environment counts where neither speaks. */
function tlsMode(address: Address, flags: ConnectionFlags, env: Environment): TlsMode {
  const { scheme } = address;
  const said = flags.tls;
  if (scheme === "ftp") return said ?? environmentTls(env) ?? "auto";
  const demanded = scheme === "ftps" ? "implicit" : "required";
  if (said === undefined || said === "auto" || said === demanded) return demanded;
  if (scheme === "ftps" && said === "required") return demanded;
  throw new CommandFailure(
    ExitCode.usage,
    `--tls ${said}`,
    `${scheme}:// in the address means --tls ${demanded}`,
  );
}

function environmentTls(env: Environment): TlsMode | undefined {
  const text = env["FTP_TLS"];
  if (!text) return undefined;
  const mode = TLS_MODES.find((each) => each === text);
  if (mode !== undefined) return mode;
  const allowed = `it is one of ${TLS_MODES.join(", ")}`;
  throw new CommandFailure(ExitCode.usage, `FTP_TLS "${text}"`, allowed);
}

function hintForMissingServer(remote: string): string {
  const looksLikeAddress = /^([^/@]+@)?[\w.-]+(:\d+)?(\/|$)/.test(remote) &&
    parseAddress(remote).ok;
  return looksLikeAddress && /[@:.]/.test(remote)
    ? `ftp://${remote} is a server's address, -s HOST names the server for all paths`
    : "-s HOST or FTP_SERVER names the server, or a URL: ftp://HOST/PATH";
}

function valueOf<T>(answer: Parsed<T>, tried: string): T {
  if (answer.ok) return answer.value;
  throw new CommandFailure(ExitCode.usage, tried, answer.why);
}
