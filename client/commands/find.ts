// ftp find: what is below folders of the server, by name, type, size and age.

import { type Command, Option } from "commander";
import type { CommandWorld } from "../../shared/command_line.ts";
import { ClientCommand } from "../client_command.ts";
import { addConnectionFlags, type ConnectionFlags, optionParser } from "../connection_flags.ts";
import {
  parseEntryType,
  parseMoment,
  parseSizeFilter,
  type SizeFilter,
  TYPE_LETTERS,
} from "../operations/find_filter.ts";
import { forEach } from "../operations/operation_context.ts";
import { tellFound } from "../operations/remote_tree.ts";
import type { RemoteEntry } from "../remote_entry.ts";

interface FindFlags extends ConnectionFlags {
  readonly name?: string;
  readonly type?: RemoteEntry["type"];
  readonly size?: SizeFilter;
  /** Milliseconds since 1970 UTC. */
  readonly newer?: number;
  readonly older?: number;
}

/** Defines `ftp find`. */
export function define(command: Command, world: CommandWorld): void {
  const moment = optionParser((text) => parseMoment(text, Date.now()));
  command
    .argument("[remote...]", "folders, URLs; else the login folder")
    .option("--name <glob>", "only names that fit")
    .addOption(
      new Option("--type <letter>", "only files (f), folders (d), links (l)")
        .choices(TYPE_LETTERS).argParser(optionParser(parseEntryType)),
    )
    .addOption(
      new Option("--size <size>", "only files of more (+10M), less (-1K) or exactly so many bytes")
        .argParser(optionParser(parseSizeFilter)),
    )
    .addOption(new Option("--newer <when>", "only what changed since 2026-01-31, or 7d ago")
      .argParser(moment))
    .addOption(new Option("--older <when>", "only what has not changed since").argParser(moment));
  addConnectionFlags(command)
    .action((remotes: string[], flags: FindFlags) => find(world, remotes, flags));
}

async function find(world: CommandWorld, remotes: string[], flags: FindFlags): Promise<void> {
  await using command = await ClientCommand.start(world, flags);
  const places = (remotes.length === 0 ? [""] : remotes).map((remote) => command.placeOf(remote));
  const { name, type, size, newer: newerMs, older: olderMs } = flags;
  const filter = { name, type, size, newerMs, olderMs };
  await forEach(command, places, (place) => tellFound(command.at(place), place.path, filter));
}
