// ftp pending: transfers that did not finish, as the journal of this user has them; they may be dropped.

import { type Command, Option } from "commander";
import type { CommandWorld } from "../../shared/command_line.ts";
import { addressedServer } from "../addressed_server.ts";
import { ClientCommand } from "../client_command.ts";
import { optionParser } from "../connection_flags.ts";
import {
  findRecords,
  forgetRecords,
  parseRecordId,
  tellRecord,
} from "../operations/pending_records.ts";

interface PendingFlags {
  readonly forget?: readonly number[];
  readonly json?: true;
  readonly quiet?: true;
}

/** Defines `ftp pending`. */
export function define(command: Command, world: CommandWorld): void {
  const parseId = optionParser(parseRecordId);
  command
    .argument("[address]", "only those at this server: [USER@]HOST[:PORT] or a site")
    .addOption(
      new Option("--forget <id...>", "drop these; what was moved stays where it is")
        .argParser((text, before: readonly number[] = []) => [...before, parseId(text)]),
    )
    .option("--json", "one JSON object a line on standard output")
    .option("-q, --quiet", "tell failures only")
    .action((address: string | undefined, flags: PendingFlags) => run(world, address, flags));
}

async function run(
  world: CommandWorld,
  address: string | undefined,
  { forget, ...flags }: PendingFlags,
): Promise<void> {
  await using command = await ClientCommand.start(world, { ...flags, color: true });
  const journal = command.demandJournal();
  if (forget !== undefined) return await forgetRecords(command, journal, forget);
  const server = address === undefined ? undefined : addressedServer(address, command);
  const found = await findRecords(journal, {
    ...(server && { server, user: server.address.user }),
  });
  for (const record of found) tellRecord(command, record);
  const { terminal } = command;
  if (found.length === 0 && !flags.json) terminal.note(terminal.texts.pending.none);
}
