// Programs of this machine, at this terminal: the one place that starts any.

import { CommandFailure, ExitCode } from "../../shared/exit_code.ts";
import type { Terminal } from "../terminal.ts";

/** Names of the person's programs. */
export function personsPrograms(
  env: Readonly<Record<string, string | undefined>>,
): { readonly editor: string; readonly shell: string } {
  const isWindows = Deno.build.os === "windows";
  return {
    editor: env["VISUAL"] || env["EDITOR"] || (isWindows ? "notepad" : "vi"),
    shell: (isWindows ? env["COMSPEC"] : env["SHELL"]) || (isWindows ? "cmd" : "sh"),
  };
}

/** Runs a program to its end; it has the terminal meanwhile. @throws CommandFailure also when it ends with a failure */
export async function runProgram(
  [program = "", ...args]: readonly string[],
  folder: string,
  terminal: Terminal,
): Promise<void> {
  const { texts } = terminal;
  using _lent = terminal.lendKeys();
  const { code } = await start(program, args, folder, texts.program);
  if (code === 0) return;
  throw new CommandFailure(ExitCode.failed, `"${program}"`, texts.program.ended(code));
}

async function start(
  program: string,
  args: readonly string[],
  folder: string,
  texts: Terminal["texts"]["program"],
): Promise<Deno.CommandStatus> {
  try {
    const stdio = "inherit";
    const options = { args: [...args], cwd: folder, stdin: stdio, stdout: stdio, stderr: stdio };
    return await new Deno.Command(program, options as Deno.CommandOptions).spawn().status;
  } catch (error) {
    const happened = error instanceof Deno.errors.NotFound
      ? texts.notFound
      : error instanceof Deno.errors.NotCapable
      ? texts.notAllowed
      : undefined;
    if (happened === undefined) throw error;
    throw new CommandFailure(ExitCode.failed, `"${program}"`, happened, { cause: error });
  }
}
