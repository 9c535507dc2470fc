// ftp run: commands of the shell from a file or from standard input.

import type { Command } from "commander";
import type { CommandWorld } from "../../shared/command_line.ts";
import { CommandFailure, ExitCode } from "../../shared/exit_code.ts";
import { readSmallFile, UnfitFile } from "../../shared/small_file.ts";
import { addressedServer } from "../addressed_server.ts";
import { ClientCommand } from "../client_command.ts";
import { addConnectionFlags } from "../connection_flags.ts";
import { environmentServer } from "../destination.ts";
import { failureOf } from "../failure_report.ts";
import { addConnectionsFlag } from "../operations/lanes.ts";
import { addTransferFlags } from "../operations/transfer_policy.ts";
import { linesOf, namedScript, type Script } from "../shell/script.ts";
import { type ShellFlags, withShell } from "../shell/shell_opening.ts";

const STANDARD_INPUT = "-";

/** A person's script has a hundred lines, a program's a hundred thousand. */
const FILE_LIMIT_BYTES = 16 * 1024 * 1024;

interface RunFlags extends ShellFlags {
  readonly keepGoing?: true;
}

/** Defines `ftp run`. */
export function define(command: Command, world: CommandWorld): void {
  command
    .argument("<file>", "commands as in ftp connect, a line each; - is standard input")
    .argument("[address]", "[USER@]HOST[:PORT][/PATH] or a site; the file may open one, too")
    .option("-k, --keep-going", "go on after a failure; the first one's code is the exit code");
  addConnectionFlags(addConnectionsFlag(addTransferFlags(command), 1))
    .action((file: string, address: string | undefined, flags: RunFlags) =>
      run(world, file, address, flags)
    );
}

async function run(
  world: CommandWorld,
  file: string,
  address: string | undefined,
  flags: RunFlags,
): Promise<void> {
  await using command = await ClientCommand.start(world, flags);
  const script = await scriptOf(file, command, flags.keepGoing ?? false);
  const known = address ?? flags.server ?? flags.host ?? environmentServer(world.env);
  const place = known === undefined ? undefined : addressedServer(address, command);
  // Nobody who runs a file wants to be asked about each of its targets.
  const settled = { ...flags, ifExists: flags.ifExists ?? "resume" } as const;
  await withShell(command, place, settled, (shell) => shell.runScript(script));
}

/** @throws CommandFailure */
async function scriptOf(
  file: string,
  { terminal: { input, texts } }: ClientCommand,
  goesOn: boolean,
): Promise<Script> {
  if (file === STANDARD_INPUT) {
    return namedScript(
      file,
      (signal) => input.readLine(signal),
      goesOn,
      texts,
    );
  }
  const tried = `run "${file}"`;
  try {
    const lines = linesOf(await readSmallFile(file, FILE_LIMIT_BYTES));
    return namedScript(file, lines, goesOn, texts);
  } catch (error) {
    if (!(error instanceof UnfitFile)) throw failureOf(error, { tried });
    throw new CommandFailure(ExitCode.usage, tried, error.message, {
      hint: "ftp run - reads standard input",
    });
  }
}
