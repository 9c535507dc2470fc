// ftp bench: measures a server from here: answers, logins, one large file, many small ones.

import { type Command, Option } from "commander";
import type { CommandWorld } from "../../shared/command_line.ts";
import type { CommandFailure } from "../../shared/exit_code.ts";
import { type Parsed, parsed, unparsed } from "../../shared/parsed.ts";
import { parseDuration, parseSize } from "../../shared/units.ts";
import { addressedServer } from "../addressed_server.ts";
import { measureLogins, measureRoundTrips } from "../bench/answer_times.ts";
import { BenchFolder } from "../bench/bench_folder.ts";
import { measureDownload, measureUpload } from "../bench/large_file.ts";
import type { BenchLimits, Measurement } from "../bench/measure.ts";
import { measureSmallFiles } from "../bench/small_files.ts";
import { ClientCommand } from "../client_command.ts";
import { addConnectionFlags, type ConnectionFlags, optionParser } from "../connection_flags.ts";
import { addConnectionsFlag, type ConnectionsFlag } from "../operations/lanes.ts";
import { attempt } from "../operations/operation_context.ts";
import { Visit } from "../visit.ts";

/** What is measured unless told otherwise: some seconds with a fast server, under a minute with a slow one. */
const USUAL = { bytes: 64 * 1024 * 1024, files: 200, fileBytes: 4096, connections: 4, ms: 10_000 };

const FILES_LIMIT = 100_000;
const LONGEST_MS = 60 * 60_000;
/** A small file is sent from memory, once for each connection. */
const FILE_BYTES_LIMIT = 16 * 1024 * 1024;

interface BenchFlags extends ConnectionFlags, ConnectionsFlag {
  readonly size: number;
  readonly files: number;
  readonly fileSize: number;
  /** Milliseconds. */
  readonly time: number;
}

/** Defines `ftp bench`. */
export function define(command: Command, world: CommandWorld): void {
  command
    .argument("[address]", "[NAME@]HOST[:PORT][/PATH]; a folder is made in PATH and removed again")
    .addOption(
      new Option("--size <size>", "the large file, bytes at most")
        .argParser(optionParser(parseLargeSize)).default(USUAL.bytes, "64M"),
    )
    .addOption(
      new Option("--files <n>", "how many small files at most")
        .argParser(optionParser(parseFiles)).default(USUAL.files),
    )
    .addOption(
      new Option("--file-size <size>", "bytes of a small file")
        .argParser(optionParser(parseFileSize)).default(USUAL.fileBytes, "4K"),
    )
    .addOption(
      new Option("--time <time>", "how long each of the six measurements may take")
        .argParser(optionParser(parseTime)).default(USUAL.ms, "10s"),
    );
  addConnectionFlags(addConnectionsFlag(command, USUAL.connections))
    .action((address: string | undefined, flags: BenchFlags) => measure(world, address, flags));
}

async function measure(
  world: CommandWorld,
  address: string | undefined,
  flags: BenchFlags,
): Promise<void> {
  await using command = await ClientCommand.start(world, flags);
  const place = addressedServer(address, command);
  const { interrupt: signal } = world;
  await using visit = new Visit(place, command.opening);
  await visit.open(signal);
  const limits: BenchLimits = {
    largeBytes: flags.size,
    files: flags.files,
    fileBytes: flags.fileSize,
    connections: flags.connections,
    measureMs: flags.time,
  };
  const tell = ({ name, figures, line }: Measurement) =>
    command.print({ measure: name, ...figures }, `${TITLES[name].padEnd(TITLE_COLUMNS)} ${line}`);
  await attempt(`measure ${place.label}`, async () => {
    tell(await measureRoundTrips(visit, limits, signal));
    tell(await measureLogins(visit, limits, signal));
    const onLeft = (failure: CommandFailure) => command.report(failure);
    await using folder = await BenchFolder.make(place.path, visit, signal, onLeft);
    const { measurement, path } = await measureUpload(visit, folder, limits, signal);
    tell(measurement);
    tell(await measureDownload(visit, path, limits, signal));
    for await (const each of measureSmallFiles(visit, folder, limits, signal)) tell(each);
  });
}

const TITLES: Readonly<Record<Measurement["name"], string>> = {
  round_trip: "round trip",
  login: "login",
  upload: "upload",
  download: "download",
  upload_files: "files up",
  download_files: "files down",
};
const TITLE_COLUMNS = 12;

function parseLargeSize(text: string): Parsed<number> {
  const size = parseSize(text);
  return size.ok && size.value === 0 ? unparsed("a file that is measured has a size") : size;
}

function parseFileSize(text: string): Parsed<number> {
  const size = parseSize(text);
  return size.ok && size.value > FILE_BYTES_LIMIT
    ? unparsed("a small file has 16M at most; --size is for the large one")
    : size;
}

function parseFiles(text: string): Parsed<number> {
  const count = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  return count >= 1 && count <= FILES_LIMIT
    ? parsed(count)
    : unparsed(`it is a number from 1 to ${FILES_LIMIT}`);
}

function parseTime(text: string): Parsed<number> {
  const time = parseDuration(text);
  if (!time.ok) return time;
  return time.value >= 1 && time.value <= LONGEST_MS ? time : unparsed("it is from 1ms to 1h");
}
