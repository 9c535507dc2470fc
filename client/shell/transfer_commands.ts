// The shell's commands that move files: get, put, their relatives, mirror, edit.

import { resolve } from "node:path";
import { parseConnections } from "../operations/lanes.ts";
import { mirror } from "../operations/mirror.ts";
import { folderPath } from "../operations/remote_names.ts";
import { SegmentLanes } from "../operations/segment_lanes.ts";
import { getInto, putInto } from "../operations/transfer_targets.ts";
import type { TransferPolicy } from "../operations/transfer_policy.ts";
import { editRemote } from "./editing.ts";
import { expandLocals } from "./local_names.ts";
import {
  ANY_NUMBER,
  optionValue,
  type ShellArguments,
  type ShellCommand,
  type ShellState,
} from "./shell_command.ts";

const GET_OPTIONS = {
  output: { type: "string", short: "o" },
  recursive: { type: "boolean", short: "r" },
  segments: { type: "string" },
} as const;

const PUT_OPTIONS = {
  target: { type: "string", short: "t" },
  recursive: { type: "boolean", short: "r" },
} as const;

/** Those that move files. */
export const TRANSFER_COMMANDS: readonly ShellCommand[] = [
  {
    name: "get",
    aliases: ["mget", "recv"],
    usage: "REMOTE... [-o LOCAL] [-r] [--segments N]",
    example: "get *.jpg -o pictures/",
    options: GET_OPTIONS,
    takes: [1, ANY_NUMBER],
    wordKinds: ["remote"],
    run: (args, state) => get(args, state, state.policy),
  },
  {
    name: "reget",
    usage: "REMOTE... [-o LOCAL] [-r] [--segments N]",
    example: "reget big.iso",
    options: GET_OPTIONS,
    takes: [1, ANY_NUMBER],
    wordKinds: ["remote"],
    run: (args, state) => get(args, state, { ...state.policy, ifExists: "resume" }),
  },
  {
    name: "put",
    aliases: ["mput", "send"],
    usage: "LOCAL... [-t REMOTE] [-r]",
    example: "put report.pdf -t archive/",
    options: PUT_OPTIONS,
    takes: [1, ANY_NUMBER],
    wordKinds: ["local"],
    changesNames: true,
    run: (args, state) => put(args, state, state.policy),
  },
  {
    name: "reput",
    usage: "LOCAL... [-t REMOTE] [-r]",
    example: "reput big.iso",
    options: PUT_OPTIONS,
    takes: [1, ANY_NUMBER],
    wordKinds: ["local"],
    changesNames: true,
    run: (args, state) => put(args, state, { ...state.policy, ifExists: "resume" }),
  },
  {
    name: "mirror",
    usage: "SOURCE TARGET [-R] [--delete] [--dry-run] [--newer] [--include GLOB] [--exclude GLOB]",
    example: "mirror -R site/ /www --delete",
    options: {
      reverse: { type: "boolean", short: "R" },
      delete: { type: "boolean" },
      "dry-run": { type: "boolean", short: "n" },
      newer: { type: "boolean" },
      include: { type: "string" },
      exclude: { type: "string" },
    },
    takes: [2, 2],
    wordKinds: ["remote-folder", "local-folder"],
    changesNames: true,
    run: (args, state) => mirrorFolders(args, state),
  },
  {
    name: "edit",
    aliases: ["vi"],
    usage: "REMOTE",
    example: "edit index.html",
    takes: [1, 1],
    wordKinds: ["remote"],
    changesNames: true,
    run: async ({ texts: [path = ""] }, state) => await editRemote(path, state),
  },
];

async function get(args: ShellArguments, state: ShellState, policy: TransferPolicy): Promise<void> {
  const output = args.value("output");
  const segments = optionValue("get", args, "segments", parseConnections);
  await getInto(state.context, {
    remotes: args.texts,
    output: output && state.withHome(output),
    localFolder: state.localFolder,
    isRecursive: args.has("recursive"),
    policy: segments === undefined ? policy : { ...policy, segments: new SegmentLanes(segments) },
    // Each of several files over several connections would be more than anybody meant.
    connections: segments === undefined ? state.settings.parallel : 1,
  });
}

async function put(args: ShellArguments, state: ShellState, policy: TransferPolicy): Promise<void> {
  await putInto(state.context, {
    locals: await expandLocals(args.words, state),
    target: args.value("target") ?? "",
    isRecursive: args.has("recursive"),
    policy,
    connections: state.settings.parallel,
  });
}

function mirrorFolders(args: ShellArguments, state: ShellState): Promise<void> {
  const { context, localFolder, policy, settings } = state;
  const [source = "", target = ""] = args.texts;
  const isUpload = args.has("reverse");
  const glob = (option: string) => [args.value(option)].filter((each) => each !== undefined);
  return mirror(context, {
    direction: isUpload ? "put" : "get",
    remote: folderPath(isUpload ? target : source),
    local: resolve(localFolder, state.withHome(isUpload ? source : target)),
    rules: {
      include: glob("include"),
      exclude: glob("exclude"),
      newerOnly: args.has("newer"),
    },
    isDeleting: args.has("delete"),
    isTrial: args.has("dry-run"),
    connections: settings.parallel,
    // What is there was compared already, and is to become like the source.
    policy: { ...policy, ifExists: "overwrite" },
  });
}
