// ftp doctor: explains, step by step, what works between here and a server, and what to change.

import type { Command } from "commander";
import { Option } from "commander";
import type { CommandWorld } from "../../shared/command_line.ts";
import { CommandFailure, ExitCode } from "../../shared/exit_code.ts";
import { type Parsed, parsed, unparsed } from "../../shared/parsed.ts";
import { parseDuration } from "../../shared/units.ts";
import { addressedServer } from "../addressed_server.ts";
import { ClientCommand } from "../client_command.ts";
import { addConnectionFlags, type ConnectionFlags, optionParser } from "../connection_flags.ts";
import { examine } from "../doctor/examination.ts";
import { failureOfSteps, type Finding, type Outcome } from "../doctor/finding.ts";

/** Long enough for a slow line, short enough that nobody gives up. */
const STEP_MS = 30_000;
const LONGEST_STEP_MS = 60 * 60_000;

interface DoctorFlags extends ConnectionFlags {
  /** Milliseconds. */
  readonly stepTimeout: number;
}

/** Defines `ftp doctor`. */
export function define(command: Command, world: CommandWorld): void {
  command
    .argument(
      "[address]",
      "[NAME@]HOST[:PORT][/PATH]; a small file is sent to PATH and removed again",
    )
    .addOption(
      new Option("--step-timeout <time>", "how long one step may take: 10s, 1m")
        .argParser(optionParser(parseStepTimeout)).default(STEP_MS, "30s"),
    );
  addConnectionFlags(command)
    .action((address: string | undefined, flags: DoctorFlags) =>
      examineServer(world, address, flags)
    );
}

async function examineServer(
  world: CommandWorld,
  address: string | undefined,
  flags: DoctorFlags,
): Promise<void> {
  await using command = await ClientCommand.start(world, flags);
  const place = addressedServer(address, command);
  const { stepTimeout: stepMs } = flags;
  const { connectMs, dataConnectMs } = { connectMs: stepMs / 2, dataConnectMs: stepMs / 2 };
  const limits = {
    connectMs,
    dataConnectMs,
    handshakeMs: stepMs / 2,
    replyMs: stepMs,
    stalledMs: stepMs,
  };
  const tried = `examine ${place.label}`;
  const findings = await examine({
    place,
    opening: { ...command.opening, limits },
    stepMs,
    signal: world.interrupt,
    onFinding: (step, finding, elapsedMs) => {
      const { outcome, found, cure, facts } = finding;
      const record = {
        step,
        outcome,
        found,
        cure: cure ?? null,
        elapsed_ms: Math.round(elapsedMs),
        ...facts,
      };
      command.print(
        record,
        ...linesOf(step, finding).map((line) => command.terminal.legible(line)),
      );
    },
  }).catch((error) => {
    if (!world.interrupt.aborted) throw error;
    throw new CommandFailure(ExitCode.interrupted, tried, "interrupted");
  });
  const failure = failureOfSteps(tried, findings);
  if (failure !== undefined) throw failure;
}

const MARKS: Readonly<Record<Outcome, string>> = {
  works: "ok",
  limited: "better",
  fails: "FAILS",
  skipped: "skipped",
};

/** Columns of the words before what was found. */
const MARK_COLUMNS = 8;
const STEP_COLUMNS = 13;

function linesOf(step: string, { outcome, found, cure }: Finding): string[] {
  const line = `${MARKS[outcome].padEnd(MARK_COLUMNS)} ${step.padEnd(STEP_COLUMNS)} ${found}`;
  return cure === undefined ? [line] : [line, `${" ".repeat(MARK_COLUMNS)} cure: ${cure}`];
}

function parseStepTimeout(text: string): Parsed<number> {
  const time = parseDuration(text);
  if (!time.ok) return time;
  return time.value >= 1 && time.value <= LONGEST_STEP_MS
    ? parsed(time.value)
    : unparsed("a step takes from 1ms to 1h");
}
