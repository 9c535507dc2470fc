// Which server a REMOTE leads to, how the talk with it is protected, and which path is meant there.

import { CommandFailure, ExitCode } from "../shared/exit_code.ts";
import type { Parsed } from "../shared/parsed.ts";
import { type Address, formatHostAndPort, parseAddress, standardPort } from "./address.ts";
import type { TlsMode } from "./client.ts";
import { type ConnectionFlags, TLS_MODES } from "./connection_flags.ts";
import { joinRemote, parseRemote } from "./remote.ts";
import { NO_SITES, type Site, siteOf, type Sites } from "./sites.ts";

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
  /** The bookmark that stood for the address. */
  readonly site?: Site;
}

/**
 * Finds the server and the path that a REMOTE names: a URL and `SITE:PATH` their own, a path the one of `-s` or
 * FTP_SERVER.
 *
 * @throws CommandFailure `usage`
 */
export function destinationOf(
  remote: string,
  flags: ConnectionFlags,
  env: Environment,
  sites: Sites = NO_SITES,
): Destination {
  const isSite = (name: string) => sites.has(name.toLowerCase());
  const place = valueOf(parseRemote(remote, isSite), `remote "${remote}"`);
  if (place.form === "url") return reach(place.address, flags, env);
  if (place.form === "bookmark") {
    const site = sites.get(place.name.toLowerCase())!;
    return reachSite(site, NO_DETAILS, place.path, flags, env);
  }
  const server = flags.server ?? flags.host ?? environmentServer(env);
  if (server === undefined) {
    throw new CommandFailure(ExitCode.usage, `remote "${remote}"`, "no server is named", {
      hint: hintForMissingServer(remote),
    });
  }
  return reach({ ...server, path: joinRemote(server.path, place.path) }, flags, env, sites);
}

/** The way to an address, or to the site whose name it is. @throws CommandFailure `usage` */
export function reach(
  address: Address,
  flags: ConnectionFlags,
  env: Environment,
  sites: Sites = NO_SITES,
): Destination {
  const site = siteOf(address, sites);
  if (site !== undefined) return reachSite(site, address, address.path, flags, env);
  const tls = tlsMode(address, flags, env);
  const scheme = tls === "implicit" ? "ftps" : "ftp";
  const port = flags.port ?? address.port ?? standardPort(scheme);
  const label = formatHostAndPort({ scheme, host: address.host, port });
  return { address, host: address.host, port, tls, path: address.path, label };
}

/** `USER:PASSWORD@` before a site's name; a site's own user counts after the environment's. */
type Details = Pick<Address, "user" | "password">;

const NO_DETAILS: Details = { user: undefined, password: undefined };

function reachSite(
  site: Site,
  { user, password }: Details,
  path: string,
  flags: ConnectionFlags,
  env: Environment,
): Destination {
  const { address, tls } = site;
  const there = { ...address, user, password, path: joinRemote(address.path, path) };
  // How a site is reached belongs to it, as a scheme to an address: the environment counts where it says nothing.
  const said = flags.tls ?? tls;
  return { ...reach(there, said === undefined ? flags : { ...flags, tls: said }, env), site };
}

/** The flags that count at a place: what its site says goes where the command line says nothing. */
export function flagsAt({ site }: Destination, flags: ConnectionFlags): ConnectionFlags {
  if (site === undefined) return flags;
  const isTrustSaid = flags.pin !== undefined || flags.ca !== undefined || flags.insecure;
  const { pin, ca, active } = site;
  return {
    ...flags,
    ...(active ? { active } : {}),
    ...(isTrustSaid || pin === undefined ? {} : { pin }),
    ...(isTrustSaid || ca === undefined ? {} : { ca }),
  };
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
