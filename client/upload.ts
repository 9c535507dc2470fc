// STOR and APPE from a file or a source: carried on where what is there is proven, and proven at the end.

import type { ByteSource } from "../shared/byte_stream.ts";
import { Fault } from "../shared/fault.ts";
import { createHasher, type HashAlgorithm, type Hasher } from "../shared/hash.ts";
import { boundedSource, readFully } from "./bounded_read.ts";
import { isSameContent } from "./bytes_in_memory.ts";
import type {
  Proof,
  TransferOptions,
  TransferResult,
  UploadOptions,
  UploadSource,
} from "./client.ts";
import { exchangeData } from "./data_exchange.ts";
import { AlreadyThere, Refused } from "./failure.ts";
import { interruptedUpload } from "./interrupted_upload.ts";
import { digestRange, fileSource, openLocal, readRange } from "./local_file.ts";
import { ask, patienceFor, type Peer, useImageType } from "./peer.ts";
import { announceDigest, digestAlgorithmOf } from "./remote_digest.ts";
import { remoteSize, remoteStat } from "./remote_facts.ts";
import { commonPrefix, type LocalFile, relate } from "./resume.ts";
import { setRemoteModified } from "./remote_times.ts";
import { digestOf, handOverOf, move, type Verified, verify } from "./transfer.ts";

/** Uploads one file. @throws what `Client.upload` says */
export async function upload(
  peer: Peer,
  source: UploadSource,
  path: string,
  options: UploadOptions = {},
): Promise<TransferResult> {
  await useImageType(peer, options.signal);
  const upload = new Upload(peer, path, options);
  if ("source" in source) return await upload.fromSource(source.source);
  using file = await openLocal(source.path);
  return await upload.fromFile(file);
}

/** Adds to the end of a remote file. @throws what `Client.append` says */
export async function append(
  peer: Peer,
  source: UploadSource,
  path: string,
  options: TransferOptions = {},
): Promise<TransferResult> {
  await useImageType(peer, options.signal);
  const upload = new Upload(peer, path, { ...options, verify: "never" });
  if ("source" in source) return await upload.append(source.source);
  using file = await openLocal(source.path);
  return await upload.append(fileSource(file));
}

/** Where an upload starts, and what has been digested so far. */
interface Start {
  readonly offset: number;
  /** Has taken the bytes before `offset`, and takes those that are sent. */
  hasher: Hasher | undefined;
  /** All of it is there: nothing is sent. */
  readonly done?: boolean;
  /** What proved that already. */
  readonly verified?: Proof;
}

/** What is read back to see that a remote part is of this file, where no digest can tell. */
const LAST_BLOCK_BYTES = 64 * 1024;

/** The remote file grew while it was looked at. */
class LongerThanTold extends Error {}

class Upload {
  readonly #peer: Peer;
  readonly #path: string;
  readonly #options: UploadOptions;
  readonly #algorithm: HashAlgorithm | undefined;
  readonly #startedMs = performance.now();

  constructor(peer: Peer, path: string, options: UploadOptions) {
    this.#peer = peer;
    this.#path = path;
    this.#options = options;
    this.#algorithm = options.verify === "never" ? undefined : digestAlgorithmOf(peer);
  }

  async fromSource(source: ByteSource): Promise<TransferResult> {
    const existing = this.#options.existing ?? "resume";
    if (existing !== "replace" && await this.#sizeThere() !== undefined) {
      const why = existing === "refuse" ? "refused" : "unproven";
      throw new AlreadyThere("remote", this.#path, why);
    }
    const start = this.#fromTheBeginning();
    const moved = await this.#send("STOR", source, start, {});
    return await this.#prove(start, moved);
  }

  async fromFile(file: Deno.FsFile): Promise<TransferResult> {
    const { size, mtime } = file.statSync();
    // One round trip for what is there and where to send it.
    if (handOverOf(this.#options, size)) this.#peer.data.prepare();
    const start = await this.#startFor({ file, size });
    let moved = 0;
    if (!start.done) {
      this.#options.onSource?.({ size, modifiedMs: mtime?.getTime() });
      const before = start.hasher;
      const source = fileSource(file);
      const rewind = async () => {
        await source.rewind(start.offset);
        start.hasher = before?.fork();
      };
      await rewind();
      moved = await this.#send("STOR", source, start, { totalBytes: size, rewind });
      if (start.offset + moved < size) throw new Fault("truncated", { about: this.#path });
    }
    const result = await this.#prove(start, moved);
    if ((this.#options.preserve ?? true) && mtime) {
      await setRemoteModified(this.#peer, this.#path, mtime.getTime(), this.#options.signal);
    }
    return result;
  }

  async append(source: ByteSource): Promise<TransferResult> {
    const offset = await this.#sizeThere() ?? 0;
    const start: Start = { offset, hasher: undefined };
    const moved = await this.#send("APPE", source, start, {});
    return await this.#prove(start, moved);
  }

  /** Bytes under the remote name, a finished file's or an unfinished upload's; `undefined` for nothing. */
  async #sizeThere(): Promise<number | undefined> {
    const asked = { ...(this.#options.signal && { signal: this.#options.signal }) };
    try {
      return await remoteSize(this.#peer, this.#path, asked) ??
        (await remoteStat(this.#peer, this.#path, asked)).size ?? 0;
    } catch (error) {
      if (error instanceof Refused) return undefined;
      throw error;
    }
  }

  async #startFor(local: LocalFile): Promise<Start> {
    const { signal, onProgress } = this.#options;
    const existing = this.#options.existing ?? "resume";
    if (existing === "replace") return await this.#replacing(local);
    const there = await this.#sizeThere();
    if (there === undefined) return this.#fromTheBeginning();
    if (existing === "refuse") throw new AlreadyThere("remote", this.#path, "refused");
    if (there === 0) return this.#fromTheBeginning();
    const found = await relate(this.#peer, this.#path, local, there, { signal, onProgress });
    switch (found.relation) {
      case "same":
        // All bytes have come, and yet it is not a file: only a STOR makes it one.
        if (await this.#isUnfinished()) return { offset: there, hasher: found.hasher };
        return { offset: there, hasher: found.hasher, done: true, verified: found.verified };
      case "remote-is-prefix":
        return { offset: there, hasher: found.hasher };
      case "unknown":
        return await this.#fromLastBlock(local, there);
      default:
        return await this.#fromUnfinished(local, there);
    }
  }

  /** Over whatever is there; what came of it before it was interrupted does not travel again. */
  async #replacing(local: LocalFile): Promise<Start> {
    const { signal, onProgress } = this.#options;
    const options = { signal, onProgress };
    // Sending a small one again takes less than asking.
    if (handOverOf(this.#options, local.size)) return this.#fromTheBeginning();
    return await interruptedUpload(this.#peer, this.#path, local, options) ??
      this.#fromTheBeginning();
  }

  /** No digest can tell: what is there is carried on when its last block is this file's, in that place. */
  async #fromLastBlock(local: LocalFile, there: number): Promise<Start> {
    const start = Math.max(there - LAST_BLOCK_BYTES, 0);
    const like = there <= local.size &&
      await this.#remoteEndsWith(await readRange(local.file, start, there), start);
    if (!like) {
      // What nobody else can see may be written over.
      if (await this.#isUnfinished()) return this.#fromTheBeginning();
      throw new AlreadyThere("remote", this.#path, "unproven");
    }
    const hasher = this.#newHasher();
    if (hasher) await digestRange(local.file, 0, there, hasher, { signal: this.#options.signal });
    return { offset: there, hasher, done: there === local.size };
  }

  async #remoteEndsWith(expected: Uint8Array, offset: number): Promise<boolean> {
    // One byte more than expected: the end must be where it was told to be.
    const read = new Uint8Array(expected.length + 1);
    try {
      const length = await exchangeData(this.#peer, {
        command: `RETR ${this.#path}`,
        direction: "in",
        offset,
        signal: this.#options.signal,
        move: async (stream, signal) => {
          const source = boundedSource(stream, this.#peer.limits.stalledMs, signal);
          const filled = await readFully(source, read);
          if (filled === read.length) throw new LongerThanTold();
          return filled;
        },
      });
      return isSameContent(expected, read.subarray(0, length));
    } catch (error) {
      if (error instanceof Refused || error instanceof LongerThanTold) return false;
      throw error;
    }
  }

  /**
   * Something else is there. Only an unfinished upload, which no listing shows, may be written over: it goes on
   * from the first block that differs.
   */
  async #fromUnfinished(local: LocalFile, there: number): Promise<Start> {
    const { signal } = this.#options;
    if (!await this.#isUnfinished()) throw new AlreadyThere("remote", this.#path, "different");
    const common = Math.min(there, local.size);
    const offset = await commonPrefix(this.#peer, this.#path, local, common, { signal });
    const hasher = this.#newHasher();
    if (hasher) await digestRange(local.file, 0, offset, hasher, { signal });
    return { offset, hasher };
  }

  async #isUnfinished(): Promise<boolean> {
    if (!this.#peer.features.machineListings) return false;
    try {
      await ask(this.#peer, "MLST", this.#path, { signal: this.#options.signal });
      return false;
    } catch (error) {
      if (error instanceof Refused) return true;
      throw error;
    }
  }

  #fromTheBeginning(): Start {
    return { offset: 0, hasher: this.#newHasher() };
  }

  async #send(
    verb: "STOR" | "APPE",
    source: ByteSource,
    start: Start,
    { totalBytes, rewind }: { totalBytes?: number; rewind?: () => Promise<void> },
  ): Promise<number> {
    const { signal } = this.#options;
    if (this.#algorithm) await announceDigest(this.#peer, this.#algorithm, signal);
    const append = verb === "APPE";
    return await exchangeData(this.#peer, {
      command: `${verb} ${this.#path}`,
      direction: "out",
      offset: append ? 0 : start.offset,
      expectedBytes: (totalBytes ?? start.offset) - start.offset,
      // The server flushes the file to its disk before it says that it has it.
      completionMs: patienceFor(this.#peer, totalBytes),
      signal,
      ...(rewind && { rewind }),
      onFree: handOverOf(this.#options, totalBytes),
      move: (stream, stop) =>
        move(source, stream, {
          options: this.#options,
          stalledMs: this.#peer.limits.stalledMs,
          signal: stop,
          hasher: start.hasher,
          doneBytes: start.offset,
          totalBytes,
          salvage: false,
        }),
    });
  }

  async #prove(start: Start, movedBytes: number): Promise<TransferResult> {
    const size = start.offset + movedBytes;
    const proven = start.verified !== undefined
      ? { verified: start.verified, digest: digestOf(start.hasher, this.#algorithm) }
      : await this.#verify(start, size);
    const elapsedMs = performance.now() - this.#startedMs;
    return { size, movedBytes, resumedFrom: start.offset, ...proven, elapsedMs };
  }

  #verify(start: Start, size: number): Promise<Verified> {
    return verify(this.#peer, this.#path, {
      options: this.#options,
      hasher: start.hasher,
      algorithm: this.#algorithm,
      size,
      remoteSize: () => this.#sizeThere(),
    });
  }

  #newHasher(): Hasher | undefined {
    return this.#algorithm && createHasher(this.#algorithm);
  }
}
