// The course of every transfer: 150, a data connection, bytes, 226, and a line in the log.

import type { ByteSource, ByteStream } from "../shared/byte_stream.ts";
import type { DeadlineOptions } from "../shared/deadline.ts";
import { Fault, isFault } from "../shared/fault.ts";
import { limitedSource } from "../shared/rate_limit.ts";
import { type Reply, reply } from "../shared/reply.ts";
import type { VirtualPath } from "../shared/virtual_path.ts";
import { ANONYMOUS } from "./anonymous.ts";
import { deflated, inflated, STORED } from "./deflate_stream.ts";
import type { Session, Transfer } from "./session.ts";
import type { Ride } from "./traffic.ts";

/** What one kind of transfer does in the common course. */
export interface TransferPlan {
  readonly verb: string;
  readonly path: VirtualPath;
  /** Whether the bytes go to the peer. */
  readonly sends: boolean;
  /** Whether they are a listing, whose length nobody knows before. */
  readonly isListing?: true;
  /** Bytes of the whole file, where that is known before. */
  readonly totalBytes?: number | undefined;
  /** Where it is carried on. */
  readonly offsetBytes?: number;
  /** The text of the 150. */
  readonly opening: string;
  /** Moves the bytes over the open connection. */
  move(stream: ByteStream, transfer: Transfer): Promise<void>;
  /**
   * What must be done with the bytes before the 226 may say that it is.
   *
   * @param signal fires when nobody waits for that any more: in clear a client that was cut off ends its
   * data like one that is done, and only its control connection, gone in the same moment, tells.
   */
  complete?(signal: AbortSignal): Promise<void>;
}

/**
 * Runs a transfer. The 150 leaves before the connection is made: some clients connect, and all TLS
 * clients handshake, only after it. What was arranged is used up, whatever happens.
 *
 * @throws Fault as a data port, a pump or the plan does; the 226 has not been given then.
 */
export async function* carry(session: Session, plan: TransferPlan): AsyncGenerator<Reply> {
  if (!session.data.arranged) throw new Fault("no-data-connection");
  using course = new TransferCourse(session, plan);
  const { transfer } = course;
  try {
    yield reply(150, plan.opening);
    const use = { secure: isDataPrivate(session), sends: plan.sends };
    using raw = await session.data.open(use, transfer.abort.signal);
    using stream = inMode(session, raw, plan);
    await plan.move(stream, transfer);
    await end(stream, plan, session, transfer);
    await plan.complete?.(transfer.abort.signal);
    course.outcome = "done";
    yield reply(226, `Done, ${transfer.movedBytes} bytes.`);
  } catch (error) {
    course.outcome = isFault(error) ? error.kind : "bug";
    throw error;
  }
}

/** What the transmission mode makes of the bytes on the wire. */
function inMode(session: Session, stream: ByteStream, plan: TransferPlan): ByteStream {
  if (session.mode === "stream") return stream;
  if (!plan.sends) return inflated(stream);
  const isStored = plan.isListing === true && losesListings(session.clientName);
  return deflated(stream, isStored ? STORED : session.deflateLevel);
}

/**
 * lftp (4.9.2; MODE Z is its default) drops what a listing's last piece still inflates to, without a
 * word. Where a piece is no longer inflated than deflated nothing is dropped.
 */
function losesListings(clientName: string | undefined): boolean {
  return /^lftp\b/i.test(clientName ?? "");
}

/** Ends our direction. The last bytes may wait in a peer's full window: as long as a stall may last. */
async function end(
  stream: ByteStream,
  plan: TransferPlan,
  session: Session,
  transfer: Transfer,
): Promise<void> {
  try {
    const { limitMs, signal } = boundsOf(session, transfer);
    await session.data.alarm.within(stream.finish(), limitMs, signal);
  } catch (error) {
    // A peer that has sent everything may be gone before our close_notify reaches it.
    if (plan.sends || !isFault(error, "truncated")) throw error;
  }
}

/** The source of a transfer's bytes, no faster than the account may move them. */
export function allowedSource(source: ByteSource, { allowance, abort }: Transfer): ByteSource {
  return allowance === undefined ? source : limitedSource(source, allowance, abort.signal);
}

/** What a pump needs to know of a transfer. */
export function pumpOptionsOf(session: Session, transfer: Transfer) {
  return {
    signal: transfer.abort.signal,
    stallMs: session.services.settings.stallTimeoutMs,
    buffers: session.buffers,
    alarm: session.data.alarm,
    onMoved: (bytes: number) => void (transfer.movedBytes += bytes),
  };
}

/** The bounds of one wait within a transfer. */
export function boundsOf(session: Session, transfer: Transfer): DeadlineOptions {
  return { limitMs: session.services.settings.stallTimeoutMs, signal: transfer.abort.signal };
}

/** Whether TLS protects the next data connection (RFC 4217, 9). */
export function isDataPrivate(session: Session): boolean {
  return session.protection.kind === "tls" && session.protection.data === "private";
}

/** What moves no file. */
const LISTINGS: ReadonlySet<string> = new Set(["LIST", "NLST", "MLSD"]);

/** A transfer's time as the session's current one. */
class TransferCourse implements Disposable {
  readonly transfer: Transfer;
  readonly #ride: Ride;
  outcome = "aborted";
  readonly #session: Session;
  readonly #onClosing: () => void;

  constructor(session: Session, plan: TransferPlan) {
    const abort = new AbortController();
    const { login, services: { traffic } } = session;
    const account = login.kind === "member" ? login.account : undefined;
    this.#session = session;
    this.#ride = traffic.begin(account, plan.sends, () => this.transfer.movedBytes);
    this.transfer = {
      verb: plan.verb,
      path: plan.path,
      sends: plan.sends,
      startedMs: Date.now(),
      totalBytes: plan.totalBytes,
      offsetBytes: plan.offsetBytes ?? 0,
      movedBytes: 0,
      allowance: this.#ride.allowance,
      abort,
    };
    this.#onClosing = () => abort.abort(session.closing.reason);
    if (session.closing.aborted) this.#onClosing();
    session.closing.addEventListener("abort", this.#onClosing, { once: true });
    session.transfer = this.transfer;
  }

  [Symbol.dispose](): void {
    const { verb, path, sends, startedMs, movedBytes: bytes } = this.transfer;
    const session = this.#session;
    session.closing.removeEventListener("abort", this.#onClosing);
    session.data.forget();
    session.transfer = undefined;
    this.#ride[Symbol.dispose]();
    const endedMs = Date.now();
    const ms = endedMs - startedMs;
    const { outcome } = this;
    session.log.write("info", "transfer", { verb, path, sends, bytes, ms, outcome });
    if (LISTINGS.has(verb) || session.login.kind !== "member") return;
    session.services.xferlog?.add({
      endedMs,
      tookMs: ms,
      address: session.peer.address,
      bytes,
      path,
      isText: session.type === "ascii",
      isCompressed: session.mode !== "stream",
      sends,
      user: session.login.account.name,
      isAnonymous: session.login.account.name === ANONYMOUS,
      isDone: outcome === "done",
    });
  }
}
