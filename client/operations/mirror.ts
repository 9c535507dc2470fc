// Makes a folder at one end like one at the other: moves first, over several connections, removals last.

import { CommandFailure, ExitCode } from "../../shared/exit_code.ts";
import { type MirrorEntry, type MirrorRules, planFolder, takesPart } from "../mirror.ts";
import { FoundFiles, type Search, UNCOUNTED } from "../found_files.ts";
import { BARE } from "../remote_entry.ts";
import { getFile, putFile } from "./file_transfer.ts";
import { type WorkSource, workThrough } from "./lanes.ts";
import { localSide, type MirrorSide, remoteSide } from "./mirror_sides.ts";
import type { OperationContext } from "./operation_context.ts";
import { beginRecord, recordedItem } from "./recording.ts";
import type { TransferPolicy } from "./transfer_policy.ts";
import type { TransferJob } from "./tree_transfer.ts";

/** A folder that is deeper leads round in circles. */
const DEPTH_LIMIT = 100;

/** What is to be mirrored, and how. */
export interface MirrorRequest {
  /** `get`: the local folder becomes like the remote one; `put`: the other way round. */
  readonly direction: "get" | "put";
  readonly remote: string;
  readonly local: string;
  readonly rules: MirrorRules;
  /** Whether what only the target has is removed. */
  readonly isDeleting: boolean;
  /** Whether it is only told what would be done. */
  readonly isTrial: boolean;
  readonly connections: number;
  readonly policy: TransferPolicy;
}

/** Mirrors; failures are reported one by one, and after any of them nothing is removed. @throws CommandFailure */
export async function mirror(context: OperationContext, request: MirrorRequest): Promise<void> {
  const found = new FoundFiles();
  const walk = new MirrorWalk(request, found.search());
  const { direction, remote, local, rules, policy } = request;
  await using record = await beginRecord(context, {
    direction,
    items: request.isTrial ? [] : [{ remote, local, isTree: true, size: undefined }],
    policy,
    mirror: rules,
  });
  using _total = request.isTrial ? undefined : context.progress.total(found);
  const source = await recordedItem(() => walk, record, 0)(context);
  const isWell = await workThrough(context, source, request.connections, (lane, job) => job(lane));
  let removed = 0;
  if (walk.surplus.length > 0 && (!isWell || !walk.isComplete)) {
    const happened = "something before it failed: nothing was removed";
    const tried = `remove what only "${walk.target.path("")}" has`;
    context.report(new CommandFailure(ExitCode.failed, tried, happened));
  } else removed = await walk.removeSurplus(context);
  const { moved, same, skipped } = walk;
  if (context.json) {
    context.print({ mirrored: walk.target.path(""), moved, same, removed, skipped });
  } else {
    const { mirrored, wouldMirror, andLeftOut } = context.terminal.texts.transfers;
    const summary = (request.isTrial ? wouldMirror : mirrored)(moved, same, removed);
    context.terminal.note(skipped === 0 ? summary : andLeftOut(summary, skipped));
  }
}

/** The moves of a mirror, without its removals: they are for whoever watches it to its end. */
export function mirrorMoves(request: MirrorRequest): WorkSource<TransferJob> {
  return new MirrorWalk({ ...request, isDeleting: false });
}

interface Surplus {
  readonly below: string;
  readonly kind: "file" | "folder";
}

class MirrorWalk implements WorkSource<TransferJob> {
  readonly target: MirrorSide;
  /** What is to be removed, folders before what is in them. */
  readonly surplus: Surplus[] = [];
  /** Whether every folder could be looked into, at both ends. */
  isComplete = true;
  moved = 0;
  same = 0;
  /** Links and devices, which are left alone. */
  skipped = 0;
  readonly #request: MirrorRequest;
  readonly #search: Search;
  readonly #source: MirrorSide;
  /** Folders to be looked into, the next at the end. */
  readonly #folders: { readonly below: string; readonly isMissing: boolean }[] = [];
  #hasBegun = false;

  constructor(request: MirrorRequest, search = UNCOUNTED) {
    this.#request = request;
    this.#search = search;
    const [local, remote] = [localSide(request.local), remoteSide(request.remote)];
    [this.#source, this.target] = request.direction === "get" ? [remote, local] : [local, remote];
  }

  async next(context: OperationContext): Promise<TransferJob[] | undefined> {
    if (!this.#hasBegun) {
      this.#hasBegun = true;
      if (!this.#request.isTrial) await this.target.makeFolder(context, "");
      this.#folders.push({ below: "", isMissing: false });
    }
    const folder = this.#folders.pop();
    if (folder === undefined) return undefined;
    try {
      return await this.#lookInto(context, folder.below, folder.isMissing);
    } catch (error) {
      this.isComplete = false;
      context.report(error);
      return [];
    } finally {
      if (this.#folders.length === 0) this.#search.over();
    }
  }

  /** @returns how many things were removed, or would be */
  async removeSurplus(context: OperationContext): Promise<number> {
    let removed = 0;
    for (const { below, kind } of this.surplus.toReversed()) {
      try {
        if (!this.#request.isTrial) await this.target.remove(context, below, kind);
        this.#tell(context, "remove", below);
        removed++;
      } catch (error) {
        context.report(error);
      }
    }
    return removed;
  }

  async #lookInto(
    context: OperationContext,
    below: string,
    isMissing: boolean,
  ): Promise<TransferJob[]> {
    if (below.split("/").length > DEPTH_LIMIT) {
      const happened = `folders are nested more than ${DEPTH_LIMIT} deep`;
      throw new CommandFailure(ExitCode.failed, `mirror "${below}"`, happened);
    }
    const { isTrial, isDeleting, rules } = this.#request;
    const source = await this.#source.list(context, below);
    if (isMissing && !isTrial) await this.target.makeFolder(context, below);
    const target = isMissing ? [] : await this.#targetList(context, below);
    const prefix = below === "" ? "" : `${below}/`;
    const plan = planFolder(prefix, source, target, rules);
    this.same += plan.same;
    this.skipped += plan.skipped.length;
    for (const name of plan.skipped) {
      const path = this.#source.path(prefix + name);
      const { leftOut, neither } = context.terminal.texts.transfers;
      context.terminal.note(leftOut("mirror", path, neither));
    }
    for (const name of plan.conflicts) {
      const tried = `mirror "${prefix}${name}"`;
      const happened = "it is a folder at one end and something else at the other";
      this.isComplete = false;
      context.report(new CommandFailure(ExitCode.failed, tried, happened));
    }
    if (isDeleting) { for (const each of plan.surplus) await this.#condemn(context, prefix, each); }
    const folders = plan.folders.map(({ name, isMissing }) => ({
      below: prefix + name,
      isMissing,
    }));
    this.#folders.push(...folders.reverse());
    for (const { size } of plan.moves) this.#search.found(size);
    return plan.moves.map((entry) => (lane) => this.#move(lane, prefix + entry.name, entry));
  }

  /** At a trial run the target itself may be missing still. */
  async #targetList(context: OperationContext, below: string): Promise<MirrorEntry[]> {
    try {
      return await this.target.list(context, below);
    } catch (error) {
      const isMissing = error instanceof CommandFailure && error.exitCode === ExitCode.notThere;
      if (this.#request.isTrial && below === "" && isMissing) return [];
      throw error;
    }
  }

  /** @returns whether all of it goes: a folder stays for what is excluded in it. */
  async #condemn(context: OperationContext, prefix: string, entry: MirrorEntry): Promise<boolean> {
    const below = prefix + entry.name;
    if (entry.kind !== "folder") {
      this.surplus.push({ below, kind: "file" });
      return true;
    }
    const at = this.surplus.length;
    let goesAll = true;
    for (const child of await this.target.list(context, below)) {
      const stays = child.kind === "other" ||
        !takesPart(`${below}/`, child, this.#request.rules);
      if (stays || !await this.#condemn(context, `${below}/`, child)) goesAll = false;
    }
    if (goesAll) this.surplus.splice(at, 0, { below, kind: "folder" });
    return goesAll;
  }

  async #move(context: OperationContext, below: string, entry: MirrorEntry): Promise<void> {
    const { direction, isTrial, policy } = this.#request;
    if (isTrial) this.#tell(context, "move", below);
    else if (direction === "get") {
      await getFile(context, this.#source.path(below), this.target.path(below), policy, {
        ...BARE,
        type: "file",
        name: entry.name,
        size: entry.size,
        modifiedMs: entry.modifiedMs,
        modifiedExactToMs: entry.exactToMs,
      });
    } else await putFile(context, this.#source.path(below), this.target.path(below), policy);
    this.moved++;
  }

  #tell(context: OperationContext, what: "move" | "remove", below: string): void {
    const { isTrial } = this.#request;
    const path = this.target.path(below);
    if (context.json) context.print({ [what]: path, done: !isTrial });
    else context.terminal.note(isTrial ? `would ${what} ${path}` : `${what}d ${path}`);
  }
}
