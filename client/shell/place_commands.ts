// The shell's commands that move around: cd, cdup, pwd, lcd, lpwd.

import type { ShellCommand } from "./shell_command.ts";

/** Those that move around. */
export const PLACE_COMMANDS: readonly ShellCommand[] = [
  {
    name: "cd",
    aliases: ["cwd", "chdir"],
    usage: "[REMOTE]",
    example: "cd ../music",
    takes: [0, 1],
    wordKinds: ["remote-folder"],
    run: async ({ texts: [path = "~"] }, { connection: { session }, context: { signal } }) =>
      await session.enter(path === "~" ? session.loginFolder : path, signal),
  },
  {
    name: "cdup",
    aliases: ["cd.."],
    usage: "",
    example: "cdup",
    takes: [0, 0],
    run: async (_args, { connection: { session }, context: { signal } }) =>
      await session.enter("..", signal),
  },
  {
    name: "pwd",
    usage: "",
    example: "pwd",
    takes: [0, 0],
    run: (_args, { context, remoteFolder }) =>
      context.print({ remote: remoteFolder }, context.terminal.legible(remoteFolder)),
  },
  {
    name: "lcd",
    usage: "[LOCAL]",
    example: "lcd Downloads",
    takes: [0, 1],
    wordKinds: ["local-folder"],
    run: async ({ texts: [path = "~"] }, state) => await state.enterLocalFolder(path),
  },
  {
    name: "lpwd",
    usage: "",
    example: "lpwd",
    takes: [0, 0],
    run: (_args, { context, localFolder }) =>
      context.print({ local: localFolder }, context.terminal.legible(localFolder)),
  },
];
