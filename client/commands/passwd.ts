// ftp passwd: changes one's password at a server.

import type { Command } from "commander";
import type { CommandWorld } from "../../shared/command_line.ts";
import { addressedServer } from "../addressed_server.ts";
import { ClientCommand } from "../client_command.ts";
import { addConnectionFlags, type ConnectionFlags } from "../connection_flags.ts";
import { replacementPassword } from "../new_password.ts";
import { changePassword, demandPrivacy } from "../operations/membership.ts";
import { attempt } from "../operations/operation_context.ts";
import { openSession } from "../session_opening.ts";

/** Defines `ftp passwd`. */
export function define(command: Command, world: CommandWorld): void {
  command
    .argument("[address]", "[NAME@]HOST[:PORT]")
    .addHelpText(
      "after",
      "\nThe new password is asked for, or FTP_NEW_PASSWORD, or the second line with --password-stdin.",
    );
  addConnectionFlags(command)
    .action((address: string | undefined, flags: ConnectionFlags) => change(world, address, flags));
}

async function change(
  world: CommandWorld,
  address: string | undefined,
  flags: ConnectionFlags,
): Promise<void> {
  await using command = await ClientCommand.start(world, flags);
  const place = addressedServer(address, command);
  const { client, login } = await openSession(place, command.opening, world.interrupt);
  await using _ = client;
  const tried = `change the password of "${login.user}" at ${place.label}`;
  demandPrivacy(client, tried);
  const fresh = await replacementPassword(command);
  await attempt(tried, () => changePassword(client, login.password, fresh));
  const { passwordChanged } = command.terminal.texts.login;
  command.print(
    { server: place.label, user: login.user },
    passwordChanged(login.user, place.label),
  );
}
