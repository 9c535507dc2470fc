// ftp resume: transfers of the journal carried on, uploads and downloads, any number of them.

import { Argument, type Command } from "commander";
import type { CommandWorld } from "../../shared/command_line.ts";
import { CommandFailure, ExitCode } from "../../shared/exit_code.ts";
import { Secret } from "../../shared/secret.ts";
import { ClientCommand } from "../client_command.ts";
import { addConnectionFlags, type ConnectionFlags, optionParser } from "../connection_flags.ts";
import { knownLogin } from "../credentials.ts";
import { reach } from "../destination.ts";
import type { PendingRecord } from "../journal/journal.ts";
import { loginOf, wayBack } from "../journal/recorded_server.ts";
import type { TransferRecord } from "../journal/transfer_record.ts";
import { addConnectionsFlag, type ConnectionsFlag } from "../operations/lanes.ts";
import { forEach } from "../operations/operation_context.ts";
import {
  carryOnRecords,
  claimRecords,
  findRecords,
  parseRecordId,
  tellRecord,
} from "../operations/pending_records.ts";

interface ResumeFlags extends ConnectionFlags, ConnectionsFlag {
  readonly all?: true;
}

/** Defines `ftp resume`. */
export function define(command: Command, world: CommandWorld): void {
  const parseId = optionParser(parseRecordId);
  command
    .addArgument(
      new Argument("[id...]", "which ones, by their numbers in ftp pending")
        .argParser((text, before: readonly number[] = []) => [...before, parseId(text)]),
    )
    .option("--all", "all of them, with -s or -u those at one server or of one user");
  addConnectionFlags(addConnectionsFlag(command, 1))
    .action((ids: readonly number[] | undefined, flags: ResumeFlags) => run(world, ids, flags));
}

async function run(
  world: CommandWorld,
  ids: readonly number[] = [],
  flags: ResumeFlags,
): Promise<void> {
  await using command = await ClientCommand.start(world, flags);
  const journal = command.demandJournal();
  if (ids.length > 0 && flags.all) {
    throw new CommandFailure(
      ExitCode.usage,
      `resume ${ids[0]} --all`,
      "only one of them can be meant",
    );
  }
  const wanted = ids.length > 0
    ? ids
    : await chosen(command, await pendingFor(command), flags.all ?? false);
  await using held = new AsyncDisposableStack();
  const records = await claimRecords(command, journal, wanted);
  for (const record of records) held.use(record);
  const logins = Map.groupBy(records, ({ head }) => JSON.stringify(head.server));
  await demandOwnPassword(command, records);
  await forEach(command, logins.values(), async (together) => {
    const way = wayBack(together[0]!.head.server, command.flags, world.env);
    await carryOnRecords(command.at(way.place, way.flags), together, flags.connections);
  });
}

/** Those at the server and of the user that the flags name, where they do. */
async function pendingFor(command: ClientCommand): Promise<PendingRecord[]> {
  const { flags, sites, opening: { world: { env } } } = command;
  const named = flags.server ?? flags.host;
  const server = named === undefined ? undefined : reach(named, flags, env, sites);
  const user = flags.user ?? server?.address.user;
  return await findRecords(command.demandJournal(), { ...(server && { server }), user });
}

/** All of them, once it is sure that all are meant. */
async function chosen(
  command: ClientCommand,
  found: readonly PendingRecord[],
  areAllMeant: boolean,
): Promise<number[]> {
  const { terminal } = command;
  const all = found.map(({ id }) => id);
  if (all.length === 0) terminal.note(terminal.texts.pending.none);
  if (areAllMeant || all.length === 0) return all;
  if (!terminal.canAsk) {
    const happened = "it is not said which ones";
    throw new CommandFailure(ExitCode.usage, "resume", happened, {
      hint: "ftp pending tells their numbers, --all means all of them",
    });
  }
  for (const record of found) tellRecord(command, record);
  return await terminal.confirm(terminal.texts.pending.offer(all.length), true) ? all : [];
}

/**
 * SECURITY: one password, given for this command, is not tried at several doors: all but one would learn it.
 *
 * @throws CommandFailure `usage`
 */
async function demandOwnPassword(
  command: ClientCommand,
  records: readonly TransferRecord[],
): Promise<void> {
  const { sources, world: { env } } = command.opening;
  const fromEnvironment = env["FTP_PASSWORD"] ? new Secret(env["FTP_PASSWORD"]) : undefined;
  const given = sources.stdinPassword ?? sources.flags.password ?? fromEnvironment;
  if (given === undefined) return;
  const doors = new Set<string>();
  for (const { head: { server } } of records) {
    const { place, flags } = wayBack(server, command.flags, env);
    // What is wrong with a ~/.netrc is told when it is that server's turn.
    const known = await knownLogin(place, { ...sources, flags }).catch(() => undefined);
    if (known?.password?.reveal() === given.reveal()) doors.add(loginOf(server));
  }
  if (doors.size < 2) return;
  const happened = `one password is given, for ${doors.size} logins`;
  throw new CommandFailure(ExitCode.usage, "resume", happened, {
    hint: "-s HOST -u NAME carries on those of one login; ~/.netrc holds many passwords",
  });
}
