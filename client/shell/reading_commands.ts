// The shell's commands that look at files: cat, more, stat, size, hash, verify.

import { join, resolve } from "node:path";
import { tellComparison } from "../operations/comparing.ts";
import { temporaryFolder } from "../operations/copying.ts";
import { tellDigest } from "../operations/digest_output.ts";
import { tellFacts } from "../operations/facts_output.ts";
import { getToSink } from "../operations/file_transfer.ts";
import { attempt, forEach, shown } from "../operations/operation_context.ts";
import { expandRemote, type RemotePlace } from "../operations/remote_names.ts";
import { remoteName } from "../remote.ts";
import { showPages } from "./pager.ts";
import { ANY_NUMBER, type ShellCommand, type ShellState } from "./shell_command.ts";

/** Those that look at files. */
export const READING_COMMANDS: readonly ShellCommand[] = [
  {
    name: "cat",
    usage: "REMOTE...",
    example: "cat README.txt",
    takes: [1, ANY_NUMBER],
    wordKinds: ["remote"],
    run: ({ texts }, state) =>
      eachPlace(texts, state, async ({ path }) => {
        await getToSink(state.context, "cat", path, state.context.output, state.policy);
      }),
  },
  {
    name: "more",
    aliases: ["less", "page"],
    usage: "REMOTE...",
    example: "more server.log",
    takes: [1, ANY_NUMBER],
    wordKinds: ["remote"],
    run: ({ texts }, state) => eachPlace(texts, state, ({ path }) => page(path, state)),
  },
  {
    name: "stat",
    usage: "REMOTE...",
    example: "stat report.pdf",
    takes: [1, ANY_NUMBER],
    wordKinds: ["remote"],
    run: ({ texts }, state) => eachPlace(texts, state, (place) => tellFacts(state.context, place)),
  },
  {
    name: "size",
    usage: "REMOTE...",
    example: "size *.iso",
    takes: [1, ANY_NUMBER],
    wordKinds: ["remote"],
    run: ({ texts }, state) => eachPlace(texts, state, (place) => tellSize(place, state)),
  },
  {
    name: "hash",
    aliases: ["sum"],
    usage: "REMOTE...",
    example: "hash *.iso",
    takes: [1, ANY_NUMBER],
    wordKinds: ["remote"],
    run: ({ texts }, state) =>
      eachPlace(texts, state, ({ path }) => tellDigest(state.context, path, undefined)),
  },
  {
    name: "verify",
    usage: "LOCAL [REMOTE]",
    example: "verify report.pdf",
    takes: [1, 2],
    wordKinds: ["local", "remote"],
    run: async ({ texts: [local = "", remote = remoteName(local)] }, state) =>
      await tellComparison(
        state.context,
        resolve(state.localFolder, state.withHome(local)),
        remote,
      ),
  },
];

/** Runs `work` for each place that the words stand for; globs fit several. */
export async function eachPlace(
  texts: readonly string[],
  { context }: Pick<ShellState, "context">,
  work: (place: RemotePlace) => Promise<void>,
): Promise<void> {
  await forEach(context, texts, async (text) => {
    await forEach(context, await expandRemote(context, text), work);
  });
}

async function tellSize({ path, entry }: RemotePlace, { context }: ShellState): Promise<void> {
  const size = await attempt(`size ${shown(path)} at ${context.label}`, async () => {
    const { signal } = context;
    const client = await context.client();
    return await client.size(path, { signal }) ?? entry?.size ??
      (await client.stat(path, { signal })).size;
  });
  const title = context.terminal.legible(path);
  context.print({ path, size: size ?? null }, `${size ?? "?"}  ${title}`);
}

/** A reader who takes time must not keep a data connection waiting: the file is fetched whole first. */
async function page(path: string, state: ShellState): Promise<void> {
  const { context, policy } = state;
  if (!context.terminal.canEdit || !context.terminal.showsOutput) {
    return void await getToSink(context, "more", path, context.output, policy);
  }
  await using folder = await temporaryFolder();
  const copy = join(folder.path, "page");
  {
    using file = await Deno.open(copy, { write: true, createNew: true });
    const sink = {
      write: async (bytes: Uint8Array) => {
        for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
      },
    };
    await getToSink(context, "more", path, sink, policy);
  }
  await showPages(copy, remoteName(path), context.terminal, context.signal);
}
