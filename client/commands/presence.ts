// ftp who, ftp kick, ftp top: who is at a server of this machine, or at one over the wire.

import type { Command } from "commander";
import type { CommandModule, CommandWorld } from "../../shared/command_line.ts";
import { CommandFailure, ExitCode } from "../../shared/exit_code.ts";
import type { PresentSession } from "../../shared/presence.ts";
import { ClientCommand } from "../client_command.ts";
import { addConnectionFlags, type ConnectionFlags } from "../connection_flags.ts";
import { jsonTime } from "../operations/operation_context.ts";
import { type LocalPresence, openPresence } from "../presence_sources.ts";
import { sessionTable } from "../presence_table.ts";
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
      const [head = "", ...lines] = sessionTable(sessions, Date.now());
      if (!flags.json) {
        if (sessions.length === 0) return client.terminal.note("nobody is there");
        client.terminal.print(head);
      }
      for (const [at, session] of sessions.entries()) {
        client.print(sessionRecord(session), lines[at] ?? "");
      }
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
      client.print({ kicked: id }, `session ${id} ends`);
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

function sessionRecord({ id, account, address, sinceMs, transfer }: PresentSession) {
  return {
    id,
    user: account ?? null,
    address,
    since: jsonTime(sinceMs),
    verb: transfer?.verb ?? null,
    path: transfer?.path ?? null,
    done: transfer === undefined ? null : transfer.offsetBytes + transfer.movedBytes,
    size: transfer?.totalBytes ?? null,
    rate: transfer?.rateBytes ?? null,
  };
}
