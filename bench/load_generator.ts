// The load generator: a small C program, built once a run, that answers with one line of JSON.

import { fileURLToPath } from "node:url";
import type { Target } from "./contenders.ts";

const SOURCES = fileURLToPath(new URL("./load", import.meta.url));
/** A server that needs longer for one measurement has failed. */
const LIMIT_MS = 300_000;

/** What a measurement found, as the generator saw it. */
export interface Measured {
  readonly bytes: number;
  readonly items: number;
  readonly seconds: number;
  /** The generator's own CPU time: when it nears `seconds` on a core, the generator is the limit. */
  readonly cpuSeconds: number;
  /** `list` only: how long the first byte took. */
  readonly firstMs: number;
  /** `ping` only: how long a NOOP waited. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

/** What is asked of it, besides the target: the words of `load/main.c`. */
export type Words = Readonly<Record<string, string | number>>;

/** The built program. */
export interface LoadGenerator {
  /** @param whileOpen runs when all is done and before the sessions of `retr`, `stor`, `idle` end. */
  measure(
    mode: string,
    target: Target | undefined,
    words: Words,
    whileOpen?: () => Promise<void>,
  ): Promise<Measured>;
}

/** Builds the program into `directory`. @throws Error where there is no C compiler or no OpenSSL. */
export async function buildLoadGenerator(directory: string): Promise<LoadGenerator> {
  const program = `${directory}/load`;
  const sources = [...Deno.readDirSync(SOURCES)]
    .map(({ name }) => `${SOURCES}/${name}`)
    .filter((path) => path.endsWith(".c"));
  const flags = "-O2 -std=gnu11 -Wall -Wextra -Werror -pthread".split(" ");
  const { success, stderr } = await new Deno.Command("cc", {
    args: [...flags, "-o", program, ...sources, "-lssl", "-lcrypto"],
    stderr: "piped",
  }).output();
  if (!success) {
    throw new Error(
      `the load generator needs cc and libssl-dev:\n${new TextDecoder().decode(stderr)}`,
    );
  }
  return {
    async measure(mode, target, words, whileOpen) {
      const child = new Deno.Command(program, {
        args: [mode, ...spell(target, words)],
        stdin: "piped",
        stdout: "piped",
        stderr: "piped",
      }).spawn();
      const timer = setTimeout(() => child.kill("SIGKILL"), LIMIT_MS);
      try {
        const complaint = new Response(child.stderr).text();
        const line = await readLine(child.stdout);
        if (line === undefined) throw new Error(`${mode}: ${(await complaint).trim()}`);
        await whileOpen?.();
        return JSON.parse(line) as Measured;
      } finally {
        await child.stdin.close();
        await child.status;
        clearTimeout(timer);
      }
    },
  };
}

/** The first line, or `undefined` when the stream ends before; a line of the generator is short. */
async function readLine(stream: ReadableStream<Uint8Array>): Promise<string | undefined> {
  let text = "";
  for await (const part of stream.pipeThrough(new TextDecoderStream())) {
    text += part;
    if (text.includes("\n")) return text.slice(0, text.indexOf("\n"));
  }
  return undefined;
}

function spell(target: Target | undefined, words: Words): string[] {
  const all: Words = target === undefined ? words : {
    port: target.port,
    user: target.user,
    password: target.password,
    tls: target.tls ? 1 : 0,
    ...words,
  };
  return Object.entries(all).map(([name, value]) => `${name}=${value}`);
}
