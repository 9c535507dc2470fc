// From a destination to a client that is connected, trusted and logged in.

import type { CommandWorld } from "../shared/command_line.ts";
import { CommandFailure, ExitCode } from "../shared/exit_code.ts";
import type { Client, ConnectOptions, DialogueLine } from "./client.ts";
import { connect } from "./connect.ts";
import type { ConnectionFlags } from "./connection_flags.ts";
import { completeLogin, knownLogin, type Login, type LoginSources } from "./credentials.ts";
import type { Destination } from "./destination.ts";
import { LoginRefused } from "./failure.ts";
import { failureOf } from "./failure_report.ts";
import { knownCertificates, knownCertificatesPath } from "./known_certificates.ts";
import type { Terminal } from "./terminal.ts";
import type { CertificateMemory, TrustPolicy, TrustQuestion } from "./trust.ts";

/** What opening a session needs besides the destination. */
export interface OpeningContext {
  readonly world: CommandWorld;
  readonly terminal: Terminal;
  readonly flags: ConnectionFlags;
  readonly sources: LoginSources;
}

/** A session that is open, and how it came in: the same login opens the next one. */
export interface OpenSession {
  readonly client: Client;
  readonly login: Login;
}

/**
 * Connects, asks about the certificate if need be, logs in.
 *
 * @param tries how often a person may type a password; 1 for a command, 3 for the shell.
 * @throws CommandFailure
 */
export async function openSession(
  destination: Destination,
  context: OpeningContext,
  signal: AbortSignal,
  tries = 1,
): Promise<OpenSession> {
  const client = await openConnection(destination, context, signal);
  try {
    const login = await logIn(client, destination, context, signal, tries);
    return { client, login };
  } catch (error) {
    await client.close();
    throw error;
  }
}

/** Opens another session, or the same one again, with a login that worked before. @throws CommandFailure */
export async function reopenSession(
  destination: Destination,
  login: Login,
  context: OpeningContext,
  signal: AbortSignal,
): Promise<Client> {
  const client = await openConnection(destination, context, signal);
  try {
    await client.login(login.user, login.password, { signal });
    return client;
  } catch (error) {
    await client.close();
    throw failureOf(error, { tried: triedLogin(destination, login.user) });
  }
}

async function openConnection(
  destination: Destination,
  context: OpeningContext,
  signal: AbortSignal,
): Promise<Client> {
  const { flags, terminal, world } = context;
  const { host, port, tls, label } = destination;
  const path = knownCertificatesPath((name) => world.env[name]);
  const options: ConnectOptions = {
    host,
    port,
    tls,
    trust: await trustPolicy(path, context, signal),
    active: flags.active ?? false,
    signal,
    ...(flags.verbose ? { dialogue: (line) => terminal.note(dialogueText(line)) } : {}),
  };
  try {
    return await connect(options);
  } catch (error) {
    throw failureOf(error, {
      tried: `connect to ${label}`,
      port,
      ...(path === undefined ? {} : { remembered: { server: `${host}:${port}`, path } }),
    });
  }
}

async function logIn(
  client: Client,
  destination: Destination,
  context: OpeningContext,
  signal: AbortSignal,
  tries: number,
): Promise<Login> {
  const { terminal, sources } = context;
  const known = await knownLogin(destination, sources);
  const isTyped = known.password === undefined && terminal.canAsk;
  let name: string | undefined;
  for (let left = isTyped ? tries : 1;; left--) {
    const login = await completeLogin(known, destination, terminal, signal, name);
    name = login.user;
    try {
      await client.login(login.user, login.password, { signal });
      return login;
    } catch (error) {
      const failure = failureOf(error, { tried: triedLogin(destination, login.user) });
      if (!(error instanceof LoginRefused) || left <= 1) throw failure;
      terminal.note(failure.message);
    }
  }
}

function triedLogin(destination: Destination, user: string): string {
  return `log in at ${destination.label} as "${user}"`;
}

async function trustPolicy(
  memoryPath: string | undefined,
  context: OpeningContext,
  signal: AbortSignal,
): Promise<TrustPolicy> {
  const { flags, terminal } = context;
  if (flags.insecure) return { kind: "anything" };
  if (flags.pin !== undefined) return { kind: "pin", fingerprint: flags.pin };
  if (flags.ca !== undefined) {
    return { kind: "authority", authorities: [await readAuthorities(flags.ca)] };
  }
  const memory = memoryPath === undefined ? NO_MEMORY : knownCertificates(memoryPath);
  return terminal.canAsk
    ? { kind: "known", memory, ask: (question) => askTrust(question, terminal, signal) }
    : { kind: "known", memory };
}

/** Where there is no home to keep a file in, every certificate is a new one. */
const NO_MEMORY: CertificateMemory = {
  recall: () => Promise.resolve(undefined),
  remember: () => Promise.resolve(),
};

async function readAuthorities(path: string): Promise<string> {
  try {
    const text = await Deno.readTextFile(path);
    if (text.includes("-----BEGIN CERTIFICATE-----")) return text;
  } catch (error) {
    throw failureOf(error, { tried: `--ca "${path}"` });
  }
  throw new CommandFailure(ExitCode.usage, `--ca "${path}"`, "it holds no certificate in PEM form");
}

async function askTrust(
  question: TrustQuestion,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<boolean> {
  const { host, port, certificate } = question;
  const { name, issuer, expiresMs, fingerprint } = certificate;
  const by = issuer === name ? "itself" : `"${issuer}"`;
  const until = expiresMs === undefined ? "" : `, until ${new Date(expiresMs).toDateString()}`;
  terminal.tell(`Nobody this machine trusts vouches for the certificate of ${host}:${port}:`);
  terminal.tell(`  ${fingerprint}`);
  terminal.tell(`  for "${name}", signed by ${by}${until}`);
  return await terminal.confirm("Trust it, now and from now on?", false, signal);
}

function dialogueText(line: DialogueLine): string {
  return `${line.from === "client" ? ">" : "<"} ${line.text}`;
}
