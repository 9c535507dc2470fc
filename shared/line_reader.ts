// Framing of a control connection: bytes in, lines out, however the network cut them.

/** What the input held: a line without its end, or notice that one exceeded the bound. */
export type LineEvent =
  | { readonly kind: "line"; readonly bytes: Uint8Array }
  | { readonly kind: "too-long" };

/** A line may have this many bytes: twice the longest path, so that only nonsense exceeds it. */
export const LINE_LIMIT_BYTES = 8192;

/** Options of a {@linkcode LineReader}. */
export interface LineReaderOptions {
  /** Default {@linkcode LINE_LIMIT_BYTES}. */
  readonly limitBytes?: number;
}

const LF = 0x0a;
const CR = 0x0d;

// Telnet (RFC 854): every command starts with IAC.
const SUBNEGOTIATION_END = 0xf0;
const DATA_MARK = 0xf2;
const SUBNEGOTIATION = 0xfa;
const WILL = 0xfb;
const IAC = 0xff;

/** Most lines are short; the buffer doubles up to the bound when one is not. */
const FIRST_BUFFER_BYTES = 128;

const ABORT = new TextEncoder().encode("ABOR");

/**
 * Cuts a byte stream into lines. CRLF or a bare LF ends one; Telnet commands (RFC 854) vanish, also
 * when their urgent byte was lost on the way (`FF F4 FF`, `FF F4 F2`), and a doubled IAC is the data
 * byte FF. A line beyond the bound is told once and skipped to its end without being kept.
 *
 * `ABOR` ends at its CR: clients that send the whole line as urgent data (Python's ftplib) lose its
 * LF, and wait for the answer. A LF that does follow is swallowed.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { LineReader } from "./line_reader.ts";
 * const reader = new LineReader();
 * assert.deepEqual(reader.push(new TextEncoder().encode("NO")), []);
 * const [event] = reader.push(new TextEncoder().encode("OP\r\nPW"));
 * assert.deepEqual(event, { kind: "line", bytes: new TextEncoder().encode("NOOP") });
 * ```
 */
export class LineReader {
  readonly #limitBytes: number;
  #line: Uint8Array<ArrayBuffer> = new Uint8Array(FIRST_BUFFER_BYTES);
  #length = 0;
  #state: "data" | "command" | "option" | "subnegotiation" | "subnegotiation-command" = "data";
  /** A CR was seen and not yet judged. */
  #heldCr = false;
  /** The rest of an over-long line is passing by. */
  #skipping = false;
  /** The byte before ended a Telnet command: a DATA MARK here is one that lost its IAC. */
  #afterCommand = false;
  /** The line ended at its CR: its LF, should it come, is not an empty line. */
  #lfOwed = false;

  constructor(options: LineReaderOptions = {}) {
    this.#limitBytes = options.limitBytes ?? LINE_LIMIT_BYTES;
  }

  /** Whether a line has begun and not ended. */
  get midLine(): boolean {
    return this.#length > 0 || this.#heldCr || this.#skipping || this.#state !== "data";
  }

  /** Takes a piece of any size; `bytes` may be reused by the caller afterwards. */
  push(bytes: Uint8Array): LineEvent[] {
    const events: LineEvent[] = [];
    for (const byte of bytes) this.#take(byte, events);
    return events;
  }

  #take(byte: number, events: LineEvent[]): void {
    switch (this.#state) {
      case "data":
        if (byte === IAC) this.#state = "command";
        else if (byte === DATA_MARK && this.#afterCommand && this.#length === 0) return;
        else this.#takeData(byte, events);
        return;
      case "command":
        this.#takeCommand(byte, events);
        return;
      case "option":
        this.#endCommand();
        return;
      case "subnegotiation":
        if (byte === IAC) this.#state = "subnegotiation-command";
        return;
      case "subnegotiation-command":
        if (byte === SUBNEGOTIATION_END) this.#endCommand();
        else this.#state = "subnegotiation";
        return;
    }
  }

  #takeCommand(byte: number, events: LineEvent[]): void {
    if (byte === SUBNEGOTIATION) this.#state = "subnegotiation";
    else if (byte >= WILL && byte < IAC) this.#state = "option";
    else if (byte >= SUBNEGOTIATION_END && byte < IAC) this.#endCommand();
    else {
      // A doubled IAC is data; so is a byte that is no command: the command was urgent and got lost.
      this.#state = "data";
      this.#takeData(byte, events);
    }
  }

  #endCommand(): void {
    this.#state = "data";
    this.#afterCommand = true;
  }

  #takeData(byte: number, events: LineEvent[]): void {
    this.#afterCommand = false;
    const lfOwed = this.#lfOwed;
    this.#lfOwed = false;
    if (lfOwed && byte === LF) return;
    if (this.#heldCr && byte !== LF) this.#append(CR, events);
    this.#heldCr = false;
    if (byte === LF) this.#end(events);
    else if (byte !== CR) this.#append(byte, events);
    else if (this.#isAbort()) {
      this.#end(events);
      this.#lfOwed = true;
    } else this.#heldCr = true;
  }

  #append(byte: number, events: LineEvent[]): void {
    if (this.#skipping) return;
    if (this.#length === this.#limitBytes) {
      this.#skipping = true;
      this.#length = 0;
      events.push({ kind: "too-long" });
      return;
    }
    if (this.#length === this.#line.length) {
      const larger = new Uint8Array(Math.min(this.#line.length * 2, this.#limitBytes));
      larger.set(this.#line);
      this.#line = larger;
    }
    this.#line[this.#length++] = byte;
  }

  #end(events: LineEvent[]): void {
    if (!this.#skipping) events.push({ kind: "line", bytes: this.#line.slice(0, this.#length) });
    this.#skipping = false;
    this.#heldCr = false;
    this.#length = 0;
  }

  #isAbort(): boolean {
    return !this.#skipping && this.#length === ABORT.length &&
      // 0x20 is the one bit in which ASCII letters differ by case.
      ABORT.every((letter, at) => ((this.#line[at] ?? 0) & ~0x20) === letter);
  }
}
