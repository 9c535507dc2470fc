// ftp register: makes an account at a server that lets people do so.

import type { Command } from "commander";
import type { CommandWorld } from "../../shared/command_line.ts";
import { CommandFailure, ExitCode } from "../../shared/exit_code.ts";
import { addressedServer } from "../addressed_server.ts";
import { ClientCommand } from "../client_command.ts";
import { addConnectionFlags, type ConnectionFlags } from "../connection_flags.ts";
import { isAnonymous, knownLogin } from "../credentials.ts";
import { askNewPassword } from "../new_password.ts";
import { demandPrivacy, registerAccount } from "../operations/membership.ts";
import { attempt } from "../operations/operation_context.ts";
import { openConnection } from "../session_opening.ts";

interface RegisterFlags extends ConnectionFlags {
  readonly invite?: string;
}

/** Defines `ftp register`. */
export function define(command: Command, world: CommandWorld): void {
  command
    .argument("[address]", "[NAME@]HOST[:PORT]")
    .option("--invite <CODE>", "where the server wants one");
  addConnectionFlags(command)
    .action((address: string | undefined, flags: RegisterFlags) => register(world, address, flags));
}

async function register(
  world: CommandWorld,
  address: string | undefined,
  flags: RegisterFlags,
): Promise<void> {
  await using command = await ClientCommand.start(world, flags);
  const { terminal, opening } = command;
  const place = addressedServer(address, command);
  const known = await knownLogin(place, opening.sources);
  const name = known.user ?? await askName(terminal, place.label);
  if (isAnonymous(name)) {
    throw new CommandFailure(ExitCode.usage, `register "${name}"`, "that name is every guest's");
  }
  const tried = `register "${name}" at ${place.label}`;
  await using client = await openConnection(place, opening, world.interrupt);
  demandPrivacy(client, tried);
  const password = known.password ?? await askNewPassword(terminal, "FTP_PASSWORD");
  const newcomer = { name, password, invite: flags.invite };
  await attempt(tried, () => registerAccount(client, newcomer));
  command.print(
    { server: place.label, user: name },
    terminal.texts.login.registered(name, place.label),
  );
}

async function askName(terminal: ClientCommand["terminal"], label: string): Promise<string> {
  if (terminal.canAsk) return (await terminal.ask(terminal.texts.login.newName)).trim();
  throw new CommandFailure(ExitCode.usage, `register at ${label}`, "no name was given", {
    hint: "-u NAME or NAME@HOST tells it",
  });
}
