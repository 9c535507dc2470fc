// How files are transferred: what the transfer flags say, and what a person answered for all files.

import { type Command, Option } from "commander";
import type { Parsed } from "../../shared/parsed.ts";
import { RateAllowance } from "../../shared/rate_limit.ts";
import { parseRate } from "../../shared/units.ts";
import type { TransferOptions } from "../client.ts";
import { optionParser } from "../connection_flags.ts";
import type { SegmentLanes } from "./segment_lanes.ts";
import type { Terminal } from "../terminal.ts";

/** What is done when the target is there already. */
export type IfExists = "ask" | "resume" | "overwrite" | "skip" | "rename" | "newer";

/** Every way, in the order they are shown. */
export const IF_EXISTS: readonly IfExists[] = [
  "ask",
  "resume",
  "overwrite",
  "skip",
  "rename",
  "newer",
];

/** A lost connection is tried again so often unless told otherwise: 1, 2 and 4 seconds later. */
const DEFAULT_RETRIES = 3;

/** The transfer flags as commander hands them to an action. */
export interface TransferFlags {
  readonly ifExists?: IfExists;
  readonly verify: "auto" | "always" | "never";
  /** Bytes a second. */
  readonly limitRate?: number;
  readonly preserve?: boolean;
  readonly retries: number;
}

/** What the transfer flags come to. `ifExists` changes when a person answers for all files. */
export interface TransferPolicy {
  ifExists: IfExists;
  readonly options: TransferOptions;
  readonly retries: number;
  /** The connections that fetch one large file together; left out where one does it alone. */
  readonly segments?: SegmentLanes;
  /** Whether an earlier run did some of it: what is there and the same was moved by that. */
  readonly isCarriedOn?: boolean;
}

/** What holds where no flag says otherwise. */
export const DEFAULT_TRANSFER_FLAGS: TransferFlags = {
  verify: "auto",
  retries: DEFAULT_RETRIES,
};

/** Adds the transfer flags to a command. */
export function addTransferFlags(command: Command): Command {
  return addMovingFlags(command.addOption(
    new Option("--if-exists <what>", "when the target is there already").choices(IF_EXISTS),
  ));
}

/** The same without what is about targets that are there: a mirror decides that itself. */
export function addMovingFlags(command: Command): Command {
  return command
    .addOption(
      new Option("--verify <when>", "compare digests of both ends")
        .choices(["auto", "always", "never"]).default(DEFAULT_TRANSFER_FLAGS.verify),
    )
    .addOption(
      new Option("--limit-rate <rate>", "bytes a second at most, all files together: 500K, 10M")
        .argParser(optionParser(parseRate)),
    )
    .option("--preserve", "keep the modification time (the default)")
    .option("--no-preserve", "let the copy be as new as it is")
    .addOption(
      new Option("--retries <n>", "how often a lost connection is made again")
        .argParser(optionParser(parseRetries)).default(DEFAULT_RETRIES),
    );
}

/** The policy that flags and terminal come to: a person is asked, a script resumes what is provably the same. */
export function transferPolicy(
  flags: TransferFlags,
  terminal: Pick<Terminal, "canAsk">,
): TransferPolicy {
  const { verify, preserve = true, limitRate, retries } = flags;
  // Files that travel side by side share it.
  const limit = limitRate === undefined
    ? {}
    : { limitRate, allowance: new RateAllowance(limitRate) };
  return {
    ifExists: flags.ifExists ?? (terminal.canAsk ? "ask" : "resume"),
    options: { verify, preserve, ...limit },
    retries,
  };
}

function parseRetries(text: string): Parsed<number> {
  return /^\d{1,6}$/.test(text)
    ? { ok: true, value: Number(text) }
    : { ok: false, why: "it is a number, 0 for none" };
}
