// ftp who, ftp kick, ftp top: who is at a server of this machine, or at one over the wire.

import type { Command } from "commander";
import type { CommandModule, CommandWorld } from "../../shared/command_line.ts";
import { CommandFailure, ExitCode } from "../../shared/exit_code.ts";
import { ClientCommand } from "../client_command.ts";
import { addConnectionFlags, type ConnectionFlags } from "../connection_flags.ts";
import { tellSessions } from "../operations/presence_output.ts";
import { type LocalPresence, openPresence } from "../presence_sources.ts";
import { watchPresence } from "../presence_screen.ts";

interface PresenceFlags extends ConnectionFlags {
  readonly home?: string;
}

type TopFlags = PresenceFlags & { readonly interval: string; readonly once?: true };

/** The command of this name, which gets the server's part handed in. */
export function presenceCommand(
  name: "who" | "kick" | "top",
  loadLocal: () => Promise<LocalPresence>,
): CommandModule {
  return {
    define(command, world) {
      if (name === "kick") defineKick(command, world, loadLocal);
      else if (name === "who") defineWho(command, world, loadLocal);
      else defineTop(command, world, loadLocal);
    },
  };
}

type LoadLocal = () => Promise<LocalPresence>;

function defineWho(command: Command, world: CommandWorld, loadLocal: LoadLocal): void {
  withPlace(command)
    .action(async (address: string | undefined, flags: PresenceFlags) => {
      await using client = await ClientCommand.start(world, flags);
      await using source = await openPresence(
        { address, home: flags.home },
        client,
        await loadLocal(),
      );
      const { sessions } = await source.look();
      tellSessions(
        {
          json: flags.json ?? false,
          terminal: client.terminal,
          print: (record, ...lines) => client.print(record, ...lines),
        },
        sessions,
      );
    });
}

function defineKick(command: Command, world: CommandWorld, loadLocal: LoadLocal): void {
  command.argument("<id>", "the session, as ftp who tells it");
  withPlace(command)
    .action(async (id: string, address: string | undefined, flags: PresenceFlags) => {
      await using client = await ClientCommand.start(world, flags);
      await using source = await openPresence(
        { address, home: flags.home },
        client,
        await loadLocal(),
      );
      if (!await source.kick(id)) {
        throw new CommandFailure(ExitCode.notThere, `kick "${id}"`, "there is no such session", {
          hint: "ftp who lists them",
        });
      }
      client.print({ kicked: id }, client.terminal.texts.presence.ended(id));
    });
}

function defineTop(command: Command, world: CommandWorld, loadLocal: LoadLocal): void {
  withPlace(command)
    .option("--interval <SECONDS>", "how often it looks", "1")
    .option("--once", "shows it once and ends, also without a terminal")
    .action(async (address: string | undefined, flags: TopFlags) => {
      await using client = await ClientCommand.start(world, flags);
      const seconds = Number(flags.interval);
      if (!(seconds >= 0.2 && seconds <= 3600)) {
        const happened = `--interval "${flags.interval}": seconds from 0.2 to 3600 are expected`;
        throw new CommandFailure(ExitCode.usage, "top", happened);
      }
      await using source = await openPresence(
        { address, home: flags.home },
        client,
        await loadLocal(),
      );
      const about = `ftp top ${address ?? flags.home ?? ""}`.trimEnd();
      await watchPresence(source, world, { about, periodMs: seconds * 1000, once: flags.once });
    });
}

function withPlace(command: Command): Command {
  command
    .argument("[address]", "a server where you are an administrator; else a data directory here")
    .option("--home <HOME>", "the data directory of a server on this machine");
  return addConnectionFlags(command);
}
