// The shell's commands that look around: ls, dir, cd, pwd, lcd, lpwd, stat, hash, cat.

import { tellDigest } from "../operations/digest_output.ts";
import { tellFacts } from "../operations/facts_output.ts";
import { getToSink } from "../operations/file_transfer.ts";
import { printListing } from "../operations/listing.ts";
import { forEach } from "../operations/operation_context.ts";
import { expandRemote } from "../operations/remote_names.ts";
import type { ShellCommand, ShellState } from "./shell_command.ts";

/** No command of the shell takes more words; a line has a limit of its own. */
export const ANY_NUMBER = Infinity;

/** Those that only look. */
export const LOOKING_COMMANDS: readonly ShellCommand[] = [
  {
    names: ["ls"],
    usage: "[-l] [REMOTE...]",
    help: "lists a folder of the server",
    example: "ls -l *.txt",
    options: { long: { type: "boolean", short: "l" } },
    takes: [0, ANY_NUMBER],
    run: (args, state) => list(args.texts, args.has("long"), state),
  },
  {
    names: ["dir"],
    usage: "[REMOTE...]",
    help: "the same as ls -l",
    example: "dir pictures",
    takes: [0, ANY_NUMBER],
    run: (args, state) => list(args.texts, true, state),
  },
  {
    names: ["cd"],
    usage: "[REMOTE]",
    help: "enters a folder of the server; without a name the one of the login",
    example: "cd ../music",
    takes: [0, 1],
    run: ({ texts: [path = "~"] }, state) => state.enterRemoteFolder(path),
  },
  {
    names: ["pwd"],
    usage: "",
    help: "tells the folder of the server that names count from",
    example: "pwd",
    takes: [0, 0],
    run: (_args, { context, remoteFolder }) =>
      context.print({ remote: remoteFolder }, context.terminal.legible(remoteFolder)),
  },
  {
    names: ["lcd"],
    usage: "[LOCAL]",
    help: "enters a folder of this machine; without a name the home folder",
    example: "lcd Downloads",
    takes: [0, 1],
    run: ({ texts: [path = "~"] }, state) => state.enterLocalFolder(path),
  },
  {
    names: ["lpwd"],
    usage: "",
    help: "tells the folder of this machine that names count from",
    example: "lpwd",
    takes: [0, 0],
    run: (_args, { context, localFolder }) =>
      context.print({ local: localFolder }, context.terminal.legible(localFolder)),
  },
  {
    names: ["stat"],
    usage: "REMOTE...",
    help: "tells all that is known about files and folders",
    example: "stat report.pdf",
    takes: [1, ANY_NUMBER],
    run: ({ texts }, { context }) =>
      eachPlace(texts, context, (place) => tellFacts(context, place)),
  },
  {
    names: ["hash"],
    usage: "REMOTE...",
    help: "prints the digests that the server computes",
    example: "hash *.iso",
    takes: [1, ANY_NUMBER],
    run: ({ texts }, { context }) =>
      eachPlace(texts, context, ({ path }) => tellDigest(context, path, undefined)),
  },
  {
    names: ["cat"],
    usage: "REMOTE...",
    help: "prints files",
    example: "cat README.txt",
    takes: [1, ANY_NUMBER],
    run: ({ texts }, { context, policy }) =>
      eachPlace(texts, context, async ({ path }) => {
        await getToSink(context, path, context.output, policy);
      }),
  },
];

/** Runs `work` for each place that the words stand for; globs fit several. */
export async function eachPlace(
  texts: readonly string[],
  context: ShellState["context"],
  work: (place: Awaited<ReturnType<typeof expandRemote>>[number]) => Promise<void>,
): Promise<void> {
  await forEach(context, texts, async (text) => {
    await forEach(context, await expandRemote(context, text), work);
  });
}

async function list(texts: readonly string[], long: boolean, state: ShellState): Promise<void> {
  const { context } = state;
  const paths = texts.length === 0 ? [""] : texts;
  const form = { long, humanSizes: false };
  await forEach(context, paths, (path) => printListing(context, path, form, paths.length > 1));
}
