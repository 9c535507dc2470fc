// Plays a transcript's client against a server: says its lines, and holds the server to its own.

import assert from "node:assert/strict";
import { join } from "node:path";
import { deflateSync, inflateSync } from "node:zlib";
import { within } from "../../shared/deadline.ts";
import {
  formatHostPort,
  parseExtendedPassiveReply,
  parsePassiveReply,
} from "../../shared/host_port.ts";
import { type LineEvent, LineReader } from "../../shared/line_reader.ts";
import { closeIfOpen } from "../../shared/plain_stream.ts";
import { type InProcessServer, PASSWORD, USER } from "./in_process_server.ts";
import { joined } from "./pieces.ts";
import { fitLine, parseSteps, type Step, type Transcript } from "./transcript.ts";

/** No step of a healthy server takes nearly as long. */
const STEP_LIMIT_MS = 10_000;

type Connection = Deno.TcpConn | Deno.TlsConn;

/** Plays it; throws with the line of the transcript that did not hold. */
export async function play(transcript: Transcript, server: InProcessServer): Promise<void> {
  using player = await Player.connect(server);
  await player.run(transcript.steps);
}

/** One control connection and at most one data connection. */
export class Player implements Disposable {
  readonly #server: InProcessServer;
  #control: Connection;
  #lines = new LineReader();
  #ready: LineEvent[] = [];
  #lastLine: string | undefined;
  #data: Connection | undefined;
  #listener: Deno.TcpListener | undefined;
  /** What `{names}` stand for. */
  readonly #names: Record<string, string> = {};

  private constructor(server: InProcessServer, control: Connection) {
    this.#server = server;
    this.#control = control;
  }

  /** Connects in clear, or with TLS from the first byte. */
  static async connect(server: InProcessServer, how: "clear" | "tls" = "clear"): Promise<Player> {
    const { port, certificatePem } = server;
    const tls = { hostname: "localhost", port, caCerts: [certificatePem] };
    const control = how === "tls" ? await Deno.connectTls(tls) : await Deno.connect({ port });
    return new Player(server, control);
  }

  /** Plays these lines of a transcript and goes on from there the next time. */
  async say(lines: string): Promise<void> {
    await this.run(parseSteps(lines));
  }

  async run(steps: readonly Step[]): Promise<void> {
    for (const step of steps) {
      try {
        await within(this.#play(step), { limitMs: STEP_LIMIT_MS, cancel: () => this.hangUp() });
      } catch (error) {
        const said = this.#lastLine === undefined ? "" : `; the last reply was: ${this.#lastLine}`;
        throw new Error(`line ${step.line}, ${step.source}${said}`, { cause: error });
      }
    }
  }

  async #play({ verb, rest }: Step): Promise<void> {
    switch (verb) {
      case "C:":
        return await send(this.#control, encode(`${this.#filled(rest)}\r\n`));
      case "C bytes:":
        return await send(this.#control, latin1(JSON.parse(rest)));
      case "C close":
        return this.#control.close();
      case "S:":
        return await this.#expect(rest);
      case "S bytes:":
        return assert.equal(text(await this.#lineBytes() ?? new Uint8Array()), JSON.parse(rest));
      case "S closed":
        return assert.equal(await this.#line(), undefined, "the server closes the connection");
      case "repeat":
        return await this.#repeat(rest);
      case "login":
        return await this.#logIn(rest || USER);
      case "tls":
        return await this.#startTls();
      case "log":
        return await this.#expectLog(rest);
      case "given directory":
        return await Deno.mkdir(this.#onDisk(firstWord(rest)[0]), { recursive: true });
      case "given link": {
        const [path, target] = firstWord(rest);
        return await Deno.symlink(target, this.#onDisk(path));
      }
      case "given file": {
        const [path, content] = this.#pathAndContent(rest);
        return await Deno.writeFile(path, content);
      }
      case "file": {
        const [path, content] = this.#pathAndContent(this.#filled(rest));
        return assert.deepEqual(text(await Deno.readFile(path)), text(content));
      }
      case "no file":
        return await assert.rejects(
          Deno.lstat(this.#onDisk(firstWord(rest)[0])),
          Deno.errors.NotFound,
        );
      default:
        return await this.#playData(verb, rest);
    }
  }

  /** Closes everything of its own at once. */
  hangUp(): void {
    for (const each of [this.#control, this.#data, this.#listener]) closeIfOpen(each);
  }

  [Symbol.dispose](): void {
    this.hangUp();
  }

  async #playData(verb: string, rest: string): Promise<void> {
    switch (verb) {
      case "data connect":
        closeIfOpen(this.#data);
        this.#data = await Deno.connect({ port: Number(this.#names["port"]) });
        return;
      case "data listen": {
        closeIfOpen(this.#listener);
        this.#listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
        const { port } = this.#listener.addr;
        this.#names["port"] = String(port);
        this.#names["hostport"] = formatHostPort({ address: "127.0.0.1", port });
        return;
      }
      case "data accept":
        closeIfOpen(this.#data);
        this.#data = await this.#listener?.accept();
        return;
      case "data tls": {
        assert.ok(this.#data !== undefined && !("handshake" in this.#data));
        const caCerts = [this.#server.certificatePem];
        this.#data = await Deno.startTls(this.#data, { hostname: "localhost", caCerts });
        return;
      }
      case "data send":
        return await send(this.#dataConnection(), contentOf(this.#filled(rest)));
      case "data read":
        return void await this.#dataConnection().read(new Uint8Array(Number(rest || 1)));
      case "data receive":
        return assert.deepEqual(text(await drain(this.#dataConnection())), text(contentOf(rest)));
      case "data inflate": {
        const received = inflateSync(await drain(this.#dataConnection()));
        return assert.deepEqual(text(received), text(contentOf(rest)));
      }
      case "data like": {
        const received = text(await drain(this.#dataConnection()));
        return assert.ok(fitLine(JSON.parse(rest), received) !== undefined, received);
      }
      case "data close":
        return this.#dataConnection().close();
      case "data closed":
        return await untilClosed(this.#dataConnection());
      default:
        throw new Error(`nobody plays "${verb}"`);
    }
  }

  async #expect(pattern: string): Promise<void> {
    const line = await this.#line();
    const names = line === undefined ? undefined : fitLine(this.#filled(pattern), line);
    assert.ok(names !== undefined, `the server said: ${line ?? "nothing, it closed"}`);
    Object.assign(this.#names, names);
    const port = portOf(line ?? "");
    if (port !== undefined) this.#names["port"] = String(port);
  }

  /** `VERB until PATTERN`: asks again until a line of the reply fits. */
  async #repeat(rest: string): Promise<void> {
    const [request = "", pattern = ""] = rest.split(" until ");
    for (let isSeen = false; !isSeen;) {
      await send(this.#control, encode(`${request}\r\n`));
      for (let isLast = false; !isLast;) {
        const line = await this.#line() ?? assert.fail("the server closed");
        isSeen ||= fitLine(pattern, line) !== undefined;
        isLast = /^\d{3} /.test(line);
      }
    }
  }

  /** The next line; `undefined` at the end of the connection. */
  async #line(): Promise<string | undefined> {
    const bytes = await this.#lineBytes();
    this.#lastLine = bytes && new TextDecoder().decode(bytes);
    return this.#lastLine;
  }

  async #lineBytes(): Promise<Uint8Array | undefined> {
    const buffer = new Uint8Array(4096);
    while (this.#ready.length === 0) {
      const count = await this.#control.read(buffer).catch(() => null);
      if (count === null) return undefined;
      this.#ready.push(...this.#lines.push(buffer.subarray(0, count)));
    }
    const event = this.#ready.shift();
    return event?.kind === "line" ? event.bytes : undefined;
  }

  async #logIn(name: string): Promise<void> {
    await send(this.#control, encode(`USER ${name}\r\n`));
    await this.#expect("331 *");
    await send(this.#control, encode(`PASS ${PASSWORD}\r\n`));
    await this.#expect("230 *");
  }

  async #startTls(): Promise<void> {
    assert.ok(!("handshake" in this.#control));
    const caCerts = [this.#server.certificatePem];
    this.#control = await Deno.startTls(this.#control, { hostname: "localhost", caCerts });
    await this.#control.handshake();
  }

  /** `event key=value ...`, the event's blanks written as `_`. */
  async #expectLog(rest: string): Promise<void> {
    const [event = "", ...pairs] = rest.split(" ").map((word) => word.replaceAll("_", " "));
    await this.#server.log.seen((line) =>
      line.event === event && pairs.every((pair) => {
        const [key = "", value = ""] = pair.split("=");
        return String(line.fields[key]) === value;
      })
    );
  }

  #filled(given: string): string {
    return given.replace(/\{([a-z]+)\}/g, (whole, name: string) => this.#names[name] ?? whole);
  }

  #onDisk(path: string): string {
    return join(this.#server.root, path);
  }

  #pathAndContent(rest: string): [string, Uint8Array] {
    const [path, content] = firstWord(rest);
    return [this.#onDisk(path), contentOf(content)];
  }

  #dataConnection(): Connection {
    assert.ok(this.#data !== undefined, "there is no data connection");
    return this.#data;
  }
}

/** The first word, which is a JSON string where it begins with a quote, and the rest. */
function firstWord(text: string): [string, string] {
  const [, word = "", rest = ""] = /^("(?:[^"\\]|\\.)*"|\S+) ?(.*)$/s.exec(text) ?? [];
  return [word.startsWith('"') ? JSON.parse(word) : word, rest];
}

/** A JSON string, one byte a character; or `N bytes`; or `deflated` and one of them. */
function contentOf(given: string): Uint8Array {
  const [, plain] = /^deflated (.*)$/s.exec(given) ?? [];
  if (plain !== undefined) return deflateSync(contentOf(plain));
  const zeros = /^(\d+) bytes$/.exec(given)?.[1];
  return zeros === undefined ? latin1(JSON.parse(given)) : new Uint8Array(Number(zeros));
}

function portOf(line: string): number | undefined {
  if (line.startsWith("227 ")) {
    const target = parsePassiveReply(line);
    return target.ok ? target.value.port : undefined;
  }
  const port = line.startsWith("229 ") ? parseExtendedPassiveReply(line) : undefined;
  return port?.ok ? port.value : undefined;
}

async function send(conn: Connection, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await conn.write(bytes.slice(at));
}

async function drain(conn: Connection): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  const buffer = new Uint8Array(65_536);
  for (let n = await conn.read(buffer); n !== null; n = await conn.read(buffer)) {
    pieces.push(buffer.slice(0, n));
  }
  return joined(pieces);
}

/** Reads to the end, clean or not. */
async function untilClosed(conn: Connection): Promise<void> {
  const buffer = new Uint8Array(65_536);
  while (await conn.read(buffer).catch(() => null) !== null);
}

function encode(given: string): Uint8Array {
  return new TextEncoder().encode(given);
}

function latin1(given: string): Uint8Array {
  return Uint8Array.from(given, (letter) => letter.charCodeAt(0));
}

function text(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
}
