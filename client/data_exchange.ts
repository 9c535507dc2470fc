// One command with its data connection: arranged, announced, moved, and ended by its final reply.

import type { ByteSink, ByteSource, ByteStream } from "../shared/byte_stream.ts";
import { unlessAborted, within } from "../shared/deadline.ts";
import { Fault, isFault } from "../shared/fault.ts";
import { type Reply, replyClass } from "../shared/reply.ts";
import type { DataPlan } from "./data_connection.ts";
import type { Exchange } from "./exchange.ts";
import { Broken, DataFailed, type DataFailureReason, isClientFailure, Refused } from "./failure.ts";
import type { Peer } from "./peer.ts";

/** What is exchanged. */
export interface DataExchangeOptions<T> {
  /** `RETR a.txt` */
  readonly command: string;
  /** Whether the bytes come to us or leave us. */
  readonly direction: "in" | "out";
  /** Where to restart (REST); 0 says nothing. */
  readonly offset?: number;
  /** How many bytes will travel, where that is known: many of them are worth a dearer beginning. */
  readonly expectedBytes?: number;
  /** How long the final reply may take after the last byte, milliseconds. */
  readonly completionMs?: number;
  readonly signal?: AbortSignal | undefined;
  /**
   * Makes ready for `move` to be called once more, after a first connection that the server did not like; without
   * it only what moved nothing yet is done again.
   */
  readonly rewind?: () => Promise<void> | void;
  /**
   * Called once the next exchange may begin, as soon as this server bears it: perhaps before the reply that
   * ends this one. Who gives it has another one in mind.
   */
  readonly onFree?: (() => void) | undefined;
  /** Moves the bytes; its signal also fires when the server ends the transfer with a refusal. */
  move(stream: ByteSource & ByteSink, signal: AbortSignal): Promise<T>;
}

/** After the data connection failed, the server has so long to say why, milliseconds. */
const EXPLANATION_MS = 5_000;
/** A server that reads commands during a transfer answers ABOR at once; the others after its end. */
const ABORT_MS = 3_000;
/** No buffers on the way to a server hold more: whoever took this much is reading it. */
const BUFFERED_BYTES = 16 * 1024 * 1024;

/**
 * Runs a data command to its end. Complete means: the data ended cleanly and the final reply says so.
 *
 * @throws Refused (before or after the data), DataFailed, Broken, Fault `aborted`, what `move` throws
 * of its own (the local disk): the connection then stays in step, or is broken.
 */
export async function exchangeData<T>(peer: Peer, options: DataExchangeOptions<T>): Promise<T> {
  try {
    return await exchangeOnce(peer, options);
  } catch (error) {
    // Only what is large is ever on trial, and the connection of what is small may be another one's by now.
    if (options.onFree !== undefined || !peer.data.mayTryAgain(error)) throw error;
    await options.rewind?.();
    return await exchangeOnce(peer, options);
  }
}

async function exchangeOnce<T>(peer: Peer, options: DataExchangeOptions<T>): Promise<T> {
  const { command, signal, offset, onFree } = options;
  // REST is forgotten at the next request, and what takes long keeps the proofs of others waiting.
  if (offset || onFree === undefined) await unlessAborted(peer.order.tail, signal);
  const plan = await arrange(peer, command, signal);
  try {
    if (offset) {
      const accept = ["intermediate"] as const;
      await peer.conversation.request(`REST ${offset}`, { accept, signal });
    }
    if (signal?.aborted) throw new Fault("aborted", { cause: signal.reason });
    const run = new DataExchange(peer, options, plan, peer.conversation.send(command));
    if (onFree !== undefined && peer.habits.answersInTurn) peer.data.prepare();
    return await run.toEnd();
  } finally {
    plan[Symbol.dispose]();
  }
}

async function arrange(
  peer: Peer,
  command: string,
  signal: AbortSignal | undefined,
): Promise<DataPlan> {
  try {
    return await peer.data.arrange(signal);
  } catch (error) {
    throw isFault(error, "no-data-connection")
      ? new DataFailed("no-connection", command, { cause: error })
      : error;
  }
}

/** One exchange under way. */
class DataExchange<T> {
  readonly #peer: Peer;
  readonly #options: DataExchangeOptions<T>;
  readonly #plan: DataPlan;
  readonly #exchange: Exchange;
  /** Fires when the server refuses, or is gone, while bytes move. */
  readonly #halt = new AbortController();
  readonly #stop: AbortSignal;
  #stream: ByteStream | undefined;

  constructor(
    peer: Peer,
    options: DataExchangeOptions<T>,
    plan: DataPlan,
    exchange: Exchange,
  ) {
    this.#peer = peer;
    this.#options = options;
    this.#plan = plan;
    this.#exchange = exchange;
    const signals = options.signal ? [options.signal] : [];
    this.#stop = AbortSignal.any([this.#halt.signal, ...signals]);
    exchange.final.then(
      (answer) => replyClass(answer) !== "completion" && this.#halt.abort(),
      () => this.#halt.abort(),
    );
  }

  async toEnd(): Promise<T> {
    const { conversation, limits, habits } = this.#peer;
    // What is followed by others is short, and they use the connection.
    const aside = this.#options.onFree === undefined
      ? setInterval(() => conversation.sayAside(habits.unansweredLimit), limits.keepAliveMs)
      : undefined;
    try {
      const value = await this.#carry();
      await this.#finish();
      this.#peer.data.confirm();
      return value;
    } catch (error) {
      throw await this.#explain(error);
    } finally {
      clearInterval(aside);
      this.#stream?.close();
    }
  }

  async #carry(): Promise<T> {
    await Promise.race([this.#plan.ready, this.#refusal()]);
    if (!this.#peer.habits.takesDataEarly) await this.#beginning();
    const { direction, rewind, expectedBytes = 0 } = this.#options;
    const mayFail = direction === "in" || rewind !== undefined;
    this.#stream = await this.#plan.open(this.#stop, { mayFail, expectedBytes });
    return await this.#options.move(this.#watched(this.#stream), this.#stop);
  }

  /** The server's word that it is about to begin; some have none. */
  async #beginning(): Promise<void> {
    const { signal } = this.#options;
    const first = await this.#peer.conversation.first(this.#exchange, { signal });
    if (replyClass(first) !== "preliminary") this.#judge(first);
  }

  /** What shows that the server likes the connection: a byte of its own, or more of ours than any buffer holds. */
  #watched(stream: ByteStream): ByteSource & ByteSink {
    const { data } = this.#peer;
    let sentBytes = 0;
    return {
      read: async (into) => {
        const count = await stream.read(into);
        if (count !== null) data.confirm();
        return count;
      },
      write: async (bytes) => {
        await stream.write(bytes);
        sentBytes += bytes.length;
        if (sentBytes > BUFFERED_BYTES) data.confirm();
      },
    };
  }

  /** Rejects once the server refuses; never resolves. */
  #refusal(): Promise<never> {
    return new Promise((_resolve, reject) => {
      this.#exchange.final.then((answer) => {
        if (replyClass(answer) !== "completion") reject(new Refused(this.#options.command, answer));
      }, reject);
    });
  }

  /** The clean end: ours of the data, then the server's word for it. */
  async #finish(): Promise<void> {
    const stream = this.#stream;
    const { direction, completionMs, signal, onFree } = this.#options;
    if (direction === "out") {
      await within(stream?.finish() ?? Promise.resolve(), {
        limitMs: this.#peer.limits.stalledMs,
        signal: this.#stop,
      });
      if (this.#peer.habits.answersInTurn) onFree?.();
    } else {
      // vsftpd says 226 after our end, at the latest when it is acknowledged, 40 ms later; others wait for our
      // close_notify, whose failure says nothing about the data.
      if (stream?.secure) stream.finish().catch(() => {});
      else stream?.close();
      // The server has sent its last byte: it hears the next request after it has said so.
      onFree?.();
    }
    const answer = await this.#peer.conversation.final(this.#exchange, {
      limitMs: completionMs,
      signal,
    });
    this.#judge(answer);
    onFree?.();
  }

  #judge(answer: Reply): void {
    if (replyClass(answer) === "completion") return;
    throw new Refused(this.#options.command, answer);
  }

  /** Ends what was begun, so that the next command finds the connection in step, and says what went wrong. */
  async #explain(error: unknown): Promise<unknown> {
    const { conversation } = this.#peer;
    if (error instanceof Broken) return conversation.break(error);
    if (conversation.broken) return conversation.broken;
    if (error instanceof Refused) return error;
    if (this.#options.signal?.aborted) {
      await this.#abort();
      return new Fault("aborted", { cause: this.#options.signal.reason });
    }
    const reason = dataFailureOf(error);
    if (reason === undefined) {
      await this.#abort();
      return error;
    }
    // A connection that never came about leaves the server waiting for it: only ABOR ends that.
    if (reason === "no-connection" && !this.#halt.signal.aborted) await this.#abort();
    else this.#stream?.close();
    return await this.#verdict(new DataFailed(reason, this.#options.command, { cause: error }));
  }

  /** The server's own reason, where it gives one in time, tells more than what we saw. */
  async #verdict(failure: DataFailed): Promise<unknown> {
    const { conversation } = this.#peer;
    try {
      const answer = await within(this.#exchange.final, { limitMs: EXPLANATION_MS });
      const refused = replyClass(answer) !== "completion";
      return refused && failure.reason !== "no-connection"
        ? new Refused(this.#options.command, answer)
        : failure;
    } catch (error) {
      if (!isFault(error, "timed-out")) return conversation.broken ?? error;
      conversation.break(new Broken("timed-out", "the server does not end the transfer"));
      return failure;
    }
  }

  /**
   * Stops a transfer that runs (RFC 959, 4.1.3). An upload's data connection is closed only after the server
   * heard ABOR: a plain end of data would make a whole file of what is half one.
   */
  async #abort(): Promise<void> {
    const { conversation } = this.#peer;
    try {
      const abort = conversation.send("ABOR");
      if (this.#options.direction === "in") this.#stream?.close();
      else await within(this.#exchange.final, { limitMs: ABORT_MS }).catch(() => {});
      this.#stream?.close();
      await within(Promise.all([this.#exchange.final, abort.final]), { limitMs: ABORT_MS });
    } catch {
      conversation.break(new Broken("lost", "the transfer was stopped by closing the connection"));
    }
  }
}

/** Which failure of the data connection this is; `undefined` when it is none of the connection's. */
function dataFailureOf(error: unknown): DataFailureReason | undefined {
  if (isClientFailure(error) || !isFault(error)) return undefined;
  switch (error.kind) {
    case "no-data-connection":
      return "no-connection";
    case "truncated":
    case "aborted":
      return "cut";
    case "timed-out":
      return "stalled";
    case "tls-failed":
      return "tls";
    default:
      return undefined;
  }
}
