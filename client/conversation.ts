// Requests and replies on one control connection: in order, each reply with its request, each wait bounded.

import type { ByteStream } from "../shared/byte_stream.ts";
import { unlessAborted, within } from "../shared/deadline.ts";
import { Fault, isFault } from "../shared/fault.ts";
import { type Reply, type ReplyClass, replyClass } from "../shared/reply.ts";
import type { DialogueLine } from "./client.ts";
import type { Exchange } from "./exchange.ts";
import { Broken, Refused } from "./failure.ts";
import { HeldReplies } from "./held_replies.ts";
import { PendingReplies } from "./pending_replies.ts";
import { ReplyReader } from "./reply_reader.ts";
import { withoutSecrets } from "./shown_line.ts";

/** What a conversation is told once. */
export interface ConversationOptions {
  /** How long a reply may take unless a request says otherwise, milliseconds. */
  readonly replyMs: number;
  readonly dialogue?: ((line: DialogueLine) => void) | undefined;
}

/** What one request may be told. */
export interface RequestOptions {
  /** The classes that mean success; any other reply is thrown as `Refused`. Default: completion. */
  readonly accept?: readonly ReplyClass[];
  /** How long its final reply may take, milliseconds. */
  readonly limitMs?: number | undefined;
  /** Ends the waiting; the reply is then still read, and dropped, in its turn. */
  readonly signal?: AbortSignal | undefined;
}

/** One read of replies: many fit, and an idle connection holds little. */
const READ_BYTES = 4096;

/** So many NOOPs hurry a server at once: the last one's own reply may be held back as well. */
const NUDGES_LIMIT = 2;

const SUCCESS: readonly ReplyClass[] = ["completion"];

/**
 * One control connection. Requests may be sent before earlier ones were answered; replies are matched in
 * order. Nothing is read while nothing was asked, so that a TLS upgrade finds the stream untouched.
 */
export class Conversation {
  readonly #options: ConversationOptions;
  readonly #reader = new ReplyReader();
  readonly #pending = new PendingReplies();
  readonly #buffer = new Uint8Array(READ_BYTES);
  #stream: ByteStream;
  #writing: Promise<void> = Promise.resolve();
  /** Lines that the next write takes. */
  #outgoing = "";
  #listening = false;
  #heldReplies: HeldReplies | undefined;
  #broken: Broken | undefined;

  /** The stream belongs to the conversation from now on. */
  constructor(stream: ByteStream, options: ConversationOptions) {
    this.#stream = stream;
    this.#options = options;
  }

  /** The connection below; only its addresses and its TLS facts are anybody else's business. */
  get stream(): ByteStream {
    return this.#stream;
  }

  /** Why nothing works any more. */
  get broken(): Broken | undefined {
    return this.#broken;
  }

  /** Waits for what the server says unasked: its greeting. */
  greeting(limitMs: number, signal?: AbortSignal): Promise<Reply> {
    const exchange = this.#expect("connect");
    return this.finish(exchange, { limitMs, signal, accept: SUCCESS });
  }

  /** Asks, and waits for the reply that ends it. @throws Refused, Broken, Fault `aborted`, `bad-name` */
  async request(line: string, options: RequestOptions = {}): Promise<Reply> {
    if (options.signal?.aborted) throw new Fault("aborted", { cause: options.signal.reason });
    return await this.finish(this.send(line), options);
  }

  /** Waits for the end of an exchange and judges its reply. */
  async finish(exchange: Exchange, options: RequestOptions = {}): Promise<Reply> {
    const answer = await this.final(exchange, options);
    if (!(options.accept ?? SUCCESS).includes(replyClass(answer))) {
      throw new Refused(exchange.command, answer);
    }
    return answer;
  }

  /** The first reply of an exchange, of whatever class. @throws Broken when it does not come in time */
  first(exchange: Exchange, options: RequestOptions = {}): Promise<Reply> {
    return this.#await(exchange, exchange.first, options);
  }

  /** The reply that ends an exchange, of whatever class. @throws Broken when it does not come in time */
  final(exchange: Exchange, options: RequestOptions = {}): Promise<Reply> {
    return this.#await(exchange, exchange.final, options);
  }

  /** A reply that does not come in time breaks the connection; its time begins when it is due. */
  async #await(
    exchange: Exchange,
    reply: Promise<Reply>,
    { limitMs = this.#options.replyMs, signal }: RequestOptions,
  ): Promise<Reply> {
    const limits = { limitMs, ...(signal && { signal }) };
    try {
      // What is before it has limits of its own; whoever breaks the connection ends this wait, too.
      await unlessAborted(exchange.turn, signal);
      return await within(reply, limits);
    } catch (error) {
      // Its reply still has to come, for the sake of those behind it.
      if (isFault(error, "aborted")) this.#await(exchange, reply, { limitMs }).catch(() => {});
      if (!isFault(error, "timed-out")) throw error;
      throw this.break(new Broken("timed-out", `no reply within ${limitMs / 1000} s`));
    }
  }

  /**
   * Sends a line without waiting for anything.
   *
   * @throws Fault `bad-name` for a line that holds CR, LF or NUL; Broken
   */
  send(line: string): Exchange {
    return this.#send(line, false);
  }

  /** Sends a line whose reply tells nothing; it must come in time all the same. @throws what `send` does */
  tell(line: string): void {
    this.final(this.send(line)).catch(() => {});
  }

  /**
   * Says NOOP while a transfer runs, so that nobody on the way takes the connection for a dead one, unless as many
   * as `limit` are without an answer. Some servers answer at once (pyftpdlib, and Pure-FTPd that it knows no
   * such thing), others after the transfer (vsftpd, ours): by its code the answer is told from the transfer's own.
   */
  sayAside(limit: number): void {
    if (this.#pending.asides >= limit) return;
    try {
      this.final(this.#send("NOOP", true)).catch(() => {});
    } catch (error) {
      // Whoever waits is told; nobody waits for this.
      if (!(error instanceof Broken)) throw error;
    }
  }

  #send(line: string, isAside: boolean): Exchange {
    const shown = withoutSecrets(line);
    // SECURITY: a name from a listing must not smuggle a second command
    if (/[\0\r\n]/.test(line)) throw new Fault("bad-name", { about: shown });
    if (this.#broken) throw this.#broken;
    if (this.#pending.count === 0) this.#refuseUnasked();
    this.#options.dialogue?.({ from: "client", text: shown });
    this.#heldReplies?.said();
    const exchange = this.#expect(shown, isAside);
    // Requests that are ready together travel together.
    if (this.#outgoing === "") this.#writing = this.#writing.then(() => this.#flush());
    this.#outgoing += line + "\r\n";
    return exchange;
  }

  async #flush(): Promise<void> {
    const bytes = new TextEncoder().encode(this.#outgoing);
    this.#outgoing = "";
    try {
      await this.#stream.write(bytes);
    } catch (error) {
      // What the server said before it closed tells more than a failed write: let the reader find it.
      if (!this.#listening) this.break(brokenBy(error));
    }
  }

  /**
   * Puts another stream, which protects this one, in its place.
   *
   * SECURITY: what arrived in clear after the reply that allowed it may come from anybody in between
   * (CVE-2011-0411), so it is dropped.
   */
  async upgrade(wrap: (below: ByteStream) => Promise<ByteStream>): Promise<void> {
    await this.#writing;
    if (this.#pending.count > 0) throw new Error("upgrade while replies are due");
    this.#reader.discard();
    this.#stream = await wrap(this.#stream);
  }

  /**
   * From now on a server that holds a reply back is asked NOOP, since what we send carries our acknowledgement. For
   * servers only that answer in turn, whatever runs.
   */
  hurry(): void {
    this.#heldReplies = new HeldReplies(() => this.sayAside(NUDGES_LIMIT));
  }

  /** Gives the connection up; every wait ends with the reason. @returns the reason, the first one given */
  break(reason: Broken): Broken {
    if (this.#broken) return this.#broken;
    this.#broken = reason;
    this.#stream.close();
    this.#heldReplies?.end();
    this.#pending.fail(reason);
    return reason;
  }

  #expect(command: string, isAside = false): Exchange {
    const exchange = this.#pending.add(command, isAside);
    this.#listen();
    return exchange;
  }

  /** A reply that nobody asked for would be taken for the next one's, and all that follow with it. */
  #refuseUnasked(): void {
    if (!this.#reader.holdsAnything) return;
    const early = this.#reader.next();
    if (early && "code" in early) this.#hear(early);
    throw this.break(new Broken("protocol", "the server said something nobody asked for"));
  }

  /** Reads as long as a reply is due. */
  async #listen(): Promise<void> {
    if (this.#listening) return;
    this.#listening = true;
    try {
      while (this.#pending.count > 0) await this.#hearNext();
    } catch (error) {
      this.break(error instanceof Broken ? error : brokenBy(error));
    } finally {
      this.#listening = false;
    }
  }

  async #hearNext(): Promise<void> {
    const next = this.#reader.next();
    if (next === undefined) {
      this.#heldReplies?.watch();
      const count = await this.#stream.read(this.#buffer);
      this.#heldReplies?.end();
      if (count === null) throw new Broken("lost", "the server closed the connection");
      this.#reader.take(this.#buffer.subarray(0, count));
    } else if ("why" in next) {
      throw new Broken("protocol", next.why);
    } else {
      this.#hear(next);
    }
  }

  #hear(answer: Reply): void {
    this.#tell(answer);
    this.#heldReplies?.heard();
    if (answer.code === 421) {
      throw this.break(new Broken("lost", answer.lines.join(" ") || "421", { reply: answer }));
    }
    this.#pending.take(answer);
  }

  #tell({ code, lines }: Reply): void {
    const last = lines.length - 1;
    lines.forEach((line, at) =>
      this.#options.dialogue?.({ from: "server", text: `${code}${at < last ? "-" : " "}${line}` })
    );
  }
}

function brokenBy(error: unknown): Broken {
  if (isFault(error, "timed-out")) return new Broken("timed-out", "the server is silent");
  if (isFault(error, "tls-failed")) return new Broken("tls", "TLS failed", { cause: error });
  return new Broken("lost", "the connection to the server was lost", { cause: error });
}
