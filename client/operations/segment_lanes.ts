// The connections that fetch one large file together, kept from file to file.

import { type Command, Option } from "commander";
import { CommandFailure, ExitCode } from "../../shared/exit_code.ts";
import type { DownloadOptions, TransferResult } from "../client.ts";
import { optionParser } from "../connection_flags.ts";
import { hasSegments } from "../segments/segment_file.ts";
import { downloadSegmented } from "../segments/segmented_download.ts";
import { type ConnectionsFlag, parseConnections } from "./lanes.ts";
import { localFacts } from "./local_files.ts";
import type { OperationContext } from "./operation_context.ts";
import type { TransferPolicy } from "./transfer_policy.ts";

/** The flag as commander hands it to an action. */
export interface SegmentsFlag {
  readonly segments?: number;
}

/** Adds `--segments`. */
export function addSegmentsFlag(command: Command): Command {
  return command.addOption(
    new Option("--segments <n>", "fetch each large file over so many connections at once")
      .argParser(optionParser(parseConnections)),
  );
}

/** What the flag comes to. @throws CommandFailure `usage` with `-j`: each of several files over several connections */
export function segmentLanes(
  { segments, connections }: SegmentsFlag & ConnectionsFlag,
): SegmentLanes | undefined {
  if (segments === undefined) return undefined;
  if (connections === 1) return new SegmentLanes(segments);
  const tried = "--segments --connections";
  throw new CommandFailure(ExitCode.usage, tried, "only one of them can be meant");
}

/** Connections beside the one a file is asked for over; each server has its own. */
export class SegmentLanes {
  readonly #count: number;
  readonly #lanes = new WeakMap<() => OperationContext, OperationContext[]>();

  /** @param count with the first one. */
  constructor(count: number) {
    this.#count = count;
  }

  /** Connections are of one run: a record of the transfer holds none of them. */
  toJSON(): undefined {
    return undefined;
  }

  /** All of them; fewer where several are in each other's way. @throws CommandFailure */
  async beside(context: OperationContext): Promise<readonly OperationContext[]> {
    const { lane } = context;
    if (lane === undefined || (await context.client()).goesAlone) return [context];
    const others = this.#lanes.get(lane) ?? Array.from({ length: this.#count - 1 }, () => lane());
    this.#lanes.set(lane, others);
    return [context, ...others];
  }
}

/**
 * Downloads in segments where that was asked for, or begun by an earlier run.
 *
 * @returns `undefined` where the file is better fetched as usual.
 * @throws what `Client.download` says
 */
export async function getSegmented(
  context: OperationContext,
  remote: string,
  local: string,
  { segments }: TransferPolicy,
  options: DownloadOptions,
): Promise<TransferResult | undefined> {
  if (options.type === "ascii" || (segments === undefined && !hasSegments(local))) return undefined;
  // What is there is for the usual way to judge.
  if (options.existing !== "replace" && await localFacts(local) !== undefined) return undefined;
  const lanes = await segments?.beside(context) ?? [context];
  return await downloadSegmented(remote, local, { ...options, lanes });
}
