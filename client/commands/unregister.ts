// ftp unregister: ends one's account at a server.

import type { Command } from "commander";
import type { CommandWorld } from "../../shared/command_line.ts";
import { CommandFailure, ExitCode } from "../../shared/exit_code.ts";
import { addressedServer } from "../addressed_server.ts";
import { ClientCommand } from "../client_command.ts";
import { addConnectionFlags, type ConnectionFlags } from "../connection_flags.ts";
import { demandPrivacy, leaveServer } from "../operations/membership.ts";
import { attempt } from "../operations/operation_context.ts";
import { openSession } from "../session_opening.ts";

interface UnregisterFlags extends ConnectionFlags {
  readonly purge?: true;
  readonly yes?: true;
}

/** Defines `ftp unregister`. */
export function define(command: Command, world: CommandWorld): void {
  command
    .argument("[address]", "[NAME@]HOST[:PORT]")
    .option("--purge", "files are deleted at once instead of being kept for 30 days")
    .option("--yes", "does not ask whether that is meant");
  addConnectionFlags(command)
    .action((address: string | undefined, flags: UnregisterFlags) => leave(world, address, flags));
}

async function leave(
  world: CommandWorld,
  address: string | undefined,
  flags: UnregisterFlags,
): Promise<void> {
  await using command = await ClientCommand.start(world, flags);
  const { terminal } = command;
  const place = addressedServer(address, command);
  const { client, login } = await openSession(place, command.opening, world.interrupt);
  await using _ = client;
  const tried = `unregister "${login.user}" at ${place.label}`;
  demandPrivacy(client, tried);
  if (!flags.yes) {
    if (!terminal.canAsk) {
      throw new CommandFailure(ExitCode.usage, tried, "there is no terminal to ask at", {
        hint: "--yes says that it is meant",
      });
    }
    const { purge, unregister } = terminal.texts.login;
    const question = (flags.purge ? purge : unregister)(login.user, place.label);
    if (!await terminal.confirm(question, false)) return;
  }
  const answer = await attempt(
    tried,
    () => leaveServer(client, login.password, flags.purge ?? false),
  );
  const record = { server: place.label, user: login.user, purged: flags.purge ?? false };
  command.print(record, terminal.legible(answer.lines.join(" ")));
}
