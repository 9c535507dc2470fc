// One control connection: lines in, replies out, also while a transfer runs.

import type { BufferPool } from "../shared/buffer_pool.ts";
import type { ByteStream } from "../shared/byte_stream.ts";
import { within } from "../shared/deadline.ts";
import { isFault } from "../shared/fault.ts";
import type { LineEvent } from "../shared/line_reader.ts";
import { plainStream } from "../shared/plain_stream.ts";
import { formatReply, type Reply, reply } from "../shared/reply.ts";
import { listenDuring } from "./attention.ts";
import type { AnyCommand } from "./command.ts";
import type { CommandTable } from "./command_table.ts";
import { DataChannel } from "./data_channel.ts";
import { judge, type Verdict } from "./dispatch.ts";
import { explain } from "./fault_reply.ts";
import { type Farewell, FAREWELLS, GREETING } from "./greeting.ts";
import type { Incoming } from "./incoming.ts";
import { HeldRequests } from "./held_requests.ts";
import { Outbox } from "./outbox.ts";
import { Patience } from "./patience.ts";
import { readRequestLine } from "./request_line.ts";
import { RequestReader } from "./request_reader.ts";
import type { RegisteredSession } from "./runtime/session_register.ts";
import type { Services } from "./services.ts";
import { type Control, Session } from "./session.ts";
import { NOTHING, secured } from "./session_state.ts";
import { type Standing, standingOf } from "./standing.ts";

/** What a control channel is made from. */
export interface ControlChannelOptions {
  /** The session among those of all workers; its owner disposes it. */
  readonly seat: RegisteredSession;
  readonly services: Services;
  readonly table: CommandTable;
  readonly buffers: BufferPool;
  /** TLS from the first byte, before the greeting. */
  readonly implicitTls?: boolean;
}

/** So many refusals before a login, and it is no FTP client or one that guesses. */
const STRIKES_LIMIT = 10;
/** Answers that are ready wait so long, at most, for one that is not. */
const GATHER_MS = 5;
/** What a peer gets to take the last reply. */
const FAREWELL_MS = 2000;

/** Owns the connection from greeting to goodbye. */
export class ControlChannel implements Control {
  readonly #conn: Deno.TcpConn;
  readonly #options: ControlChannelOptions;
  readonly session: Session;
  listen: () => void = () => {};
  readonly #stop = new AbortController();
  readonly #patience: Patience;
  readonly #held = new HeldRequests();
  #stream: ByteStream;
  #reader: RequestReader;
  #outbox: Outbox;
  /** Why the session ends; once there is a reason, no further request runs. */
  #ending: string | undefined;
  #farewell: Farewell | undefined;
  /** The work of the transfer under way, its replies included. */
  #transferring: Promise<void> | undefined;
  #strikes = 0;
  /** Whether {@linkcode end} was said: it is over as soon as the last resort comes. */
  #isForced = false;
  #lastResort: ReturnType<typeof setTimeout> | undefined;

  constructor({ conn, local, peer, known }: Incoming, options: ControlChannelOptions) {
    const { seat, services, buffers } = options;
    // Without it a 226 right behind a 150 waits for the peer's delayed ACK.
    conn.setNoDelay(true);
    conn.setKeepAlive(true);
    this.#conn = conn;
    this.#options = options;
    this.#stream = plainStream(conn);
    this.#reader = new RequestReader(this.#stream, true);
    this.#outbox = new Outbox(this.#stream, (text) => this.session.names.encode(text));
    const settings = () => services.settings;
    this.#patience = new Patience(settings);
    const proxied = known !== "direct";
    const data = new DataChannel({ local, peer, proxied, settings, tls: services.tls });
    const log = services.log.with({ session: seat.id, peer: peer.address });
    const own = { control: this, data, log, closing: this.#stop.signal };
    this.session = new Session({ seat, peer, local, known, services, buffers, ...own });
  }

  /** Talks until the session ends; never rejects. */
  async run(): Promise<void> {
    const { log, data } = this.session;
    log.write("debug", "connected");
    try {
      if (this.#options.implicitTls) await this.startTls();
      this.#put(GREETING);
      while (this.#ending === undefined) await this.#answerNext();
      if (this.#farewell !== undefined) this.#put(FAREWELLS[this.#farewell]);
      await within(this.#partWithPeer(), { limitMs: FAREWELL_MS });
    } catch (error) {
      this.#ending ??= "connection lost";
      if (!isFault(error)) log.write("error", "bug", { detail: explain(error).detail });
    } finally {
      clearTimeout(this.#lastResort);
      // With a reason of its own: the runtime would make an error, with its stack, for every session.
      this.#stop.abort(this.#ending);
      this.#patience[Symbol.dispose]();
      this.#outbox[Symbol.dispose]();
      data.close();
      this.#stream.close();
      const level = this.#farewell === undefined ? "debug" : "info";
      log.write(level, "disconnected", { why: this.#ending });
    }
  }

  /** The server stops: no further request runs, a transfer gets `graceMs` to end. */
  drain(graceMs: number): void {
    this.#dismiss("server stops");
    if (this.#isForced || this.#transferring === undefined) return this.end("server stops");
    clearTimeout(this.#lastResort);
    this.#lastResort = setTimeout(() => this.end("server stops"), graceMs);
  }

  /** Ends the session and its transfer, once and for all. A peer that takes nothing does not keep it. */
  end(farewell: Farewell): void {
    if (this.#isForced) return;
    this.#isForced = true;
    this.#dismiss(farewell);
    this.#abort();
    clearTimeout(this.#lastResort);
    this.#lastResort = setTimeout(() => this.#stream.close(), FAREWELL_MS);
  }

  async startTls(): Promise<void> {
    const { services } = this.session;
    if (services.tls === undefined || this.#reader.reading) throw new Error("no place for TLS");
    // SECURITY: what came in clear after AUTH may be anybody's (STARTTLS injection, CVE-2011-0411).
    this.#held.clear();
    this.session.reset();
    try {
      const limitMs = services.settings.tlsHandshakeTimeoutMs;
      this.#stream = await services.tls.upgrade(this.#conn, { limitMs, signal: this.#stop.signal });
    } catch (error) {
      this.#ending ??= "TLS handshake failed";
      this.session.log.write("info", "refused", { rule: "TLS handshake", detail: String(error) });
      throw error;
    }
    this.#reader = new RequestReader(this.#stream, false);
    this.#outbox.redirect(this.#stream);
    this.session.protection = secured();
  }

  async transferAnswered(): Promise<void> {
    await this.#transferring;
  }

  close(reason: string): void {
    this.#ending ??= reason;
  }

  /** Ends what waits: for the next line, for bytes of a transfer. */
  #abort(): void {
    this.#stop.abort(this.#ending);
    this.#patience.interrupt();
  }

  #dismiss(farewell: Farewell): void {
    this.#farewell ??= farewell;
    this.#ending ??= farewell;
  }

  async #answerNext(): Promise<void> {
    const event = this.#held.take() ?? await this.#nextLine();
    if (event === undefined || this.#ending !== undefined) return;
    const verdict = this.#judge(event);
    if (verdict?.kind === "run") await this.#run(verdict.command, verdict.argument);
  }

  /** Waits for a line as long as the session may idle; `undefined` when it ends instead. */
  async #nextLine(): Promise<LineEvent | undefined> {
    if (this.#outbox.isFull || !this.#reader.hasLine) await this.#outbox.flush();
    const isMember = this.session.login.kind === "member";
    if (!this.#reader.hasLine && !this.#stop.signal.aborted) {
      try {
        const hasMore = await this.#patience.wait(this.#reader.ready(), isMember);
        if (!hasMore) this.#ending ??= "peer closed";
      } catch (error) {
        if (isFault(error, "timed-out")) this.#dismiss(isMember ? "idle" : "login not in time");
        else if (!this.#stop.signal.aborted) throw error;
      }
    }
    return this.#reader.take();
  }

  /** Judges a line and gives the reply of a refusal; `undefined` when there is nothing to run. */
  #judge(event: LineEvent): Verdict | undefined {
    const line = readRequestLine(event, this.session.names);
    const { login, log } = this.session;
    if (line.kind === "foreign" && login.kind !== "member") return void this.#dismiss("not FTP");
    if (line.kind === "foreign") return void this.#put(reply(500, "Unknown command."));
    if (line.kind === "malformed") return void this.#put(line.reply);
    const verdict = judge(line.request, this.#options.table, this.#standing());
    if (verdict.kind !== "refuse") return verdict;
    const verb = verdict.gate === "known" ? undefined : line.request.verb;
    log.write("info", "refused", { verb, rule: verdict.gate });
    this.#put(verdict.reply);
    return undefined;
  }

  async #run(command: AnyCommand, argument: unknown): Promise<void> {
    const session = this.session;
    const { pending } = session;
    if (command.transfers || command.takesLong) await this.#transfer(command, argument);
    else await this.#perform(command, argument);
    // RFC 959, 4.1.3: what RNFR or REST said holds for the next command only.
    if (!command.keepsPending && session.pending === pending) session.pending = NOTHING;
  }

  /** Runs a command and gives its replies; a failure becomes its reply. */
  async #perform(command: AnyCommand, argument: unknown): Promise<void> {
    const late = this.#outbox.flushWithin(GATHER_MS);
    try {
      const outcome = command.run(argument, this.session);
      if (!(Symbol.asyncIterator in outcome)) return this.#put(await outcome);
      for await (const each of outcome) {
        this.#put(each);
        await this.#outbox.flush();
        this.listen();
      }
    } catch (error) {
      this.#fail(error, command);
    } finally {
      clearTimeout(late);
    }
  }

  #fail(error: unknown, { verb }: AnyCommand): void {
    const { reply: answer, isBug, detail } = explain(error);
    const rule = isFault(error) ? error.kind : "bug";
    const level = isBug || rule === "host-failure" ? "error" : "info";
    const fields = { verb, rule, code: answer.code, detail };
    this.session.log.write(level, isBug ? "bug" : "refused", fields);
    // A connection that ended in mid-handshake takes no reply.
    if (this.#ending === undefined || this.#transferring !== undefined) this.#put(answer);
    if (isBug) this.#dismiss("bug");
  }

  /** Runs a transfer; ABOR and STAT are heard at once meanwhile, the rest waits in order. */
  async #transfer(command: AnyCommand, argument: unknown): Promise<void> {
    const begun = Promise.withResolvers<void>();
    this.listen = begun.resolve;
    const work = this.#perform(command, argument)
      .finally(() => this.#transferring = undefined);
    this.#transferring = work;
    // What was sent ahead concerns a transfer that has begun; until its 150, or long work before it,
    // there is none to abort.
    if (command.transfers) await Promise.race([begun.promise, work]);
    await listenDuring(work, {
      reader: this.#reader,
      held: this.#held,
      hear: () => this.#hear(),
      lose: () => {
        this.#ending ??= "connection lost";
        this.#abort();
      },
    });
  }

  #standing(): Standing {
    return { ...standingOf(this.session), transferRuns: this.#transferring !== undefined };
  }

  async #hear(): Promise<void> {
    const event = this.#reader.take();
    if (event === undefined) return;
    const line = readRequestLine(event, this.session.names);
    const verdict = line.kind === "request"
      ? judge(line.request, this.#options.table, this.#standing())
      : undefined;
    if (verdict?.kind === "run" && verdict.command.duringTransfer === "now") {
      await this.#perform(verdict.command, verdict.argument);
      await this.#outbox.flush();
    } else {
      const isLast = verdict?.kind !== "refuse" && verdict?.command.lastOfItsStream === true;
      this.#held.hold(event, isLast);
    }
  }

  #put(answer: Reply): void {
    this.#outbox.put(formatReply(answer));
    if (answer.code === 421) this.#ending ??= "limit";
    if (answer.code < 500 || this.session.login.kind === "member") return;
    if (++this.#strikes >= STRIKES_LIMIT) this.#dismiss("too many bad requests");
  }

  async #partWithPeer(): Promise<void> {
    await this.#outbox.flush();
    await this.#stream.finish();
  }
}
