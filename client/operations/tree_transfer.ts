// Whole folders up or down, into a folder of the same shape: found folder by folder, moved file by file.

import { CommandFailure, ExitCode } from "../../shared/exit_code.ts";
import { getFile, putFile } from "./file_transfer.ts";
import { makeFolder } from "./folders.ts";
import { type Search, UNCOUNTED } from "../found_files.ts";
import { toldSentence } from "../texts/told_failure.ts";
import type { WorkSource } from "./lanes.ts";
import { localChild, localFacts, localName, type LocalPlace, walkLocal } from "./local_files.ts";
import { attempt, type OperationContext, shown } from "./operation_context.ts";
import {
  childPath,
  entryAt,
  folderPath,
  isFolderAt,
  listFolder,
  type RemotePlace,
} from "./remote_names.ts";
import type { TransferPolicy } from "./transfer_policy.ts";

/** A server that tells deeper folders is leading us round in circles. */
const DEPTH_LIMIT = 100;

/** So many local files are found before the first of them are sent. */
const READ_AHEAD = 64;

/** One file's transfer, over whichever connection is free. */
export type TransferJob = (context: OperationContext) => Promise<void>;

interface RemoteFolder {
  readonly remote: string;
  readonly local: string;
  readonly depth: number;
}

/** What a place is: a file, or a folder with everything in it. */
export class Downloads implements WorkSource<TransferJob> {
  readonly #policy: TransferPolicy;
  readonly #search: Search;
  /** What is still to be looked into, the next at the end. */
  readonly #folders: RemoteFolder[] = [];
  #start: { readonly place: RemotePlace; readonly local: string } | undefined;

  constructor(place: RemotePlace, local: string, policy: TransferPolicy, search = UNCOUNTED) {
    this.#start = { place, local };
    this.#policy = policy;
    this.#search = search;
  }

  async next(context: OperationContext): Promise<TransferJob[] | undefined> {
    const start = this.#start;
    this.#start = undefined;
    try {
      if (start !== undefined) return await this.#begin(context, start.place, start.local);
      const folder = this.#folders.pop();
      return folder && await this.#lookIntoOrReport(context, folder);
    } finally {
      if (this.#folders.length === 0) this.#search.over();
    }
  }

  async #lookIntoOrReport(
    context: OperationContext,
    folder: RemoteFolder,
  ): Promise<TransferJob[]> {
    try {
      return await this.#lookInto(context, folder);
    } catch (error) {
      context.report(error);
      return [];
    }
  }

  async #begin(
    context: OperationContext,
    place: RemotePlace,
    local: string,
  ): Promise<TransferJob[]> {
    const entry = place.entry ?? await entryAt(context, place.path);
    if (entry?.type !== "directory" && place.path !== "") {
      this.#search.found(entry?.size);
      return [(lane) => getFile(lane, place.path, local, this.#policy, entry)];
    }
    this.#folders.push({ remote: folderPath(place.path), local, depth: 0 });
    return [];
  }

  async #lookInto(context: OperationContext, folder: RemoteFolder): Promise<TransferJob[]> {
    const { remote, local, depth } = folder;
    const tried = `get ${shown(remote)} from ${context.label}`;
    if (depth > DEPTH_LIMIT) {
      const happened = `folders are nested more than ${DEPTH_LIMIT} deep`;
      throw new CommandFailure(ExitCode.failed, tried, happened);
    }
    const entries = await listFolder(context, remote, { onGap: (gap) => context.report(gap) });
    await attempt(tried, () => Deno.mkdir(local, { recursive: true }));
    const jobs: TransferJob[] = [];
    const below: RemoteFolder[] = [];
    for (const entry of entries) {
      const path = childPath(remote, entry.name);
      try {
        const target = localChild(local, entry.name);
        if (entry.type === "directory") {
          below.push({ remote: path, local: target, depth: depth + 1 });
        } // A link may lead to a folder, and round in circles from there.
        else if (entry.type === "link") jobs.push((lane) => this.#getLink(lane, path, target));
        else {
          this.#search.found(entry.size);
          jobs.push((lane) => getFile(lane, path, target, this.#policy, entry));
        }
      } catch (error) {
        context.report(error);
      }
    }
    this.#folders.push(...below.reverse());
    return jobs;
  }

  async #getLink(context: OperationContext, path: string, target: string): Promise<void> {
    if (await isFolderAt(context, path)) {
      const { leftOut, linkToFolder } = context.terminal.texts.transfers;
      context.terminal.note(leftOut("get", path, linkToFolder));
    } else {
      await getFile(context, path, target, this.#policy);
    }
  }
}

/** What a local path is: a file, or a folder with everything in it. Folders are made before what is in them. */
export class Uploads implements WorkSource<TransferJob> {
  readonly #local: string;
  readonly #remote: string;
  readonly #policy: TransferPolicy;
  #places: AsyncIterator<LocalPlace> | undefined;
  #isOver = false;

  constructor(local: string, remote: string, policy: TransferPolicy) {
    this.#local = local;
    this.#remote = remote;
    this.#policy = policy;
  }

  async next(context: OperationContext): Promise<TransferJob[] | undefined> {
    if (this.#isOver) return undefined;
    if (this.#places === undefined) {
      if (!await isLocalFolder(context, this.#local)) {
        this.#isOver = true;
        return [(lane) => putFile(lane, this.#local, this.#remote, this.#policy)];
      }
      await makeFolder(context, this.#remote);
      this.#places = walkLocal(this.#local);
    }
    const jobs: TransferJob[] = [];
    while (jobs.length < READ_AHEAD && !this.#isOver) {
      const job = await this.#nextJob(context, this.#places);
      if (job !== undefined) jobs.push(job);
    }
    return jobs;
  }

  async #nextJob(
    context: OperationContext,
    places: AsyncIterator<LocalPlace>,
  ): Promise<TransferJob | undefined> {
    const { done, value: place } = await attempt(
      `read the folder "${this.#local}"`,
      () => places.next(),
    );
    if (done) {
      this.#isOver = true;
      return undefined;
    }
    const target = childPath(this.#remote, place.relative);
    if (place.kind === "other") {
      const { failures, transfers } = context.terminal.texts;
      const what = toldSentence(place.what, failures);
      context.terminal.note(transfers.leftOut("put", place.path, what));
      return undefined;
    }
    if (place.kind === "file") return (lane) => putFile(lane, place.path, target, this.#policy);
    try {
      await makeFolder(context, target);
    } catch (error) {
      context.report(error);
    }
    return undefined;
  }
}

async function isLocalFolder(context: OperationContext, local: string): Promise<boolean> {
  const tried = `put "${local}" to ${context.label}`;
  const facts = await attempt({ tried, local: "source" }, () => localFacts(local));
  if (facts !== undefined) return facts.isFolder;
  throw new CommandFailure(ExitCode.notThere, tried, `there is no "${localName(local)}" here`);
}
