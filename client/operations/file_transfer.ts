// One file up or down: what is there already, the bar, another try after a lost connection, the result.

import { setTimeout as pause } from "node:timers/promises";
import type { ByteSink, ByteSource } from "../../shared/byte_stream.ts";
import { CommandFailure, ExitCode } from "../../shared/exit_code.ts";
import { Fault } from "../../shared/fault.ts";
import type { Client, Existing, SourceFacts, TransferOptions, TransferResult } from "../client.ts";
import { Broken, isTransient, Refused } from "../failure.ts";
import { failureOf } from "../failure_report.ts";
import { remoteName } from "../remote.ts";
import type { RemoteEntry } from "../remote_entry.ts";
import { toldSentence } from "../texts/told_failure.ts";
import { type Collision, type FileFacts, freeName, planFor } from "./existing_target.ts";
import { localFacts } from "./local_files.ts";
import { attempt, type OperationContext, shown } from "./operation_context.ts";
import { isCarriedOnAlone, watchTransfer } from "./recording.ts";
import { entryAt, isFolderAt } from "./remote_names.ts";
import { getSegmented } from "./segment_lanes.ts";
import type { TransferPolicy } from "./transfer_policy.ts";
import { tellResult, tellSkipped, type TransferredFile } from "./transfer_result.ts";

/** Before the second try; doubled for each further one, up to the limit. */
const FIRST_PAUSE_MS = 1_000;
const PAUSE_LIMIT_MS = 30_000;

/** Downloads a file to a local path. @throws CommandFailure */
export async function getFile(
  context: OperationContext,
  remote: string,
  local: string,
  policy: TransferPolicy,
  entry?: RemoteEntry,
): Promise<void> {
  const tried = `get ${shown(remote)} from ${context.label}`;
  await attempt({ tried, resumable: true, local: "target" }, async () => {
    const collision = downloadCollision(context, remote, local, entry);
    const move: Mover = (path, existing, onSource) =>
      transfer(context, remote, policy, async (client, options) => {
        const given = { ...options, existing, onSource, ...(entry === undefined ? {} : { entry }) };
        return await getSegmented(context, remote, path, policy, given) ??
          await client.download(remote, { path }, given);
      }).catch((error) => explainFolder(context, remote, { tried, hint: FOLDER_HINT }, error));
    await decideAndMove(context, policy, collision, { command: "get", remote, local }, move);
  });
}

/** A command that shows files, or hands them to another program. */
export type SinkCommand = "get" | "cat" | "more";

/**
 * Downloads a file into a sink, such as standard output.
 *
 * @param command what its failures are called after.
 * @throws CommandFailure
 */
export async function getToSink(
  context: OperationContext,
  command: SinkCommand,
  remote: string,
  sink: ByteSink,
  policy: TransferPolicy,
): Promise<TransferResult> {
  const tried = `${command} ${shown(remote)} from ${context.label}`;
  return await attempt(tried, async () => {
    // What a sink has taken cannot be taken back: there is one try only.
    const once = { ...policy, retries: 0 };
    return await transfer(
      context,
      remote,
      once,
      (client, options) => client.download(remote, { sink }, options),
    )
      .catch((error) =>
        explainFolder(context, remote, { tried, hint: SINK_HINTS[command] }, error)
      );
  });
}

/** Uploads a local file. @throws CommandFailure */
export async function putFile(
  context: OperationContext,
  local: string,
  remote: string,
  policy: TransferPolicy,
): Promise<void> {
  const tried = `put "${local}" to ${context.label}`;
  await attempt({ tried, resumable: true, local: "source" }, async () => {
    const collision = uploadCollision(context, local, remote);
    let hasBegun = false;
    const move: Mover = (path, existing, onSource) => {
      const onBegin = (facts: SourceFacts) => {
        hasBegun = true;
        onSource(facts);
      };
      return transfer(context, local, policy, (client, options) => {
        // Half a text cannot be carried on: what an earlier try left at the server is written over.
        const isInTheWay = hasBegun && options.type === "ascii";
        const how = { existing: isInTheWay ? "replace" : existing, onSource: onBegin } as const;
        return client.upload({ path: local }, path, { ...options, ...how });
      });
    };
    await decideAndMove(context, policy, collision, { command: "put", remote, local }, move);
  });
}

/** Uploads what a source gives, such as standard input. @throws CommandFailure */
export async function putFromSource(
  context: OperationContext,
  source: ByteSource,
  remote: string,
  policy: TransferPolicy,
): Promise<void> {
  const tried = `put standard input to ${shown(remote)} at ${context.label}`;
  await attempt(tried, async () => {
    const collision: Collision = {
      ...uploadCollision(context, "-", remote),
      source: () => Promise.resolve({ size: undefined, modifiedMs: undefined }),
      compare: () => Promise.resolve({ relation: "unknown", verified: "nothing" }),
    };
    const once = { ...policy, retries: 0 };
    const move: Mover = (path, existing) =>
      transfer(
        context,
        remote,
        once,
        (client, options) => client.upload({ source }, path, { ...options, existing }),
      );
    await decideAndMove(context, policy, collision, { command: "put", remote, local: "-" }, move);
  });
}

/** Moves a file to its target's final name. */
type Mover = (
  target: string,
  existing: Existing,
  onSource: (facts: SourceFacts) => void,
) => Promise<TransferResult>;

/** Plans by the policy, moves, tells. */
async function decideAndMove(
  context: OperationContext,
  policy: TransferPolicy,
  collision: Collision,
  file: TransferredFile,
  move: Mover,
): Promise<void> {
  if (isCarriedOnAlone(context, file)) return;
  if (policy.isCarriedOn && await wasMoved(collision)) return tellSkipped(context, file);
  const plan = await planFor(collision, policy, context);
  if (plan.kind === "skip") return tellSkipped(context, file);
  const end = file.command === "get" ? "local" : "remote";
  const isTaken = async (name: string) =>
    await (end === "local" ? localFacts(name) : entryAt(context, name)) !== undefined;
  const target = plan.kind === "rename" ? await freeName(file[end], isTaken) : file[end];
  const existing = plan.kind === "rename" ? "refuse" : plan.existing;
  const moved = { ...file, [end]: target };
  const watched = watchTransfer(context, moved, existing);
  try {
    const result = await move(target, existing, watched.onSource);
    watched.over();
    tellResult(context, moved, result);
  } catch (error) {
    watched.over(failureOf(error, { tried: `${file.command} ${shown(file.remote)}` }));
    throw error;
  }
}

/** Whether what is there is the whole source: nobody is asked about it, and it does not travel again. */
async function wasMoved(collision: Collision): Promise<boolean> {
  const [target, source] = [await collision.target(), await collision.source()];
  return target?.size !== undefined && target.size === source.size &&
    (await collision.compare()).relation === "same";
}

/** Runs a transfer with its bar, and again, on a new connection where need be, after a failure that may pass. */
async function transfer(
  context: OperationContext,
  remote: string,
  policy: TransferPolicy,
  work: (client: Client, options: TransferOptions) => Promise<TransferResult>,
): Promise<TransferResult> {
  const { signal, terminal } = context;
  const first = await context.client();
  for (let failures = 0;; failures++) {
    try {
      const client = failures === 0 ? first : await context.reconnect();
      using track = context.progress.track(remoteName(remote) || remote);
      const onProgress = track.update.bind(track);
      const turn = context.turn && { onHandOver: context.turn.give };
      const result = await work(client, { ...policy.options, signal, onProgress, ...turn });
      track.complete();
      return result;
    } catch (error) {
      await context.turn?.take();
      const cause = error instanceof CommandFailure ? error.cause : error;
      if (cause instanceof Broken && context.mayLeave?.()) throw error;
      if (!isTransient(cause) || failures >= policy.retries) throw error;
      const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** failures, PAUSE_LIMIT_MS);
      const { failures: sentences, transfers } = terminal.texts;
      const happened = toldSentence(error instanceof Error ? error.message : "", sentences);
      const count = failures + 1;
      terminal.note(
        transfers.again(remote, happened, count, policy.retries, pauseMs / 1000),
      );
      await pause(pauseMs, undefined, { signal }).catch(() => {
        throw new Fault("aborted");
      });
    }
  }
}

function downloadCollision(
  context: OperationContext,
  remote: string,
  local: string,
  entry: RemoteEntry | undefined,
): Collision {
  const { signal } = context;
  return {
    name: local,
    target: () => targetFacts(localFacts(local)),
    source: async () => entry ?? await entryAt(context, remote) ?? NOTHING_KNOWN,
    compare: async () => await (await context.client()).compare(local, remote, { signal }),
    resumableWhen: "local-is-prefix",
  };
}

function uploadCollision(context: OperationContext, local: string, remote: string): Collision {
  const { signal } = context;
  return {
    name: remote,
    target: () =>
      targetFacts(
        entryAt(context, remote).then((entry) =>
          entry && { ...entry, isFolder: entry.type === "directory" }
        ),
      ),
    source: async () => await localFacts(local) ?? NOTHING_KNOWN,
    compare: async () => await (await context.client()).compare(local, remote, { signal }),
    resumableWhen: "remote-is-prefix",
  };
}

const NOTHING_KNOWN: FileFacts = { size: undefined, modifiedMs: undefined };

/** A folder can be neither replaced nor carried on; the transfer itself says so. */
async function targetFacts(
  found: Promise<(FileFacts & { readonly isFolder: boolean }) | undefined>,
): Promise<FileFacts | undefined> {
  const facts = await found;
  return facts?.isFolder ? undefined : facts;
}

/** What to do about a folder that was taken for a file. */
export const FOLDER_HINT = "-r takes a folder with everything in it";

const SINK_HINTS: Readonly<Record<SinkCommand, string>> = {
  get: "-r -o FOLDER takes it with everything in it",
  cat: "ls lists what is in it",
  more: "ls lists what is in it",
};

/** The server's words for "that is a folder" are many; ours say what to do. */
async function explainFolder(
  context: OperationContext,
  remote: string,
  { tried, hint }: { readonly tried: string; readonly hint: string },
  error: unknown,
): Promise<never> {
  if (!(error instanceof Refused) || !await isFolderAt(context, remote)) throw error;
  throw new CommandFailure(ExitCode.failed, tried, "it is a folder", { hint });
}
