// A shell for one command of the executable: its flags become settings, its connection ends with it.

import type { ClientCommand } from "../client_command.ts";
import type { ConnectionFlags } from "../connection_flags.ts";
import type { Destination } from "../destination.ts";
import type { ConnectionsFlag } from "../operations/lanes.ts";
import { type TransferFlags, transferPolicy } from "../operations/transfer_policy.ts";
import { progressDisplay } from "../progress.ts";
import type { Terminal } from "../terminal.ts";
import { Connection } from "./connection.ts";
import type { ShellSettings } from "./settings.ts";
import { Shell } from "./shell.ts";

/** The flags of a command that opens a shell. */
export interface ShellFlags extends ConnectionFlags, TransferFlags, ConnectionsFlag {}

/** Opens a shell, at a server where one is named, and lets `work` run it. @throws CommandFailure */
export async function withShell(
  command: ClientCommand,
  place: Destination | undefined,
  flags: ShellFlags,
  work: (shell: Shell) => Promise<void>,
): Promise<void> {
  const { terminal, opening } = command;
  const { world } = opening;
  using progress = progressDisplay(terminal, world.stderr);
  const settings = initialSettings(flags, terminal);
  await using connection = new Connection({ opening, progress, settings });
  if (place !== undefined) await connection.open(place, world.interrupt);
  const report = (failure: unknown) => command.report(failure);
  await work(new Shell({ world, terminal, connection, settings, report }));
}

/** What the flags of the command line set. */
function initialSettings(flags: ShellFlags, terminal: Terminal): ShellSettings {
  const { ifExists, options, retries } = transferPolicy(flags, terminal);
  return {
    type: "image",
    ifExists,
    verify: options.verify ?? "auto",
    limitRate: options.limitRate,
    preserve: options.preserve ?? true,
    retries,
    parallel: flags.connections,
    active: flags.active ?? false,
    debug: flags.verbose ?? false,
    json: flags.json ?? false,
  };
}
