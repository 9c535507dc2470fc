// From a destination to a client that is connected, trusted and logged in.

import type { CommandWorld } from "../shared/command_line.ts";
import { CommandFailure, ExitCode } from "../shared/exit_code.ts";
import { readSmallFile, UnfitFile } from "../shared/small_file.ts";
import type { Client, ConnectOptions, DialogueLine, SessionKnowledge } from "./client.ts";
import type { ClientLimits } from "./client_limits.ts";
import { connect } from "./connect.ts";
import type { ConnectionFlags } from "./connection_flags.ts";
import {
  askName,
  completeLogin,
  knownLogin,
  type Login,
  type LoginSources,
} from "./credentials.ts";
import { type Destination, flagsAt } from "./destination.ts";
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
  /** Gets the control dialogue, passwords masked; with `-v` standard error does. */
  readonly dialogue?: (line: string) => void;
  /** Instead of the client's own. */
  readonly limits?: Partial<ClientLimits>;
  /** The literal address to dial, where the name has several and one of them is meant. */
  readonly via?: string;
}

/** Who may come in, at the door of a server. */
export interface DoorPolicy {
  /** How often a person may type a password: 1 for a command, 3 for the shell. */
  readonly tries: number;
  /**
   * Makes an account when the person wants one, before anybody is logged in. `isOffered` tells whether this
   * server has the means.
   */
  readonly newcomers?: {
    isOffered(client: Client): Promise<boolean>;
    register(client: Client): Promise<Login>;
  };
}

/** A command's: no second try, nobody new. */
const COMMAND_DOOR: DoorPolicy = { tries: 1 };

/** The name that a newcomer types. */
const NEWCOMER = "register";

/** A session that is open, and how it came in: the same login opens the next one. */
export interface OpenSession {
  readonly client: Client;
  readonly login: Login;
}

/**
 * Connects, asks about the certificate if need be, logs in.
 *
 * @throws CommandFailure
 */
export async function openSession(
  destination: Destination,
  context: OpeningContext,
  signal: AbortSignal,
  door = COMMAND_DOOR,
): Promise<OpenSession> {
  const client = await openConnection(destination, context, signal);
  try {
    const login = await logIn(client, destination, context, signal, door);
    return { client, login };
  } catch (error) {
    await client.close();
    throw error;
  }
}

/**
 * Opens another session, or the same one again, with a login that worked before.
 *
 * @param known what a session that is open learnt, for one beside it.
 * @throws CommandFailure
 */
export async function reopenSession(
  destination: Destination,
  login: Login,
  context: OpeningContext,
  signal: AbortSignal,
  known?: SessionKnowledge,
): Promise<Client> {
  const client = await openConnection(destination, context, signal);
  try {
    await client.login(login.user, login.password, { signal, ...(known && { known }) });
    return client;
  } catch (error) {
    await client.close();
    throw failureOf(error, { tried: triedLogin(destination, login.user) });
  }
}

/** Connects and asks about the certificate if need be; nobody is logged in yet. @throws CommandFailure */
export async function openConnection(
  destination: Destination,
  context: OpeningContext,
  signal: AbortSignal,
): Promise<Client> {
  const { terminal, world } = context;
  const flags = flagsAt(destination, context.flags);
  const { host, port, tls, label } = destination;
  const dialogue = context.dialogue ??
    (flags.verbose ? (line: string) => terminal.note(line) : undefined);
  const path = knownCertificatesPath(world.env);
  const options: ConnectOptions = {
    host,
    port,
    tls,
    trust: await trustPolicy(path, flags, terminal, signal),
    active: flags.active ?? false,
    signal,
    ...(context.limits && { limits: context.limits }),
    ...(context.via !== undefined && { via: context.via }),
    ...(dialogue ? { dialogue: (line) => dialogue(dialogueText(line)) } : {}),
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

/** Logs in on a connection of {@linkcode openConnection}. @throws CommandFailure */
export async function logIn(
  client: Client,
  destination: Destination,
  context: OpeningContext,
  signal: AbortSignal,
  { tries, newcomers }: DoorPolicy = COMMAND_DOOR,
): Promise<Login> {
  const { terminal, sources } = context;
  const known = await knownLogin(destination, sources);
  const isTyped = known.password === undefined && terminal.canAsk;
  const isNameAsked = known.user === undefined && terminal.canAsk;
  const mayRegister = isNameAsked &&
    (await newcomers?.isOffered(client).catch(() => false) ?? false);
  if (mayRegister) terminal.tell(terminal.texts.login.newcomer);
  let name: string | undefined;
  for (let left = isTyped ? tries : 1;; left--) {
    const user = known.user ?? await askName(known, destination, terminal, name, signal);
    const login = mayRegister && newcomers !== undefined && user === NEWCOMER
      ? await newcomers.register(client)
      : await completeLogin({ ...known, user }, destination, terminal);
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
  flags: ConnectionFlags,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<TrustPolicy> {
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

/** All authorities that browsers trust fit into a megabyte. */
const AUTHORITIES_LIMIT_BYTES = 16 * 1024 * 1024;

async function readAuthorities(path: string): Promise<string> {
  try {
    const text = await readSmallFile(path, AUTHORITIES_LIMIT_BYTES);
    if (text.includes("-----BEGIN CERTIFICATE-----")) return text;
  } catch (error) {
    if (error instanceof UnfitFile) throw unfit(path, error.message);
    throw failureOf(error, { tried: `--ca "${path}"` });
  }
  throw unfit(path, "it holds no certificate in PEM form");
}

function unfit(authorities: string, happened: string): CommandFailure {
  return new CommandFailure(ExitCode.usage, `--ca "${authorities}"`, happened);
}

async function askTrust(
  question: TrustQuestion,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<boolean> {
  const { host, port, certificate } = question;
  const { name, issuer, expiresMs, fingerprint } = certificate;
  const texts = terminal.texts.trust;
  const by = issuer === name ? texts.itself : `"${issuer}"`;
  const until = expiresMs === undefined ? "" : texts.until(new Date(expiresMs).toDateString());
  terminal.tell(texts.unknown(`${host}:${port}`));
  terminal.tell(`  ${fingerprint}`);
  terminal.tell(texts.signedBy(name, by, until));
  return await terminal.confirm(texts.ask, false, signal);
}

function dialogueText(line: DialogueLine): string {
  return `${line.from === "client" ? ">" : "<"} ${line.text}`;
}
