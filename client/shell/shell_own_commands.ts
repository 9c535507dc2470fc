// The shell's commands about itself: help, history, clear, !, quit.

import { CommandFailure, ExitCode } from "../../shared/exit_code.ts";
import { nearestName } from "../../shared/nearest_name.ts";
import { displayWidth, padToWidth } from "../display_width.ts";
import type { Texts } from "../texts/english.ts";
import { ANY_NUMBER, namesOf, type ShellCommand, usageOf } from "./shell_command.ts";

/** Lines that `history` shows without a number. */
const HISTORY_SHOWN = 30;

const CLEAR_SCREEN = "\x1b[H\x1b[2J";

/** The shell's own commands; `all` are those that help tells of. */
export function ownCommands(all: () => readonly ShellCommand[]): readonly ShellCommand[] {
  return [
    {
      name: "help",
      aliases: ["?"],
      usage: "[COMMAND]",
      example: "help get",
      takes: [0, 1],
      wordKinds: ["command"],
      run: ({ texts: [name] }, { context, terminal, texts }) => {
        const told = name === undefined ? all() : [findCommand(name, all(), texts)];
        const lines = name === undefined
          ? overview(told, texts, terminal.columns("stdout"))
          : told.flatMap((command) => details(command, texts));
        if (!context.json) return lines.forEach((line) => terminal.print(line));
        for (const command of told) {
          context.print({
            command: command.name,
            usage: usageOf(command),
            help: texts.help[command.name],
            example: command.example,
          });
        }
      },
    },
    {
      name: "history",
      usage: "[COUNT]",
      example: "history 10",
      takes: [0, 1],
      run: ({ texts: [count] }, { context, history, terminal }) => {
        const shown = /^\d{1,6}$/.test(count ?? "") ? Number(count) : HISTORY_SHOWN;
        for (const line of shown === 0 ? [] : history.slice(-shown)) {
          context.print({ line }, terminal.legible(line));
        }
      },
    },
    {
      name: "clear",
      aliases: ["cls"],
      usage: "",
      example: "clear",
      takes: [0, 0],
      run: (_args, { terminal }) => {
        if (terminal.canEdit) terminal.steer(CLEAR_SCREEN);
      },
    },
    {
      name: "!",
      usage: "[PROGRAM ARGUMENT...]",
      example: "!ls -l | wc -l",
      takes: [0, ANY_NUMBER],
      run: async ({ texts: [line = ""] }, { programs: { shell }, runProgram }) =>
        await runProgram(line === "" ? [shell] : [shell, SHELL_RUNS, line]),
    },
    {
      name: "quit",
      aliases: ["bye", "exit"],
      usage: "",
      example: "quit",
      takes: [0, 0],
      run: (_args, state) => state.leave(),
    },
  ];
}

/** The command of a name, whatever its case. @throws CommandFailure `usage`, with the nearest name */
export function findCommand(
  name: string,
  all: readonly ShellCommand[],
  { usage }: Texts,
): ShellCommand {
  const wanted = name.toLowerCase();
  const found = all.find((command) => namesOf(command).includes(wanted));
  if (found !== undefined) return found;
  // Every single character would be near to `?` and `!`.
  const meant = nearestName(wanted, all.flatMap(namesOf).filter((each) => /\w/.test(each)));
  const hint = meant === undefined ? usage.listsAll : usage.didYouMean(meant);
  throw new CommandFailure(ExitCode.usage, `"${name}"`, usage.noCommand, { hint });
}

/** What has a program's name and arguments run by a shell of this machine. */
const SHELL_RUNS = Deno.build.os === "windows" ? "/c" : "-c";

/** On a narrow terminal the usage has a line of its own. */
function overview(all: readonly ShellCommand[], texts: Texts, width: number): string[] {
  const rows = all.map((command) => ({ usage: usageOf(command), help: texts.help[command.name] }));
  const columns = Math.max(...rows.map(({ usage }) => usage.length));
  const isNarrow = rows.some(({ help }) => columns + 2 + displayWidth(help) > width);
  const lines = rows.flatMap(({ usage, help }) =>
    isNarrow && width < columns * 2
      ? [usage, `    ${help}`]
      : [`${padToWidth(usage, columns)}  ${help}`]
  );
  return [...lines, "", texts.overview.more, texts.overview.everyCommand];
}

function details(command: ShellCommand, texts: Texts): string[] {
  const { aliases = [] } = command;
  return [
    usageOf(command),
    `  ${texts.help[command.name]}`,
    `  ${texts.overview.example(command.example)}`,
    ...(aliases.length > 0 ? [`  ${texts.overview.aliases(aliases.join(", "))}`] : []),
  ];
}
