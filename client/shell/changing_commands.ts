// The shell's commands that change what is at the server: mkdir, rmdir, rm, mv, cp, chmod, touch.

import { CommandFailure, ExitCode } from "../../shared/exit_code.ts";
import { changeMode, touch } from "../operations/attributes.ts";
import { copyRemote } from "../operations/copying.ts";
import { makeNewFolder } from "../operations/folders.ts";
import { moveTo } from "../operations/moving.ts";
import { forEach, type OperationContext } from "../operations/operation_context.ts";
import { entryAt, expandRemote } from "../operations/remote_names.ts";
import { removeEmptyFolder, removePlace } from "../operations/removal.ts";
import { eachPlace } from "./reading_commands.ts";
import { ANY_NUMBER, type ShellCommand } from "./shell_command.ts";

/** Those that make, remove and change. */
export const CHANGING_COMMANDS: readonly ShellCommand[] = [
  {
    name: "mkdir",
    usage: "REMOTE...",
    example: "mkdir 2025 2025/january",
    takes: [1, ANY_NUMBER],
    wordKinds: ["remote-folder"],
    changesNames: true,
    run: async ({ texts }, { context }) =>
      void await forEach(context, texts, (path) => makeNewFolder(context, path)),
  },
  {
    name: "rmdir",
    usage: "REMOTE...",
    example: "rmdir 2025",
    takes: [1, ANY_NUMBER],
    wordKinds: ["remote-folder"],
    changesNames: true,
    run: ({ texts }, state) =>
      eachPlace(texts, state, ({ path }) => removeEmptyFolder(state.context, path)),
  },
  {
    name: "rm",
    aliases: ["delete", "del", "mdelete"],
    usage: "REMOTE... [-r]",
    example: "rm *.tmp",
    options: { recursive: { type: "boolean", short: "r" } },
    takes: [1, ANY_NUMBER],
    wordKinds: ["remote"],
    changesNames: true,
    run: (args, state) =>
      eachPlace(
        args.texts,
        state,
        (place) => removePlace(state.context, place, args.has("recursive")),
      ),
  },
  {
    name: "mv",
    aliases: ["rename", "move", "ren"],
    usage: "REMOTE... REMOTE",
    example: "mv draft.txt final.txt",
    takes: [2, ANY_NUMBER],
    wordKinds: ["remote"],
    changesNames: true,
    run: async ({ texts }, { context }) =>
      await moveTo(context, await pathsOf(context, texts.slice(0, -1)), texts.at(-1) ?? ""),
  },
  {
    name: "cp",
    aliases: ["copy"],
    usage: "REMOTE... REMOTE",
    example: "cp draft.txt final.txt",
    takes: [2, ANY_NUMBER],
    wordKinds: ["remote"],
    changesNames: true,
    run: async ({ texts }, { context, policy }) => {
      const paths = await pathsOf(context, texts.slice(0, -1));
      const target = texts.at(-1) ?? "";
      if (paths.length > 1 && (await entryAt(context, target))?.type !== "directory") {
        const tried = `cp ${paths.length} files to "${target}"`;
        throw new CommandFailure(ExitCode.usage, tried, "it is no folder");
      }
      await forEach(context, paths, (path) => copyRemote(context, path, target, policy.options));
    },
  },
  {
    name: "chmod",
    usage: "MODE REMOTE...",
    example: "chmod 644 index.html",
    takes: [2, ANY_NUMBER],
    wordKinds: ["anything", "remote"],
    run: async ({ texts: [mode = "", ...paths] }, state) => {
      if (!/^[0-7]{3,4}$/.test(mode)) {
        const hint = state.texts.usage.wrong("chmod 644 REMOTE...");
        throw new CommandFailure(ExitCode.usage, "chmod", `"${mode}"`, { hint });
      }
      await eachPlace(paths, state, ({ path }) => changeMode(state.context, path, mode));
    },
  },
  {
    name: "touch",
    usage: "REMOTE...",
    example: "touch done",
    takes: [1, ANY_NUMBER],
    wordKinds: ["remote"],
    changesNames: true,
    run: ({ texts }, state) =>
      eachPlace(texts, state, ({ path }) => touch(state.context, path, Date.now())),
  },
];

async function pathsOf(context: OperationContext, texts: readonly string[]): Promise<string[]> {
  const paths: string[] = [];
  await forEach(context, texts, async (text) => {
    paths.push(...(await expandRemote(context, text)).map(({ path }) => path));
  });
  return paths;
}
