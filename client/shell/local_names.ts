// Which files of this machine a person's words stand for: globs in the last part.

import { join, resolve } from "node:path";
import { CommandFailure, ExitCode } from "../../shared/exit_code.ts";
import { fitsPattern, isPattern } from "../../shared/name_pattern.ts";
import { localName } from "../operations/local_files.ts";
import { attempt } from "../operations/operation_context.ts";
import type { ShellState } from "./shell_command.ts";
import type { Word } from "./words.ts";

/** The host paths that words stand for; globs in the last part fit several. @throws CommandFailure */
export async function expandLocals(
  words: readonly Word[],
  state: Pick<ShellState, "localFolder" | "texts" | "withHome">,
): Promise<string[]> {
  const paths: string[] = [];
  for (const { text, isQuoted } of words) {
    const path = resolve(state.localFolder, state.withHome(text));
    const pattern = localName(path);
    if (isQuoted || !isPattern(pattern)) {
      paths.push(path);
      continue;
    }
    const folder = resolve(path, "..");
    const entries = await attempt(
      `find "${text}" here`,
      () => Array.fromAsync(Deno.readDir(folder)),
    );
    const fitting = entries.map(({ name }) => name).filter((name) => fitsPattern(pattern, name));
    if (fitting.length === 0) {
      throw new CommandFailure(ExitCode.notThere, `find "${text}"`, state.texts.local.noFit);
    }
    paths.push(...fitting.sort().map((name) => join(folder, name)));
  }
  return paths;
}
