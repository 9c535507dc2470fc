// The shell's commands that change something: get, put, mkdir, rmdir, rm, mv.

import { join, resolve } from "node:path";
import { CommandFailure, ExitCode } from "../../shared/exit_code.ts";
import { fitsPattern, isPattern } from "../../shared/name_pattern.ts";
import { makeNewFolder } from "../operations/folders.ts";
import { localName } from "../operations/local_files.ts";
import { attempt, forEach } from "../operations/operation_context.ts";
import { moveTo } from "../operations/moving.ts";
import { expandRemote } from "../operations/remote_names.ts";
import { removeEmptyFolder, removePlace } from "../operations/removal.ts";
import { getInto, putInto } from "../operations/transfer_targets.ts";
import { ANY_NUMBER, eachPlace } from "./looking_commands.ts";
import type { ShellCommand, ShellState } from "./shell_command.ts";
import type { Word } from "./words.ts";

/** Those that move, make and remove. */
export const CHANGING_COMMANDS: readonly ShellCommand[] = [
  {
    names: ["get", "mget"],
    usage: "REMOTE... [-o LOCAL] [-r]",
    help: "downloads files; -r folders with everything in them",
    example: "get *.jpg -o pictures/",
    options: {
      output: { type: "string", short: "o" },
      recursive: { type: "boolean", short: "r" },
    },
    takes: [1, ANY_NUMBER],
    run: (args, { context, policy, localFolder }) =>
      getInto(context, {
        remotes: args.texts,
        output: args.value("output"),
        localFolder,
        isRecursive: args.has("recursive"),
        policy,
      }),
  },
  {
    names: ["put", "mput"],
    usage: "LOCAL... [-t REMOTE] [-r]",
    help: "uploads files; -r folders with everything in them",
    example: "put report.pdf -t archive/",
    options: {
      target: { type: "string", short: "t" },
      recursive: { type: "boolean", short: "r" },
    },
    takes: [1, ANY_NUMBER],
    run: async (args, state) => {
      const locals = await expandLocals(args.words, state);
      await putInto(state.context, {
        locals,
        target: args.value("target") ?? "",
        isRecursive: args.has("recursive"),
        policy: state.policy,
      });
    },
  },
  {
    names: ["mkdir"],
    usage: "REMOTE...",
    help: "makes folders",
    example: "mkdir 2025 2025/january",
    takes: [1, ANY_NUMBER],
    run: async ({ texts }, { context }) =>
      void await forEach(context, texts, (path) => makeNewFolder(context, path)),
  },
  {
    names: ["rmdir"],
    usage: "REMOTE...",
    help: "removes empty folders",
    example: "rmdir 2025",
    takes: [1, ANY_NUMBER],
    run: ({ texts }, { context }) =>
      eachPlace(texts, context, ({ path }) => removeEmptyFolder(context, path)),
  },
  {
    names: ["rm", "delete"],
    usage: "REMOTE... [-r]",
    help: "removes files; -r folders with everything in them",
    example: "rm *.tmp",
    options: { recursive: { type: "boolean", short: "r" } },
    takes: [1, ANY_NUMBER],
    run: (args, { context }) =>
      eachPlace(args.texts, context, (place) => removePlace(context, place, args.has("recursive"))),
  },
  {
    names: ["mv", "rename"],
    usage: "REMOTE... REMOTE",
    help: "renames a file, or moves several into a folder",
    example: "mv draft.txt final.txt",
    takes: [2, ANY_NUMBER],
    run: async ({ texts }, { context }) => {
      const paths: string[] = [];
      await forEach(context, texts.slice(0, -1), async (text) => {
        paths.push(...(await expandRemote(context, text)).map(({ path }) => path));
      });
      await moveTo(context, paths, texts.at(-1) ?? "");
    },
  },
];

/** The host paths that words stand for; globs in the last part fit several. @throws CommandFailure */
async function expandLocals(words: readonly Word[], state: ShellState): Promise<string[]> {
  const paths: string[] = [];
  for (const { text, isQuoted } of words) {
    const path = resolve(state.localFolder, text);
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
      throw new CommandFailure(
        ExitCode.notThere,
        `find "${text}"`,
        "nothing here fits the pattern",
      );
    }
    paths.push(...fitting.sort().map((name) => join(folder, name)));
  }
  return paths;
}
