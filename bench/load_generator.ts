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
  /** `ping` only: how long a NOOP waited. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

/** What is asked of it, besides the target: the words of `load/main.c`. */
export type Words = Readonly<Record<string, string | number>>;

/** Sessions that are open and say nothing, until they are let go. */
export interface IdleSessions extends AsyncDisposable {
  readonly opened: Measured;
}

/** The built program. */
export interface LoadGenerator {
  measure(mode: string, target: Target | undefined, words: Words): Promise<Measured>;
  /** Opens `clients` sessions and keeps them. */
  hold(target: Target, clients: number): Promise<IdleSessions>;
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
    async measure(mode, target, words) {
      const child = new Deno.Command(program, {
        args: [mode, ...spell(target, words)],
        stdin: "null",
        stdout: "piped",
        stderr: "piped",
      }).spawn();
      const timer = setTimeout(() => child.kill("SIGKILL"), LIMIT_MS);
      const output = await child.output().finally(() => clearTimeout(timer));
      const text = new TextDecoder();
      if (!output.success) throw new Error(`${mode}: ${text.decode(output.stderr).trim()}`);
      return JSON.parse(text.decode(output.stdout)) as Measured;
    },
    async hold(target, clients) {
      const child = new Deno.Command(program, {
        args: ["idle", ...spell(target, { clients })],
        stdin: "piped",
        stdout: "piped",
        stderr: "inherit",
      }).spawn();
      const reader = child.stdout.getReader();
      const { value } = await reader.read();
      if (value === undefined) throw new Error(`idle: no ${clients} sessions could be opened`);
      return {
        opened: JSON.parse(new TextDecoder().decode(value)) as Measured,
        async [Symbol.asyncDispose]() {
          await child.stdin.close();
          await child.status;
          await reader.cancel();
        },
      };
    },
  };
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
