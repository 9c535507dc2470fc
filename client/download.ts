// RETR to a file or a sink: carried on where a part is proven, complete only when size and digest say so.

import type { ByteSink, ByteSource } from "../shared/byte_stream.ts";
import { Fault } from "../shared/fault.ts";
import { createHasher, type HashAlgorithm, type Hasher } from "../shared/hash.ts";
import { boundedSource, readFully } from "./bounded_read.ts";
import type { DownloadOptions, DownloadTarget, TransferResult } from "./client.ts";
import { exchangeData } from "./data_exchange.ts";
import { endingSource } from "./download_limit.ts";
import { AlreadyThere, ContentDiffers, Refused } from "./failure.ts";
import {
  demandRegular,
  digestRange,
  fileSink,
  openLocal,
  readRange,
  statOrNothing,
} from "./local_file.ts";
import { openPart, type PartFile, partPathOf } from "./part_file.ts";
import { patienceFor, type Peer, useImageType } from "./peer.ts";
import { announceDigest, digestAlgorithmOf } from "./remote_digest.ts";
import type { RemoteEntry } from "./remote_entry.ts";
import { remoteModified, remoteSize, remoteStat } from "./remote_facts.ts";
import { commonPrefix, relate, type Relation } from "./resume.ts";
import { digestOf, handOverOf, move, verify } from "./transfer.ts";

/** Downloads one file. @throws what `Client.download` says */
export async function download(
  peer: Peer,
  path: string,
  target: DownloadTarget,
  options: DownloadOptions = {},
): Promise<TransferResult> {
  await useImageType(peer, options.signal);
  const download = new Download(peer, path, options);
  return "sink" in target
    ? await download.toSink(target.sink, options.offset ?? 0)
    : await download.toFile(target.path);
}

/** Where a download starts, and what has been digested so far. */
interface Start {
  readonly offset: number;
  /** Has taken the bytes before `offset`. */
  readonly hasher: Hasher | undefined;
  /** The bytes right before `offset`, fetched again and compared, where no digest proved them. */
  readonly overlap: Uint8Array;
}

/** What is fetched again to see that a part belongs to the file: enough that chance cannot make it equal. */
const OVERLAP_BYTES = 64 * 1024;

/** From this size on reading a file twice takes a server longer than being told that its digest is wanted. */
const ANNOUNCED_BYTES = 1024 * 1024;

const NO_BYTES = new Uint8Array(0);

/** A part turned out to belong to another file. */
class OtherContent extends Error {}

class Download {
  readonly #peer: Peer;
  readonly #path: string;
  readonly #options: DownloadOptions;
  readonly #algorithm: HashAlgorithm | undefined;
  readonly #startedMs = performance.now();
  #size: number | undefined;
  /** Asked for at the beginning, and not needed before the end. */
  #modified: Promise<number | undefined> = Promise.resolve(undefined);

  constructor(peer: Peer, path: string, options: DownloadOptions) {
    this.#peer = peer;
    this.#path = path;
    this.#options = options;
    this.#algorithm = options.verify === "never" ? undefined : digestAlgorithmOf(peer);
  }

  async toSink(sink: ByteSink, offset: number): Promise<TransferResult> {
    await this.#learn(false);
    // A part of a file has no digest that the whole could be compared with.
    const hasher = offset === 0 ? this.#newHasher() : undefined;
    const moved = await this.#fetch(sink, { offset, hasher, overlap: NO_BYTES }, false);
    return await this.#prove(offset, moved, hasher);
  }

  async toFile(target: string): Promise<TransferResult> {
    await this.#learn(this.#options.preserve ?? true);
    const there = await this.#judgeExisting(target);
    if (there?.relation === "same") return this.#wasThere(there);
    await using part = await openPart(target);
    this.#tellSource();
    const start = await this.#startIn(part);
    try {
      return await this.#fetchPart(part, start);
    } catch (error) {
      if (!(error instanceof OtherContent)) throw error;
      return await this.#fetchPart(part, this.#fromTheBeginning());
    }
  }

  /** Size and time, in one round trip, unless a listing told them; nobody waits for the time. */
  async #learn(withTime: boolean): Promise<void> {
    const { entry, signal } = this.#options;
    const asked = { ...(signal && { signal }) };
    const size = entry?.size ?? remoteSize(this.#peer, this.#path, asked);
    if (withTime) {
      this.#modified = tellsSeconds(entry)
        ? Promise.resolve(entry.modifiedMs)
        : remoteModified(this.#peer, this.#path, asked);
      // Its failure is that of the connection, which the transfer tells, too.
      this.#modified.catch(() => {});
    }
    // A server without SIZE still tells it in a listing: half a file must not pass for a whole one.
    this.#size = await size ?? (await remoteStat(this.#peer, this.#path, asked)).size;
  }

  /** A time that is not known yet is told later. */
  #tellSource(): void {
    const { onSource, entry } = this.#options;
    const size = this.#size;
    const isTold = tellsSeconds(entry);
    onSource?.({ size, modifiedMs: isTold ? entry.modifiedMs : undefined });
    if (onSource === undefined || isTold) return;
    const tell = (modifiedMs: number | undefined) => onSource({ size, modifiedMs });
    this.#modified.then(tell, () => {});
  }

  /** What the file under the final name is to the remote one; a prefix becomes the part. */
  async #judgeExisting(target: string): Promise<Relation | undefined> {
    const existing = this.#options.existing ?? "resume";
    const local = statOrNothing(target);
    if (local !== undefined) demandRegular(target, local);
    if (local === undefined || existing === "replace") return undefined;
    if (local.isDirectory) throw new Fault("is-a-directory", { about: target });
    if (existing === "refuse") throw new AlreadyThere("local", target, "refused");
    if (this.#size === undefined) throw new AlreadyThere("local", target, "unproven");
    using file = await openLocal(target);
    const relation = await relate(this.#peer, this.#path, { file, size: local.size }, this.#size, {
      signal: this.#options.signal,
      onProgress: this.#options.onProgress,
    });
    switch (relation.relation) {
      case "same":
        return relation;
      case "local-is-prefix":
        if (local.size > 0) await Deno.rename(target, partPathOf(target));
        return relation;
      case "unknown":
        throw new AlreadyThere("local", target, "unproven");
      default:
        throw new AlreadyThere("local", target, "different");
    }
  }

  /** How much of an earlier try is used. */
  async #startIn(part: PartFile): Promise<Start> {
    const { signal, onProgress } = this.#options;
    const { file, size } = part;
    if (size === 0 || this.#size === undefined || size > this.#size) {
      return this.#fromTheBeginning();
    }
    const local = { file, size };
    const found = await relate(this.#peer, this.#path, local, this.#size, { signal, onProgress });
    if (found.relation === "same" || found.relation === "local-is-prefix") {
      return { offset: size, hasher: found.hasher, overlap: NO_BYTES };
    }
    const offset = found.relation === "unknown"
      ? size
      : await commonPrefix(this.#peer, this.#path, local, size, { signal });
    const hasher = this.#newHasher();
    if (hasher) await digestRange(file, 0, offset, hasher, { signal });
    if (found.relation === "different") return { offset, hasher, overlap: NO_BYTES };
    const overlap = await readRange(file, Math.max(offset - OVERLAP_BYTES, 0), offset);
    return { offset, hasher, overlap };
  }

  #fromTheBeginning(): Start {
    return { offset: 0, hasher: this.#newHasher(), overlap: NO_BYTES };
  }

  async #fetchPart(part: PartFile, start: Start): Promise<TransferResult> {
    await part.continueAt(start.offset);
    const complete = start.offset === this.#size && start.overlap.length === 0 && start.offset > 0;
    const moved = complete ? 0 : await this.#fetch(fileSink(part.file), start, true);
    const result = await this.#prove(start.offset, moved, start.hasher);
    part.publish(await this.#modified);
    return result;
  }

  /** @returns how many bytes after `start.offset` the sink took */
  async #fetch(sink: ByteSink, start: Start, salvage: boolean): Promise<number> {
    const { overlap, offset, hasher } = start;
    if (this.#algorithm !== undefined && offset === 0 && (this.#size ?? 0) >= ANNOUNCED_BYTES) {
      await announceDigest(this.#peer, this.#algorithm, this.#options.signal);
    }
    try {
      const moved = await exchangeData(this.#peer, {
        command: `RETR ${this.#path}`,
        direction: "in",
        offset: offset - overlap.length,
        expectedBytes: (this.#size ?? offset) - offset,
        // What was there may turn out to be another file's: then all of it is fetched again.
        onFree: offset === 0 ? handOverOf(this.#options, this.#size) : undefined,
        completionMs: patienceFor(this.#peer, 0),
        signal: this.#options.signal,
        move: async (stream, signal) => {
          const bounded = boundedSource(stream, this.#peer.limits.stalledMs, signal);
          if (!await goesOnAfter(bounded, overlap)) return undefined;
          const expected = { path: this.#path, size: this.#size, offset };
          return await move(endingSource(stream, expected, this.#peer), sink, {
            options: this.#options,
            stalledMs: this.#peer.limits.stalledMs,
            signal,
            hasher,
            doneBytes: offset,
            totalBytes: this.#size,
            salvage,
          });
        },
      });
      // The file is shorter than what was kept of it, and the server's final reply is no other reason.
      if (moved === undefined) throw new OtherContent();
      return moved;
    } catch (error) {
      // A server that cannot restart says so to REST; then everything is fetched.
      const restart = error instanceof Refused && error.command.startsWith("REST ");
      throw restart && salvage ? new OtherContent() : error;
    }
  }

  async #prove(
    offset: number,
    movedBytes: number,
    hasher: Hasher | undefined,
  ): Promise<TransferResult> {
    const size = offset + movedBytes;
    const expected = this.#size;
    if (expected !== undefined && size < expected) {
      throw new ContentDiffers(this.#path, "size", `${size} bytes`, `${expected} bytes`);
    }
    const proven = await verify(this.#peer, this.#path, {
      options: this.#options,
      hasher,
      algorithm: this.#algorithm,
      size,
      remoteSize: () => Promise.resolve(expected),
    });
    return { size, movedBytes, resumedFrom: offset, ...proven, elapsedMs: this.#elapsedMs() };
  }

  #wasThere({ verified, hasher, algorithm }: Relation): TransferResult {
    const size = this.#size ?? 0;
    const digest = digestOf(hasher, algorithm);
    const elapsedMs = this.#elapsedMs();
    return { size, movedBytes: 0, resumedFrom: size, verified, digest, elapsedMs };
  }

  #newHasher(): Hasher | undefined {
    return this.#algorithm && createHasher(this.#algorithm);
  }

  #elapsedMs(): number {
    return performance.now() - this.#startedMs;
  }
}

/** Whether a listing told the time as exactly as MDTM would. */
function tellsSeconds(entry: RemoteEntry | undefined): entry is RemoteEntry {
  return entry?.modifiedExactToMs !== undefined && entry.modifiedExactToMs <= 1000;
}

/** Whether the source goes on after the expected bytes. @throws OtherContent when it begins with others */
async function goesOnAfter(source: ByteSource, expected: Uint8Array): Promise<boolean> {
  const read = new Uint8Array(expected.length);
  const length = await readFully(source, read);
  if (read.subarray(0, length).some((byte, at) => byte !== expected[at])) throw new OtherContent();
  return length === expected.length;
}
