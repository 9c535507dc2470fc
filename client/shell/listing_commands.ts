// The shell's commands that list: ls, dir, nlist, lls, find, du.

import { join, resolve } from "node:path";
import { CommandFailure, ExitCode } from "../../shared/exit_code.ts";
import { parseEntryType, parseMoment, parseSizeFilter } from "../operations/find_filter.ts";
import { printListing } from "../operations/listing.ts";
import { type ListedEntry, type ListingOrder, printEntries } from "../operations/listing_output.ts";
import { attempt, forEach } from "../operations/operation_context.ts";
import { tellFound, tellUsage } from "../operations/remote_tree.ts";
import type { RemoteEntry } from "../remote_entry.ts";
import {
  ANY_NUMBER,
  optionValue,
  type ShellArguments,
  type ShellCommand,
  type ShellState,
} from "./shell_command.ts";

const LISTING_OPTIONS = {
  long: { type: "boolean", short: "l" },
  all: { type: "boolean", short: "a" },
  time: { type: "boolean", short: "t" },
  size: { type: "boolean", short: "S" },
  reverse: { type: "boolean", short: "r" },
} as const;

/** Those that list. */
export const LISTING_COMMANDS: readonly ShellCommand[] = [
  {
    name: "ls",
    aliases: ["list"],
    usage: "[-latSr] [REMOTE...]",
    example: "ls -l *.txt",
    options: LISTING_OPTIONS,
    takes: [0, ANY_NUMBER],
    wordKinds: ["remote"],
    run: (args, state) => list(args, args.has("long"), state),
  },
  {
    name: "dir",
    aliases: ["ll"],
    usage: "[-atSr] [REMOTE...]",
    example: "dir pictures",
    options: LISTING_OPTIONS,
    takes: [0, ANY_NUMBER],
    wordKinds: ["remote"],
    run: (args, state) => list(args, true, state),
  },
  {
    name: "nlist",
    aliases: ["nls"],
    usage: "[REMOTE...]",
    example: "nlist *.txt",
    takes: [0, ANY_NUMBER],
    wordKinds: ["remote"],
    run: async ({ texts }, { context }) => {
      const form = { long: false, humanSizes: false, onePerLine: true };
      const paths = texts.length === 0 ? [""] : texts;
      await forEach(context, paths, (path) => printListing(context, path, form, paths.length > 1));
    },
  },
  {
    name: "lls",
    aliases: ["ldir"],
    usage: "[-latSr] [LOCAL...]",
    example: "lls -l",
    options: LISTING_OPTIONS,
    takes: [0, ANY_NUMBER],
    wordKinds: ["local"],
    run: async (args, state) => {
      const { context, localFolder } = state;
      const folders = args.texts.length === 0 ? ["."] : args.texts;
      await forEach(context, folders, async (folder) => {
        const listed = await listLocal(resolve(localFolder, state.withHome(folder)), folder, state);
        if (folders.length > 1 && !context.json) {
          context.terminal.print(`${context.terminal.legible(folder)}:`);
        }
        printEntries(context, listed, formOf(args, args.has("long")));
      });
    },
  },
  {
    name: "find",
    usage: "[REMOTE] [-name GLOB] [-type f|d|l] [-size +10M] [-newer 7d] [-older 2026-01-31]",
    example: "find photos -name '*.jpg' -size +1M",
    options: {
      name: { type: "string" },
      type: { type: "string" },
      size: { type: "string" },
      newer: { type: "string" },
      older: { type: "string" },
    },
    takes: [0, 1],
    wordKinds: ["remote-folder"],
    run: async (args, { context }) => {
      const nowMs = Date.now();
      await tellFound(context, args.texts[0] ?? "", {
        name: args.value("name"),
        type: optionValue("find", args, "type", parseEntryType),
        size: optionValue("find", args, "size", parseSizeFilter),
        newerMs: optionValue("find", args, "newer", (text) => parseMoment(text, nowMs)),
        olderMs: optionValue("find", args, "older", (text) => parseMoment(text, nowMs)),
      });
    },
  },
  {
    name: "du",
    usage: "[REMOTE...]",
    example: "du photos music",
    takes: [0, ANY_NUMBER],
    wordKinds: ["remote"],
    run: async ({ texts }, { context }) => {
      const paths = texts.length === 0 ? [""] : texts;
      await forEach(context, paths, (path) => tellUsage(context, path));
    },
  },
];

async function list(args: ShellArguments, long: boolean, { context }: ShellState): Promise<void> {
  const paths = args.texts.length === 0 ? [""] : args.texts;
  const form = formOf(args, long);
  await forEach(context, paths, (path) => printListing(context, path, form, paths.length > 1));
}

function formOf(args: ShellArguments, long: boolean) {
  const order: ListingOrder = args.has("time") ? "time" : args.has("size") ? "size" : "name";
  return {
    long,
    humanSizes: false,
    hidesDotNames: !args.has("all"),
    order,
    isReversed: args.has("reverse"),
  };
}

async function listLocal(
  path: string,
  folder: string,
  { texts }: ShellState,
): Promise<ListedEntry[]> {
  return await attempt(`lls "${folder}"`, async () => {
    const listed: ListedEntry[] = [];
    for await (const { name } of Deno.readDir(path)) {
      const info = await Deno.lstat(join(path, name)).catch(() => undefined);
      // Removed meanwhile.
      if (info === undefined) continue;
      listed.push({ path: join(path, name), title: name, entry: entryOf(name, info) });
    }
    return listed.sort((a, b) => a.title < b.title ? -1 : 1);
  }).catch((error) => {
    if (!(error instanceof CommandFailure) || error.exitCode !== ExitCode.notThere) throw error;
    throw new CommandFailure(ExitCode.notThere, error.tried, texts.local.noFolder);
  });
}

function entryOf(name: string, info: Deno.FileInfo): RemoteEntry {
  const type = info.isSymlink
    ? "link"
    : info.isDirectory
    ? "directory"
    : info.isFile
    ? "file"
    : "other";
  return {
    name,
    type,
    size: info.size,
    modifiedMs: info.mtime?.getTime(),
    modifiedExactToMs: 1,
    mode: info.mode === null ? undefined : info.mode & 0o7777,
    unique: undefined,
    linkTarget: undefined,
    owner: undefined,
    group: undefined,
  };
}
