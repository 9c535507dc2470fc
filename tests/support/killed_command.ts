// A command of ours that ends in the middle of its work: killed, or interrupted, once some bytes have come.

import { join } from "node:path";
import { ftpCommandLine } from "./program.ts";

/** What is run, and when it ends. */
export interface KilledCommand {
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Where bytes come to, in whichever file. */
  readonly folder: string;
  /** So many more in one file. */
  readonly atBytes: number;
  readonly signal: Deno.Signal;
}

/** Runs it, slowly enough to be hit. @returns its exit code */
export async function killedCommand(options: KilledCommand): Promise<number> {
  const { args, cwd, env, folder, atBytes, signal } = options;
  const before = new Map(await sizesIn(folder));
  const watcher = Deno.watchFs(folder);
  const [program, words] = ftpCommandLine([...args, "--limit-rate", "3M"]);
  const child = new Deno.Command(program, { args: words, cwd, env, stderr: "null" }).spawn();
  // Whatever became of it, nobody watches longer than it lives.
  const ended = child.status.finally(() => watcher.close());
  for await (const { paths } of watcher) {
    if (paths.some((path) => sizeOf(path) >= (before.get(path) ?? 0) + atBytes)) {
      child.kill(signal);
      break;
    }
  }
  return (await ended).code;
}

/** Of all files below, by their paths. */
async function sizesIn(folder: string): Promise<[path: string, size: number][]> {
  const found: [string, number][] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = join(folder, name);
    if (isDirectory) found.push(...await sizesIn(path));
    else found.push([path, sizeOf(path)]);
  }
  return found;
}

function sizeOf(path: string): number {
  try {
    const { isFile, size } = Deno.statSync(path);
    return isFile ? size : 0;
  } catch {
    return 0;
  }
}
