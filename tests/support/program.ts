// Runs a real program to its end and keeps what it said: ours, curl, lftp, Python.

import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";

/** The root of the repository. */
export const REPOSITORY = fileURLToPath(new URL("../..", import.meta.url));

/** How a program is run. */
export interface ProgramOptions {
  /** Written to its standard input, which is then closed. */
  readonly stdin?: string | Uint8Array;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** It is killed after this time: a test must never hang. */
  readonly limitMs?: number;
}

/** What a program left behind. */
export interface Ending {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const LIMIT_MS = 60_000;

/** Runs `program` and waits for its end. */
export async function run(
  program: string,
  args: readonly string[],
  options: ProgramOptions = {},
): Promise<Ending> {
  const { stdin, env, cwd, limitMs = LIMIT_MS } = options;
  const child = new Deno.Command(program, {
    args: [...args],
    env: { ...env },
    ...(cwd === undefined ? {} : { cwd }),
    stdin: stdin === undefined ? "null" : "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const timer = setTimeout(() => child.kill("SIGKILL"), limitMs);
  try {
    const [output] = await Promise.all([
      child.output(),
      stdin === undefined ? undefined : feed(child.stdin, stdin),
    ]);
    const text = new TextDecoder();
    return {
      code: output.code,
      stdout: text.decode(output.stdout),
      stderr: text.decode(output.stderr),
    };
  } finally {
    clearTimeout(timer);
  }
}

/** Runs `program`, which must succeed, and answers its standard output. */
export async function runWell(
  program: string,
  args: readonly string[],
  options: ProgramOptions = {},
): Promise<string> {
  const { code, stdout, stderr } = await run(program, args, options);
  assert.equal(code, 0, `${program} ${args.join(" ")}: exit code ${code}\n${stdout}${stderr}`);
  return stdout;
}

/** The command line that starts our own program, as {@linkcode run} takes it. */
export function ftpCommandLine(args: readonly string[]): [string, string[]] {
  return [Deno.execPath(), ["run", "-A", "--no-prompt", `${REPOSITORY}/main.ts`, ...args]];
}

/** Runs our own program, `ftp ARGS`. */
export async function runFtp(
  args: readonly string[],
  options: ProgramOptions = {},
): Promise<Ending> {
  using memory = ownMemory(options.env);
  return await run(...ftpCommandLine(args), { ...options, env: memory.env });
}

/** Runs our own program, which must succeed, and answers its standard output. */
export async function runFtpWell(
  args: readonly string[],
  options: ProgramOptions = {},
): Promise<string> {
  using memory = ownMemory(options.env);
  return await runWell(...ftpCommandLine(args), { ...options, env: memory.env });
}

/**
 * A place for what our program keeps (its journal, certificates), where the environment names none: that of whoever
 * runs the tests is not theirs to write to. Gone when it is disposed.
 */
export function ownMemory(
  env: Readonly<Record<string, string>> = {},
): Disposable & { readonly env: Readonly<Record<string, string>> } {
  if ("HOME" in env || "XDG_CONFIG_HOME" in env) return { env, [Symbol.dispose]() {} };
  const folder = Deno.makeTempDirSync({ prefix: "ftp-test-" });
  return {
    env: { ...env, XDG_CONFIG_HOME: folder },
    [Symbol.dispose]: () => Deno.removeSync(folder, { recursive: true }),
  };
}

/**
 * Where the runtime keeps packages: for programs that are run with a HOME of their own, which would
 * otherwise fetch them anew.
 */
export async function denoDirectory(): Promise<string> {
  const { denoDir } = JSON.parse(await runWell(Deno.execPath(), ["info", "--json"]));
  return denoDir;
}

async function feed(input: WritableStream<Uint8Array>, data: string | Uint8Array): Promise<void> {
  const writer = input.getWriter();
  try {
    await writer.write(typeof data === "string" ? new TextEncoder().encode(data) : data);
    await writer.close();
  } catch (error) {
    // A program that ends without reading its input is judged by its exit code.
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}
