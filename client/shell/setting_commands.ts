// The shell's commands that change how it works: set, show, type, ascii, binary, limit, parallel, passive, active, debug.

import { CommandFailure, ExitCode } from "../../shared/exit_code.ts";
import { ENGLISH } from "../texts/english.ts";
import { findSetting, SETTINGS } from "./settings.ts";
import type { ShellCommand, ShellState } from "./shell_command.ts";

/** Those that set something. */
export const SETTING_COMMANDS: readonly ShellCommand[] = [
  {
    name: "set",
    usage: "[NAME VALUE]",
    example: "set if-exists overwrite",
    takes: [0, 2],
    wordKinds: ["setting"],
    run: ({ texts: [name, value] }, state) => setOrShow(name, value, state),
  },
  {
    name: "show",
    usage: "[NAME]",
    example: "show",
    takes: [0, 1],
    wordKinds: ["setting"],
    run: ({ texts: [name] }, state) => show(name, state),
  },
  {
    name: "type",
    usage: "[ascii|binary]",
    example: "type ascii",
    takes: [0, 1],
    wordKinds: ["type"],
    run: ({ texts: [type] }, state) => setOrShow("type", type, state),
  },
  {
    name: "ascii",
    aliases: ["text"],
    usage: "",
    example: "ascii; get notes.txt; binary",
    takes: [0, 0],
    run: (_args, state) => set("type", "ascii", state),
  },
  {
    name: "binary",
    aliases: ["bin", "image"],
    usage: "",
    example: "binary",
    takes: [0, 0],
    run: (_args, state) => set("type", "binary", state),
  },
  {
    name: "limit",
    aliases: ["rate"],
    usage: "[RATE|off]",
    example: "limit 2M",
    takes: [0, 1],
    run: ({ texts: [rate] }, state) => setOrShow("limit", rate, state),
  },
  {
    name: "parallel",
    usage: "[COUNT]",
    example: "parallel 4",
    takes: [0, 1],
    run: ({ texts: [count] }, state) => setOrShow("parallel", count, state),
  },
  {
    name: "passive",
    aliases: ["pasv"],
    usage: "",
    example: "passive",
    takes: [0, 0],
    run: (_args, state) => set("active", "off", state),
  },
  {
    name: "active",
    usage: "",
    example: "active",
    takes: [0, 0],
    run: (_args, state) => set("active", "on", state),
  },
  {
    name: "debug",
    aliases: ["verbose"],
    usage: "[on|off]",
    example: "debug",
    takes: [0, 1],
    run: ({ texts: [value] }, state) =>
      set("debug", value ?? (state.settings.debug ? "off" : "on"), state),
  },
];

/** Sets it, or shows it where no value is given; without a name, all. @throws CommandFailure `usage` */
function setOrShow(name: string | undefined, value: string | undefined, state: ShellState): void {
  if (name === undefined || value === undefined) show(name, state);
  else set(name, value, state);
}

/** @throws CommandFailure `usage` */
function set(name: string, value: string, state: ShellState): void {
  const change = rowOf(name, state).parse(value);
  if (!change.ok) throw new CommandFailure(ExitCode.usage, `set ${name} "${value}"`, change.why);
  change.value(state.settings);
  show(name, state);
}

/** @throws CommandFailure `usage` */
function show(name: string | undefined, state: ShellState): void {
  const { context, settings, texts } = state;
  const rows = name === undefined ? SETTINGS : [rowOf(name, state)];
  const columns = Math.max(...SETTINGS.map((row) => row.name.length));
  context.print(
    // Programs read English.
    Object.fromEntries(rows.map((row) => [row.name, row.show(settings, ENGLISH)])),
    ...rows.map((row) => `${row.name.padEnd(columns)}  ${row.show(settings, texts)}`),
  );
}

function rowOf(name: string, { texts: { usage } }: ShellState) {
  const row = findSetting(name);
  if (row !== undefined) return row;
  const names = SETTINGS.map((each) => each.name).join(", ");
  const hint = usage.settings(names);
  throw new CommandFailure(ExitCode.usage, `set "${name}"`, usage.noSetting, { hint });
}
