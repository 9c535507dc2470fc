// A download in segments on its way: a file with holes beside its target, and beside that what of it is there.

import { basename, dirname, join } from "node:path";
import { Fault } from "../../shared/fault.ts";
import type { Hasher } from "../../shared/hash.ts";
import { ifThere } from "../../shared/if_there.ts";
import { digestRange, readRange } from "../local_file.ts";
import { lstatOrNothing } from "../part_file.ts";
import {
  bytesThere,
  formatSegmentMap,
  parseSegmentMap,
  planSegments,
  type Segment,
  type SegmentMap,
} from "./segment_map.ts";

/** What is remembered lags behind by so much: what a crash costs, against a flush of the disk each time. */
const SAVE_EVERY_BYTES = 64 * 1024 * 1024;

/** A list of segments is far shorter. */
const MAP_LIMIT_BYTES = 64 * 1024;

/**
 * Where they lie. Not under the name of a plain part: whoever carries that on takes its length for what is there, and
 * this one has holes.
 */
function pathsOf(target: string): { readonly part: string; readonly map: string } {
  const hidden = join(dirname(target), `.${basename(target)}.segments`);
  return { part: `${hidden}.part`, map: hidden };
}

/** Whether an earlier download in segments may not have come to its end; asked for every file, so it waits for nothing. */
export function hasSegments(target: string): boolean {
  try {
    return Deno.lstatSync(pathsOf(target).map).isFile;
  } catch {
    // Nothing there, or nothing that may be looked at.
    return false;
  }
}

/** What is to be fetched, and how it is split. */
export interface SegmentPlan {
  readonly size: number;
  readonly modifiedMs: number | undefined;
  readonly count: number;
  readonly leastBytes: number;
}

/** The file, ours alone while it is open. Disposal without `publish` keeps it for the next try. */
export class SegmentFile implements AsyncDisposable {
  readonly map: SegmentMap;
  readonly #target: string;
  readonly #file: Deno.FsFile;
  /** One position is shared by all who write. */
  #turn: Promise<void> = Promise.resolve();
  #unsavedBytes = 0;
  #isOver = false;

  private constructor(target: string, file: Deno.FsFile, map: SegmentMap) {
    this.#target = target;
    this.#file = file;
    this.map = map;
  }

  /**
   * Opens what an earlier try left of the same version, or begins.
   *
   * @throws Fault `busy` when another process downloads to the same target; errors of the local disk
   */
  static async open(target: string, plan: SegmentPlan): Promise<SegmentFile> {
    const paths = pathsOf(target);
    // SECURITY: whoever can write here could have left links in their places; they must not be followed.
    for (const path of [paths.part, paths.map]) {
      const there = lstatOrNothing(path);
      if (there !== undefined && !there.isFile) await Deno.remove(path);
    }
    const file = await Deno.open(paths.part, { read: true, write: true, create: true });
    try {
      if (!await file.tryLock(true)) throw new Fault("busy", { about: target });
      const left = await readMap(paths.map);
      if (left !== undefined && isOf(left, plan) && (await file.stat()).size === plan.size) {
        return new SegmentFile(target, file, left);
      }
      const { size, modifiedMs, count, leastBytes } = plan;
      const segments = planSegments(size, count, leastBytes);
      await file.truncate(0);
      await file.truncate(size);
      const opened = new SegmentFile(target, file, { size, modifiedMs, segments });
      await opened.save();
      return opened;
    } catch (error) {
      file.close();
      throw error;
    }
  }

  /** Puts bytes behind those that a segment has. */
  async append(segment: Segment, bytes: Uint8Array): Promise<void> {
    await this.#alone(async () => {
      await this.#file.seek(segment.at, Deno.SeekMode.Start);
      for (let written = 0; written < bytes.length;) {
        written += await this.#file.write(bytes.subarray(written) as Uint8Array<ArrayBuffer>);
      }
      segment.at += bytes.length;
    });
    this.#unsavedBytes += bytes.length;
    if (this.#unsavedBytes >= SAVE_EVERY_BYTES) await this.save();
  }

  /** Remembers what is there, once it is on the disk. */
  async save(): Promise<void> {
    this.#unsavedBytes = 0;
    await this.#alone(async () => {
      const text = formatSegmentMap(this.map);
      await this.#file.syncData();
      const { map } = pathsOf(this.#target);
      // SECURITY: nor a link that was left in the place of the new one.
      await ifThere(() => Deno.remove(`${map}.new`));
      await Deno.writeTextFile(`${map}.new`, text, { createNew: true });
      await Deno.rename(`${map}.new`, map);
    });
  }

  /** Forgets what a segment has. */
  restart(segment: Segment): void {
    segment.at = segment.start;
  }

  /** Forgets the last so many bytes of a segment that is complete. */
  reopen(segment: Segment, bytes: number): void {
    if (segment.at === segment.end) segment.at = Math.max(segment.end - bytes, segment.start);
  }

  /** Exactly these bytes. */
  read(start: number, end: number): Promise<Uint8Array> {
    return this.#alone(() => readRange(this.#file, start, end));
  }

  /** Adds these bytes to a digest. @throws Fault `aborted` */
  digest(start: number, end: number, hasher: Hasher, signal?: AbortSignal): Promise<void> {
    return this.#alone(() => digestRange(this.#file, start, end, hasher, { signal }));
  }

  /** Makes it the target: sets the time, where one is known, and renames. */
  async publish(modifiedMs: number | undefined): Promise<void> {
    const { part, map } = pathsOf(this.#target);
    if (bytesThere(this.map) !== this.map.size) throw new Error("published with holes in it");
    if (modifiedMs !== undefined) await this.#file.utime(modifiedMs / 1000, modifiedMs / 1000);
    await Deno.rename(part, this.#target);
    this.#isOver = true;
    await Deno.remove(map);
  }

  /** Throws it away: it is of no use to anybody. */
  async discard(): Promise<void> {
    const { part, map } = pathsOf(this.#target);
    this.#isOver = true;
    await Deno.remove(map);
    await Deno.remove(part);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      if (!this.#isOver && bytesThere(this.map) === 0) await this.discard();
      else if (!this.#isOver) await this.save();
    } catch {
      // What was remembered last still holds; why there is no room for more is told by what ended the download.
    } finally {
      this.#file.close();
    }
  }

  #alone<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work);
    this.#turn = result.then(() => {}, () => {});
    return result;
  }
}

/** Whether what was left is of the file as it is now. */
function isOf(left: SegmentMap, { size, modifiedMs }: SegmentPlan): boolean {
  return left.size === size && left.modifiedMs === modifiedMs;
}

async function readMap(path: string): Promise<SegmentMap | undefined> {
  const there = lstatOrNothing(path);
  if (there === undefined || !there.isFile || there.size > MAP_LIMIT_BYTES) return undefined;
  const map = parseSegmentMap(await Deno.readTextFile(path));
  return map.ok ? map.value : undefined;
}
