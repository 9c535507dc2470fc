// Several things up or down at once: which name each of them gets at the other end.

import { isAbsolute, join } from "node:path";
import { CommandFailure, ExitCode } from "../../shared/exit_code.ts";
import { FoundFiles, type Search, UNCOUNTED } from "../found_files.ts";
import type { ExpectedFiles } from "../progress.ts";
import { remoteName } from "../remote.ts";
import { countLocal } from "./counting.ts";
import { FOLDER_HINT, getFile, putFile } from "./file_transfer.ts";
import { makeFolder } from "./folders.ts";
import { type WorkSource, workThrough } from "./lanes.ts";
import { localChild, localFacts, localName } from "./local_files.ts";
import { attempt, forEach, type OperationContext, shown } from "./operation_context.ts";
import { childPath, entryAt, expandRemote, folderPath, type RemotePlace } from "./remote_names.ts";
import { beginRecord, recordedItem } from "./recording.ts";
import type { TransferPolicy } from "./transfer_policy.ts";
import { Downloads, type TransferJob, Uploads } from "./tree_transfer.ts";

/** What is to be downloaded, and where to. */
export interface GetRequest {
  /** Paths at one server; globs in their last part. */
  readonly remotes: readonly string[];
  /** A local file's or folder's path; `undefined` for the same names in `localFolder`. */
  readonly output: string | undefined;
  readonly localFolder: string;
  readonly isRecursive: boolean;
  readonly policy: TransferPolicy;
  /** How many files at once; default 1. */
  readonly connections?: number;
  /** Whether other servers' files go to `output` too, which must be a folder then. */
  readonly isPartOfMany?: boolean;
}

/** What is to be uploaded, and where to. */
export interface PutRequest {
  /** Host paths. */
  readonly locals: readonly string[];
  /** A file's or folder's path at the server; empty for the folder one is in. */
  readonly target: string;
  readonly isRecursive: boolean;
  readonly policy: TransferPolicy;
  /** How many files at once; default 1. */
  readonly connections?: number;
}

/** Downloads everything; failures are reported one by one. @throws CommandFailure */
export async function getInto(context: OperationContext, request: GetRequest): Promise<void> {
  const { remotes, isRecursive, isPartOfMany = false, policy } = request;
  const places: (RemotePlace & { readonly isOneOfMany: boolean })[] = [];
  await forEach(context, remotes, async (remote) => {
    const found = await expandRemote(context, remote);
    const isOneOfMany = isPartOfMany || remotes.length > 1 || found.length > 1;
    places.push(...found.map((place) => ({ ...place, isOneOfMany })));
  });
  const targets: { readonly place: RemotePlace; readonly local: string }[] = [];
  await forEach(context, places, async (place) => {
    targets.push({ place, local: await localTarget(place, request, place.isOneOfMany) });
  });
  const items = targets.map(({ place: { path, entry }, local }) => ({
    local,
    remote: path,
    isTree: isRecursive,
    size: isRecursive ? undefined : entry?.size,
  }));
  await using record = await beginRecord(context, { direction: "get", items, policy });
  const found = new FoundFiles();
  const sources = targets.map(({ place, local }, item) => {
    if (!isRecursive) found.add(place.entry?.size);
    const search = isRecursive ? found.search() : UNCOUNTED;
    const make = () => downloadsOf(context, place, local, request, search);
    return recordedItem(make, record, item);
  });
  await transferAll(context, sources, request, found);
}

/** Uploads everything; failures are reported one by one. @throws CommandFailure */
export async function putInto(context: OperationContext, request: PutRequest): Promise<void> {
  const { locals, target, isRecursive, policy } = request;
  const folder = await remoteTargetFolder(context, target, locals.length > 1);
  const sizeOf = (local: string) => localFacts(local).then((facts) => facts?.size, () => undefined);
  const sizes = isRecursive ? [] : await Promise.all(locals.map(sizeOf));
  const items = locals.map((local, at) => ({
    local,
    remote: folder === undefined ? target : childPath(folder, localName(local)),
    isTree: isRecursive,
    size: sizes[at],
  }));
  await using record = await beginRecord(context, { direction: "put", items, policy });
  const found = new FoundFiles();
  await using _counting = isRecursive && context.terminal.canDraw
    ? countLocal(locals, found.search())
    : undefined;
  const sources = items.map(({ local, remote, size }, item) => {
    if (!isRecursive) found.add(size);
    return recordedItem(
      async (lane) => {
        if (isRecursive) return new Uploads(local, remote, policy);
        await demandFile(lane, local);
        return jobs([(lane) => putFile(lane, local, remote, policy)]);
      },
      record,
      item,
    );
  });
  await transferAll(context, sources, request, found);
}

/** Transfers what several sources have. */
async function transferAll(
  context: OperationContext,
  sources: readonly SourceMaker[],
  { connections = 1, isRecursive }: Pick<GetRequest, "connections" | "isRecursive">,
  expected: ExpectedFiles,
): Promise<void> {
  // For a single file its own bar is enough.
  using _total = isRecursive || sources.length > 1 ? context.progress.total(expected) : undefined;
  const all = oneAfterAnother(context, sources);
  await workThrough(context, all, connections, (lane, job) => job(lane));
}

/** Makes a source over the connection of the one who asks. */
export type SourceMaker = (lane: OperationContext) => Promise<WorkSource<TransferJob>>;

/** So many single files are handed out at once: enough for every connection. */
const READ_AHEAD = 64;

/** What several sources have, each made when it is its turn; one that cannot be made is reported. */
export function oneAfterAnother(
  context: Pick<OperationContext, "report">,
  sources: readonly SourceMaker[],
): WorkSource<TransferJob> {
  const waiting = [...sources];
  let current: WorkSource<TransferJob> | undefined;
  const step = async (lane: OperationContext): Promise<readonly TransferJob[]> => {
    try {
      if (current === undefined) {
        current = await waiting.shift()?.(lane);
        // What is to be looked for can wait until what is found already is under way.
        if (!current?.isKnown) return [];
      }
      const jobs = await current.next(lane);
      if (jobs === undefined || current.isKnown) current = undefined;
      return jobs ?? [];
    } catch (error) {
      current = undefined;
      context.report(error);
      return [];
    }
  };
  return {
    next: async (lane) => {
      if (current === undefined && waiting.length === 0) return undefined;
      const found: TransferJob[] = [];
      do found.push(...await step(lane)); while (
        found.length < READ_AHEAD && current === undefined && waiting.length > 0
      );
      return found;
    },
  };
}

function downloadsOf(
  context: OperationContext,
  place: RemotePlace,
  local: string,
  { isRecursive, policy }: GetRequest,
  search: Search,
): WorkSource<TransferJob> {
  if (isRecursive) return new Downloads(place, local, policy, search);
  if (place.entry?.type === "directory") {
    const tried = `get ${shown(place.path)} from ${context.label}`;
    throw new CommandFailure(ExitCode.failed, tried, "it is a folder", { hint: FOLDER_HINT });
  }
  return jobs([(lane) => getFile(lane, place.path, local, policy, place.entry)]);
}

/** A source of a few things to do, all known. */
export function jobs(all: readonly TransferJob[]): WorkSource<TransferJob> {
  let left: readonly TransferJob[] | undefined = all;
  return {
    isKnown: true,
    next: () => {
      const given = left;
      left = undefined;
      return Promise.resolve(given);
    },
  };
}

/** Where a file or folder goes: under its own name in a folder, or under the name that was given. */
async function localTarget(
  place: RemotePlace,
  request: GetRequest,
  isOneOfMany: boolean,
): Promise<string> {
  const { output, localFolder } = request;
  if (output === undefined) return localChild(localFolder, ownName(place));
  const path = isAbsolute(output) ? output : join(localFolder, output);
  const facts = await attempt(
    { tried: `look at "${output}"`, local: "target" },
    () => localFacts(path),
  );
  // What has no name, such as the folder of the login, goes into the one that was named as it is.
  const isNamed = isOneOfMany || remoteName(folderPath(place.path)) !== "";
  if (facts?.isFolder) return isNamed ? localChild(path, ownName(place)) : path;
  if (!isOneOfMany && !(isNamed && /[/\\]$/.test(output))) return path;
  if (facts !== undefined) {
    throw new CommandFailure(ExitCode.usage, `-o "${output}"`, "it is a file, not a folder");
  }
  await attempt(`make the folder "${output}"`, () => Deno.mkdir(path, { recursive: true }));
  return localChild(path, ownName(place));
}

function ownName(place: RemotePlace): string {
  const name = remoteName(folderPath(place.path));
  if (name !== "") return name;
  const happened = "it has no name to be called by here";
  throw new CommandFailure(ExitCode.usage, `get ${shown(place.path)}`, happened, {
    hint: "-o LOCAL gives it one",
  });
}

/** The folder that files go into under their own names; `undefined` when the target is one file's name. */
async function remoteTargetFolder(
  context: OperationContext,
  target: string,
  isForMany: boolean,
): Promise<string | undefined> {
  if (target === "" || target === "/") return target;
  if (target.endsWith("/")) {
    await makeFolder(context, target);
    return target;
  }
  const entry = await entryAt(context, target);
  if (entry?.type === "directory") return target;
  if (!isForMany) return undefined;
  if (entry !== undefined) {
    throw new CommandFailure(ExitCode.usage, `-t "${target}"`, "it is a file, not a folder");
  }
  await makeFolder(context, target);
  return target;
}

async function demandFile(context: OperationContext, local: string): Promise<void> {
  const tried = `put "${local}" to ${context.label}`;
  const facts = await attempt({ tried, local: "source" }, () => localFacts(local));
  if (facts === undefined) {
    throw new CommandFailure(ExitCode.notThere, tried, "there is no such file here");
  }
  if (!facts.isFolder) return;
  throw new CommandFailure(ExitCode.failed, tried, "it is a folder", { hint: FOLDER_HINT });
}
