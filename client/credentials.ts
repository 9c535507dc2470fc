// Who logs in with which password: flag, address, environment, ~/.netrc, the person; in this order.

import { CommandFailure, ExitCode } from "../shared/exit_code.ts";
import { Secret } from "../shared/secret.ts";
import type { Address } from "./address.ts";
import type { ConnectionFlags } from "./connection_flags.ts";
import { type Destination, type Environment, environmentServer, reach } from "./destination.ts";
import { findLogin, NETRC_LIMIT_CHARACTERS, type NetrcEntry, parseNetrc } from "./netrc.ts";
import type { Terminal } from "./terminal.ts";

/** What a server is told. */
export interface Login {
  readonly user: string;
  readonly password: Secret;
}

/** As much of a login as is known without asking anybody. */
export interface KnownLogin {
  readonly user: string | undefined;
  readonly password: Secret | undefined;
}

/** Where logins come from. */
export interface LoginSources {
  readonly flags: ConnectionFlags;
  readonly env: Environment;
  /** The password of `--password-stdin`, read already. */
  readonly stdinPassword: Secret | undefined;
}

const ANONYMOUS = "anonymous";
/** What an anonymous login says instead of a password (RFC 1635); a real mail address is nobody's business. */
const ANONYMOUS_PASSWORD = new Secret("anonymous@");

/**
 * Collects what flags, address, environment and .netrc know.
 *
 * SECURITY: a password goes only where it belongs. The environment's is not for another server, or another port of
 * its machine, than FTP_SERVER, nor for another user than FTP_USER, where those are set; the address's is not for the user of `-u`.
 *
 * @throws CommandFailure when the .netrc that would be used can be read by others, or does not read.
 */
export async function knownLogin(
  destination: Destination,
  sources: LoginSources,
): Promise<KnownLogin> {
  const { flags, env, stdinPassword } = sources;
  const { address } = destination;
  const environment = environmentLogin(destination, flags, env);
  const user = flags.user ?? address.user ?? environment.user ?? destination.site?.address.user;
  const password = stdinPassword ?? flags.password ??
    (user === address.user ? address.password : undefined) ??
    (environment.user === undefined || environment.user === user
      ? environment.password
      : undefined);
  if (password !== undefined || isAnonymous(user)) return { user, password };
  const entry = await netrcLogin(destination.host, user, env);
  return { user: user ?? entry?.login, password: entry?.password };
}

/**
 * Asks for what is not known.
 *
 * @throws CommandFailure `loginRefused` when nobody can be asked
 */
export async function completeLogin(
  known: KnownLogin & { readonly user: string },
  destination: Destination,
  terminal: Terminal,
): Promise<Login> {
  const { user, password } = known;
  if (password !== undefined) return { user, password };
  if (isAnonymous(user)) return { user, password: ANONYMOUS_PASSWORD };
  if (!terminal.canAsk) {
    throw new CommandFailure(
      ExitCode.loginRefused,
      `log in at ${destination.label} as "${user}"`,
      "no password was given, and there is no terminal to ask at",
      { hint: "FTP_PASSWORD, --password-stdin or ~/.netrc can tell the password" },
    );
  }
  const question = terminal.texts.login.password(user, destination.label);
  return { user, password: await terminal.askSecret(question) };
}

/** Whether the name stands for a guest, who has no password. */
export function isAnonymous(user: string | undefined): boolean {
  return user?.toLowerCase() === ANONYMOUS || user?.toLowerCase() === "ftp";
}

/**
 * Asks who it is; without a terminal it is a guest.
 *
 * @param preset the name that an empty answer stands for: at a second try the one of the first.
 * @throws CommandFailure `loginRefused` when a password is known, but nobody it belongs to
 */
export async function askName(
  known: KnownLogin,
  destination: Destination,
  terminal: Terminal,
  preset = ANONYMOUS,
  signal?: AbortSignal,
): Promise<string> {
  if (!terminal.canAsk) {
    // What every other FTP client does too; but a password would be lost on a guest.
    if (known.password === undefined) return ANONYMOUS;
    const happened = "a password was given, but no user name";
    throw new CommandFailure(ExitCode.loginRefused, `log in at ${destination.label}`, happened, {
      hint: "-u NAME or FTP_USER tells who",
    });
  }
  const question = terminal.texts.login.name(destination.label, preset);
  return (await terminal.ask(question, signal)).trim() || preset;
}

function environmentLogin(
  destination: Destination,
  flags: ConnectionFlags,
  env: Environment,
): KnownLogin {
  const server = environmentServer(env);
  if (server !== undefined && !isServer(server, destination, flags, env)) {
    return { user: undefined, password: undefined };
  }
  const password = env["FTP_PASSWORD"];
  return {
    user: env["FTP_USER"] || undefined,
    password: password ? new Secret(password) : undefined,
  };
}

/** Whether FTP_SERVER, reached with the same flags, is this place. */
function isServer(
  server: Address,
  { host, port, site }: Destination,
  flags: ConnectionFlags,
  env: Environment,
): boolean {
  if (site !== undefined && server.host === site.name && server.port === undefined) return true;
  const place = reach(server, flags, env);
  return place.host === host && place.port === port;
}

async function netrcLogin(
  host: string,
  user: string | undefined,
  env: Environment,
): Promise<NetrcEntry | undefined> {
  const home = env["HOME"] || env["USERPROFILE"];
  if (!home) return undefined;
  const path = `${home}/.netrc`;
  const info = await Deno.stat(path).catch(() => undefined);
  if (!info?.isFile || info.size > NETRC_LIMIT_CHARACTERS) return undefined;
  const netrc = parseNetrc(await readText(path));
  if (!netrc.ok) throw new CommandFailure(ExitCode.failed, `read "${path}"`, netrc.why);
  const entry = findLogin(netrc.value, host, user);
  if (entry?.password === undefined) return entry;
  // SECURITY: a password that other users of the machine can read is known to them already. Windows
  // tells no such bits.
  if (info.mode !== null && (info.mode & 0o077) !== 0) {
    throw new CommandFailure(
      ExitCode.loginRefused,
      `take the password for ${host} from "${path}"`,
      "other users of this machine can read that file",
      { hint: `chmod 600 "${path}"` },
    );
  }
  return entry;
}

async function readText(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    const happened = "it cannot be read";
    throw new CommandFailure(ExitCode.failed, `read "${path}"`, happened, { cause: error });
  }
}
