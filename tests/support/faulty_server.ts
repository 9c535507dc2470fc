// A server of one file that goes wrong as it is told: many sessions, any offset, faults by session and transfer.

import { createHasher } from "../../shared/hash.ts";
import { closeIfOpen, plainStream } from "../../shared/plain_stream.ts";
import type { ByteStream } from "../../shared/byte_stream.ts";

/** One RETR, as a fault sees it. */
export interface FaultyTransfer {
  /** Counted from 1: which connection it came over, and which transfer of the server's it is. */
  readonly session: number;
  readonly number: number;
  /** What REST said before it. */
  readonly offset: number;
}

/** What becomes of one transfer. */
export type TransferFault =
  /** So many bytes, and the control connection says 421 and closes. */
  | { readonly kind: "421-after"; readonly bytes: number }
  /** So many bytes, and the data connection is closed with a 226. */
  | { readonly kind: "226-after"; readonly bytes: number }
  /** After the content come bytes without end. */
  | { readonly kind: "endless" }
  /** From the beginning, whatever REST said. */
  | { readonly kind: "from-0" };

/** How it goes wrong; what is left out is right. */
export interface FaultyServerOptions {
  readonly content: Uint8Array;
  /** What is sent instead of the content, whose digests it tells. */
  readonly serves?: Uint8Array;
  /** Sessions that are turned away with 421. */
  readonly turnsAway?: (session: number) => boolean;
  readonly fault?: (transfer: FaultyTransfer) => TransferFault | undefined;
  readonly refusesRest?: boolean;
  /** Digests of parts are given, of the whole none. */
  readonly digestsRanges?: boolean;
  /** What MDTM says, by how often it was asked before. */
  readonly modified?: (asked: number) => string;
}

/** The server, on 127.0.0.1; the file is called `file`. */
export class FaultyServer implements AsyncDisposable {
  readonly port: number;
  /** `REST` offsets of all transfers, in their order. */
  readonly offsets: number[] = [];
  readonly #options: FaultyServerOptions;
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #open = new Set<{ close(): void }>();
  readonly #sessions: Promise<void>[] = [];
  readonly #accepting: Promise<void>;
  #asked = 0;

  constructor(options: FaultyServerOptions) {
    this.#options = options;
    this.port = this.#listener.addr.port;
    this.#accepting = this.#accept();
  }

  /** How many connections were made to it. */
  get sessions(): number {
    return this.#sessions.length;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    for (const each of this.#open) closeIfOpen(each);
    await this.#accepting;
    await Promise.all(this.#sessions);
  }

  async #accept(): Promise<void> {
    for (;;) {
      const conn = await this.#listener.accept().catch(() => undefined);
      if (conn === undefined) return;
      conn.setNoDelay(true);
      const stream = plainStream(this.#keep(conn));
      // What a client does to a session of its own is no failure of the test's.
      this.#sessions.push(this.#serve(stream, this.#sessions.length + 1).catch(() => {}));
    }
  }

  async #serve(stream: ByteStream, session: number): Promise<void> {
    const say = (text: string) => stream.write(new TextEncoder().encode(`${text}\r\n`));
    if (this.#options.turnsAway?.(session)) {
      await say("421 too many of you");
      return stream.close();
    }
    await say("220 ready");
    let offset = 0;
    let range: number[] | undefined;
    let listener: Deno.TcpListener | undefined;
    for await (const line of linesOf(stream)) {
      const [verb = "", argument = ""] = line.split(" ", 2);
      if (verb === "REST" && !this.#options.refusesRest) offset = Number(argument);
      if (verb === "EPSV") {
        listener = this.#keep(Deno.listen({ hostname: "127.0.0.1", port: 0 }));
        await say(`229 go (|||${listener.addr.port}|)`);
      } else if (verb === "RETR" && listener !== undefined) {
        if (await this.#retrieve(stream, say, session, offset, listener)) return;
        offset = 0;
      } else if (verb === "ABOR") await say("226 stopped");
      else if (verb === "RANG") {
        range = line.split(" ").slice(1).map(Number);
        await say("350 from there to there");
      } else if (verb === "HASH") {
        await say(this.#digest(range));
        range = undefined;
      } else await say(this.#answer(verb));
      if (verb === "QUIT") return stream.close();
    }
  }

  #digest(range: number[] | undefined): string {
    if (range === undefined) return "550 the file is too large";
    const [first = 0, last = 0] = range;
    const hasher = createHasher("SHA-256");
    hasher.update(this.#options.content.subarray(first, last + 1));
    return `213 SHA-256 ${first}-${last} ${hasher.digest()} file`;
  }

  #answer(verb: string): string {
    switch (verb) {
      case "USER":
        return "331 password";
      case "PASS":
        return "230 in";
      case "FEAT":
        return [
          ...["211-Features", " SIZE", " MDTM", " REST STREAM"],
          ...(this.#options.digestsRanges ? [" HASH SHA-256*", " RANG STREAM"] : []),
          "211 End",
        ].join("\r\n");
      case "SIZE":
        return `213 ${this.#options.content.length}`;
      case "MDTM":
        return `213 ${this.#options.modified?.(this.#asked++) ?? "20250131120000"}`;
      case "REST":
        return this.#options.refusesRest ? "502 no such thing" : "350 from there";
      case "QUIT":
        return "221 bye";
      default:
        return "200 fine";
    }
  }

  /** @returns whether the session is over. */
  async #retrieve(
    stream: ByteStream,
    say: (text: string) => Promise<void>,
    session: number,
    offset: number,
    listener: Deno.TcpListener,
  ): Promise<boolean> {
    const { content, serves = content, fault } = this.#options;
    this.offsets.push(offset);
    const wrong = fault?.({ session, number: this.offsets.length, offset });
    const data = plainStream(this.#keep(await listener.accept()));
    listener.close();
    await say("150 here it comes");
    const rest = serves.subarray(wrong?.kind === "from-0" ? 0 : offset);
    const isCut = wrong?.kind === "421-after" || wrong?.kind === "226-after";
    let isStopped = false;
    try {
      await data.write(isCut ? rest.subarray(0, wrong.bytes) : rest);
      while (wrong?.kind === "endless") await data.write(new Uint8Array(64 * 1024));
      await data.finish();
    } catch {
      // The client has had enough of it.
      isStopped = true;
    }
    data.close();
    if (wrong?.kind === "421-after") {
      await say("421 going down");
      stream.close();
      return true;
    }
    await say(isStopped ? "426 stopped" : "226 done");
    return false;
  }

  #keep<T extends { close(): void }>(resource: T): T {
    this.#open.add(resource);
    return resource;
  }
}

async function* linesOf(stream: ByteStream): AsyncGenerator<string> {
  const buffer = new Uint8Array(4096);
  let text = "";
  for (;;) {
    const count = await stream.read(buffer);
    if (count === null) return;
    text += new TextDecoder().decode(buffer.subarray(0, count));
    const lines = text.split("\r\n");
    text = lines.pop() ?? "";
    yield* lines;
  }
}
