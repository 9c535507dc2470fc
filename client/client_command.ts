// What every client command starts from: its terminal, its flags, and sessions that close at its end.

import type { CommandWorld } from "../shared/command_line.ts";
import { CommandFailure, ExitCode } from "../shared/exit_code.ts";
import { readSecretLine } from "../shared/secret_prompt.ts";
import type { Address } from "./address.ts";
import type { Client } from "./client.ts";
import { checkConnectionFlags, type ConnectionFlags } from "./connection_flags.ts";
import type { Login } from "./credentials.ts";
import { type Destination, destinationOf } from "./destination.ts";
import { isFinal } from "./failure_report.ts";
import { type Journal, journalOf } from "./journal/journal.ts";
import { recordedServer } from "./journal/recorded_server.ts";
import type { JsonRecord, OperationContext } from "./operations/operation_context.ts";
import type { Recording } from "./operations/recording.ts";
import { type ProgressDisplay, progressDisplay } from "./progress.ts";
import { type OpeningContext, openSession, reopenSession } from "./session_opening.ts";
import { demandSites, type Sites } from "./sites.ts";
import { Terminal } from "./terminal.ts";

/** One run of a client command. `await using` closes what it opened. */
export class ClientCommand implements AsyncDisposable {
  readonly terminal: Terminal;
  readonly flags: ConnectionFlags;
  /** What opening a session needs. */
  readonly opening: OpeningContext;
  /** Where transfers are recorded; `undefined` where the environment names no home. */
  readonly journal: Journal | undefined;
  /** The person's bookmarks. */
  readonly sites: Sites;
  readonly #progress: ProgressDisplay;
  readonly #sessions = new Map<string, Session>();
  /** Failures that were told: one server that cannot be reached fails all files of it. */
  readonly #reported = new WeakSet<CommandFailure>();
  #hasWarned = false;

  private constructor(opening: OpeningContext, sites: Sites) {
    this.sites = sites;
    this.opening = opening;
    this.flags = opening.flags;
    this.terminal = opening.terminal;
    this.#progress = progressDisplay(opening.terminal, opening.world.stderr);
    this.journal = journalOf(opening.world.env);
  }

  /** Reads the flags; with `--password-stdin` the first line of standard input too. @throws CommandFailure */
  static async start(world: CommandWorld, flags: ConnectionFlags): Promise<ClientCommand> {
    checkConnectionFlags(flags);
    const terminal = new Terminal(world, { quiet: flags.quiet ?? false, color: flags.color });
    const stdinPassword = flags.passwordStdin ? await readSecretLine(terminal.input) : undefined;
    const sources = { flags, env: world.env, stdinPassword };
    const sites = await demandSites(world.env);
    const command = new ClientCommand({ world, terminal, flags, sources }, sites);
    if (flags.password !== undefined) command.#warnOfVisiblePassword();
    return command;
  }

  /** The journal. @throws CommandFailure where there is no place for it */
  demandJournal(): Journal {
    if (this.journal !== undefined) return this.journal;
    const happened = "there is no home to keep a journal in";
    throw new CommandFailure(ExitCode.failed, "transfers", happened, {
      hint: "HOME names it",
    });
  }

  /** The place that a REMOTE names. @throws CommandFailure `usage` */
  placeOf(remote: string): Destination {
    const place = destinationOf(remote, this.flags, this.opening.world.env, this.sites);
    this.noticePassword(place.address);
    return place;
  }

  /** Warns, once, of a password that stands in an address on the command line. */
  noticePassword(address: Address): void {
    if (address.password !== undefined) this.#warnOfVisiblePassword();
  }

  /**
   * What operations at the place's server need; it is connected to when the first of them wants it.
   *
   * @param flags how it is reached, instead of the command's own.
   */
  at(place: Destination, flags: ConnectionFlags = this.flags): OperationContext {
    const { pin, ca, active } = flags;
    const key = JSON.stringify([this.serverOf(place), pin, ca, active]);
    const sources = { ...this.opening.sources, flags };
    const opening = { ...this.opening, flags, sources };
    const session = this.#sessions.get(key) ?? new Session(place, opening);
    this.#sessions.set(key, session);
    return this.#contextOf(session);
  }

  /** What places of the same login at the same server have in common. */
  serverOf({ tls, label, address: { user }, site }: Destination): string {
    return JSON.stringify([tls, label, user ?? "", site?.name]);
  }

  #contextOf(session: Session): OperationContext {
    const { world } = this.opening;
    return {
      terminal: this.terminal,
      progress: this.#progress,
      output: world.stdout,
      signal: world.interrupt,
      label: session.label,
      json: this.flags.json ?? false,
      ...(this.journal && { recording: session.recordingIn(this.journal) }),
      client: () => session.client(),
      reconnect: () => session.reconnect(),
      lane: () => {
        const beside = session.beside();
        this.#sessions.set(`lane ${this.#sessions.size}`, beside);
        return this.#contextOf(beside);
      },
      print: (record, ...lines) => this.print(record, ...lines),
      report: (failure) => this.report(failure),
    };
  }

  /** Prints a result: an object with `--json`, else these lines. */
  print(record: JsonRecord, ...lines: string[]): void {
    if (this.flags.json) return this.terminal.print(JSON.stringify(record));
    for (const line of lines) this.terminal.print(line);
  }

  /** Reports a failure, once; an interrupt ends the whole command and is thrown on. */
  report(failure: unknown): void {
    if (!(failure instanceof CommandFailure) || isFinal(failure)) throw failure;
    if (this.#reported.has(failure)) return;
    this.#reported.add(failure);
    this.terminal.report(failure);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#progress[Symbol.dispose]();
    await Promise.all([...this.#sessions.values()].map((session) => session.close()));
  }

  #warnOfVisiblePassword(): void {
    if (this.#hasWarned) return;
    this.#hasWarned = true;
    this.terminal.note(this.terminal.texts.login.visiblePassword);
  }
}

/** One server as one command knows it: opened when first needed, and again when it was lost. */
class Session {
  readonly #place: Destination;
  readonly #opening: OpeningContext;
  #login: Login | undefined;
  #client: Client | undefined;
  #failure: unknown;
  readonly #model: Session | undefined;

  /** @param model the session that this one is beside, with the same login. */
  constructor(place: Destination, opening: OpeningContext, model?: Session) {
    this.#place = place;
    this.#opening = opening;
    this.#model = model;
    if (model !== undefined) this.#login = model.#login;
  }

  get label(): string {
    return this.#place.label;
  }

  /** How its transfers are recorded: paths of a command count from the folder of the login. */
  recordingIn(journal: Journal): Recording {
    const { flags } = this.#opening;
    return {
      journal,
      folder: "",
      loginFolder: "",
      server: (user) => recordedServer(this.#place, flags, user),
    };
  }

  /** Another one of the same login. */
  beside(): Session {
    return new Session(this.#place, this.#opening, this);
  }

  async client(): Promise<Client> {
    if (this.#failure !== undefined) throw this.#failure;
    try {
      return await this.reconnect();
    } catch (error) {
      // What cannot be reached is not tried again for each of a thousand files.
      this.#failure = error;
      throw error;
    }
  }

  async reconnect(): Promise<Client> {
    if (this.#client !== undefined && this.#client.broken === undefined) return this.#client;
    await this.close();
    const { world } = this.#opening;
    if (this.#login === undefined) {
      const opened = await openSession(this.#place, this.#opening, world.interrupt);
      this.#login = opened.login;
      this.#client = opened.client;
    } else {
      const login = this.#login;
      const known = this.#model && this.#model.#client;
      this.#client = await reopenSession(this.#place, login, this.#opening, world.interrupt, known);
    }
    return this.#client;
  }

  async close(): Promise<void> {
    await this.#client?.close();
    this.#client = undefined;
  }
}
