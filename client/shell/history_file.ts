// What was typed at earlier prompts, in a file of the person's own; nothing in it is a password.

import { dirname } from "node:path";
import { replaceFile } from "../replaced_file.ts";

/** Lines that the arrow keys go back to, and that are kept. */
export const HISTORY_LINES = 1_000;

/** The file is written anew when it has so many lines more than that: not at every start. */
const SLACK_LINES = 1_000;

/** A larger file was not written by us: lines of a terminal are short. */
const FILE_LIMIT_BYTES = 16 * 1024 * 1024;

/**
 * Where it lies: `$XDG_STATE_HOME/ftp/history`, else `~/.local/state/ftp/history` (`%LOCALAPPDATA%\ftp\history`
 * on Windows).
 *
 * @returns `undefined` when the environment names no home.
 */
export function historyPath(env: Readonly<Record<string, string | undefined>>): string | undefined {
  const base = env["XDG_STATE_HOME"] || env["LOCALAPPDATA"];
  if (base) return `${base}/ftp/history`;
  const home = env["HOME"] || env["USERPROFILE"];
  return home ? `${home}/.local/state/ftp/history` : undefined;
}

/**
 * Whether a line may be kept.
 *
 * SECURITY: passwords that people type in a line (`quote PASS x`, `user ann x`, `open ann:x@host`) stay out
 * of the file, with the whole line; so does, as in other shells, a line that starts with a blank.
 */
export function mayBeKept(line: string): boolean {
  // `"PASS" x` says the same as `PASS x`.
  const plain = line.replace(/["'\\]/g, "");
  return line.trim() !== "" && !SECRETIVE.some((pattern) => pattern.test(plain));
}

const SECRETIVE: readonly RegExp[] = [
  /^\s/,
  // `ann:x@host`, with a scheme or without; not the colon of `ftp://ann@host`.
  /:(?!\/\/)[^@]*@/,
  /\b(?:pass|acct|register|unregister|passwd|password)\b\s+\S/i,
  /\b(?:user|login)\s+[^\s;&]+\s+[^\s;&]/i,
];

/** The lines of earlier shells and of this one. What cannot be read or written is missed by nobody: no failure. */
export class History {
  readonly #path: string | undefined;
  readonly #lines: string[];

  private constructor(path: string | undefined, lines: string[]) {
    this.#path = path;
    this.#lines = lines;
  }

  /** Reads the file, where there is one. */
  static async open(path: string | undefined): Promise<History> {
    const lines = path === undefined ? [] : await readLines(path);
    if (path !== undefined && lines.length > HISTORY_LINES + SLACK_LINES) {
      lines.splice(0, lines.length - HISTORY_LINES);
      await replaceFile(path, lines.map((line) => `${line}\n`).join("")).catch(() => {});
    }
    return new History(path, lines.slice(-HISTORY_LINES));
  }

  /** Oldest first. */
  get lines(): readonly string[] {
    return this.#lines;
  }

  /** Keeps a line, unless it is the last one again or may hold a password. */
  async add(line: string): Promise<void> {
    if (!mayBeKept(line) || this.#lines.at(-1) === line) return;
    this.#lines.push(line);
    if (this.#lines.length > HISTORY_LINES) this.#lines.shift();
    if (this.#path !== undefined) await append(this.#path, line).catch(() => {});
  }
}

async function readLines(path: string): Promise<string[]> {
  try {
    if ((await Deno.stat(path)).size > FILE_LIMIT_BYTES) return [];
    return (await Deno.readTextFile(path)).split("\n").filter((line) => line !== "");
  } catch {
    return [];
  }
}

/** Several shells at once add to the same file: a line is one write. */
async function append(path: string, line: string): Promise<void> {
  await Deno.mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await Deno.writeTextFile(path, `${line}\n`, { append: true, mode: 0o600 });
}
