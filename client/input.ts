// Standard input for several readers in turn: a password's line, questions, scripts, an upload's content.

import type { ByteSource } from "../shared/byte_stream.ts";
import { CommandFailure, ExitCode } from "../shared/exit_code.ts";

/** One read takes at most this: a screen of pasted text, or a good part of a pipe's buffer. */
const CHUNK_BYTES = 16 * 1024;

/** A longer line is no command, answer or password of anybody. */
const LINE_LIMIT_BYTES = 64 * 1024;

const EMPTY = new Uint8Array(0);

/**
 * Bytes that one reader leaves are there for the next one, even those of a read that was given up:
 * a question that Ctrl-C ended must not swallow the first key of what is typed afterwards.
 */
export class Input implements ByteSource {
  readonly #source: ByteSource;
  #left: Uint8Array = EMPTY;
  #pending: Promise<Uint8Array | null> | undefined;

  constructor(source: ByteSource) {
    this.#source = source;
  }

  async read(into: Uint8Array): Promise<number | null> {
    if (this.#left.length === 0 && this.#pending === undefined) {
      return await this.#source.read(into);
    }
    const bytes = await this.next();
    if (bytes === null) return null;
    const taken = bytes.subarray(0, into.length);
    into.set(taken);
    this.#left = bytes.subarray(taken.length);
    return taken.length;
  }

  /**
   * The next bytes, at least one; `null` at the end.
   *
   * @throws the signal's reason when it fires first; nothing is lost then.
   */
  async next(signal?: AbortSignal): Promise<Uint8Array | null> {
    signal?.throwIfAborted();
    if (this.#left.length > 0) {
      const bytes = this.#left;
      this.#left = EMPTY;
      return bytes;
    }
    this.#pending ??= this.#readChunk();
    const bytes = await unlessAborted(this.#pending, signal);
    this.#pending = undefined;
    return bytes;
  }

  /**
   * The next line without its end (LF or CRLF); `null` at the end of the input.
   *
   * @throws CommandFailure for a line beyond the limit; the signal's reason when it fires first.
   */
  async readLine(signal?: AbortSignal): Promise<string | null> {
    return (await this.#readTo([LF], signal))?.text ?? null;
  }

  /**
   * The same at a terminal that held keys back: Enter was kept as CR then, and nothing of the line was shown.
   *
   * @throws as `readLine`
   */
  async readAnswer(signal?: AbortSignal): Promise<{ text: string; wasHeld: boolean } | null> {
    const line = await this.#readTo([LF, CR], signal);
    return line && { text: line.text, wasHeld: line.end === CR };
  }

  async #readTo(ends: readonly number[], signal: AbortSignal | undefined): Promise<Line | null> {
    const parts: Uint8Array[] = [];
    let length = 0;
    while (true) {
      const bytes = await this.next(signal);
      if (bytes === null) return length === 0 ? null : { text: decodeLine(parts), end: undefined };
      const end = bytes.findIndex((byte) => ends.includes(byte));
      parts.push(end < 0 ? bytes : bytes.subarray(0, end));
      length += end < 0 ? bytes.length : end;
      if (length > LINE_LIMIT_BYTES) {
        const limit = `a line has more than ${LINE_LIMIT_BYTES} bytes`;
        throw new CommandFailure(ExitCode.usage, "standard input", limit);
      }
      if (end < 0) continue;
      this.#left = bytes.subarray(end + 1);
      return { text: decodeLine(parts), end: bytes[end] };
    }
  }

  /** Gives bytes back: they are what is read next. */
  unread(bytes: Uint8Array): void {
    const joined = new Uint8Array(bytes.length + this.#left.length);
    joined.set(bytes);
    joined.set(this.#left, bytes.length);
    this.#left = joined;
  }

  async #readChunk(): Promise<Uint8Array | null> {
    const chunk = new Uint8Array(CHUNK_BYTES);
    const length = await this.#source.read(chunk);
    return length === null ? null : chunk.subarray(0, length);
  }
}

const LF = 10;
const CR = 13;

interface Line {
  readonly text: string;
  /** The byte that ended it; `undefined` at the end of the input. */
  readonly end: number | undefined;
}

function decodeLine(parts: readonly Uint8Array[]): string {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  const text = parts.map((part) => decoder.decode(part, { stream: true })).join("");
  return (text + decoder.decode()).replace(/\r$/, "");
}

async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return await work;
  const aborted = Promise.withResolvers<never>();
  const onAbort = () => aborted.reject(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
