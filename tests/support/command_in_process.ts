// A command of the program run in this process: real connections, no process to start.

import type { CommandModule } from "../../shared/command_line.ts";
import { type ProcessWorld, runCommand } from "../../shared/command_runner.ts";
import type { ExitCode } from "../../shared/exit_code.ts";

/** What a command left behind. */
export interface CommandEnding {
  readonly code: ExitCode;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `ftp ARGS` without a terminal, with this environment and standard input. */
export async function runInProcess(
  module: CommandModule,
  args: readonly string[],
  { env = {}, stdin = "", interrupt = new AbortController().signal, onPrint }: {
    readonly env?: Readonly<Record<string, string>>;
    readonly stdin?: string;
    /** Ctrl-C. */
    readonly interrupt?: AbortSignal;
    /** Hears what is said, as soon as it is said. */
    readonly onPrint?: (text: string) => void;
  } = {},
): Promise<CommandEnding> {
  const said = { stdout: "", stderr: "" };
  const output = (stream: "stdout" | "stderr") => ({
    isTerminal: false,
    columns: undefined,
    rows: undefined,
    print: (text: string) => {
      said[stream] += text;
      onPrint?.(text);
    },
    write: (bytes: Uint8Array) =>
      Promise.resolve(void (said[stream] += new TextDecoder().decode(bytes))),
  });
  let input = new TextEncoder().encode(stdin);
  const process: ProcessWorld = {
    env,
    stdin: {
      isTerminal: false,
      takeKeys: () => ({ [Symbol.dispose]() {} }),
      read(into) {
        if (input.length === 0) return Promise.resolve(null);
        const taken = input.subarray(0, into.length);
        into.set(taken);
        input = input.subarray(taken.length);
        return Promise.resolve(taken.length);
      },
    },
    stdout: output("stdout"),
    stderr: output("stderr"),
    interrupt,
    takeCtrlC: () => ({ [Symbol.dispose]() {} }),
    onResize: () => ({ [Symbol.dispose]() {} }),
  };
  const [name = "", ...rest] = args;
  const row = { name, summary: "", load: () => Promise.resolve(module) };
  return { code: await runCommand(row, rest, process), ...said };
}
