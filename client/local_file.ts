// Parts of local files: read, digested, compared, in constant memory.

import type { ByteSink, ByteSource } from "../shared/byte_stream.ts";
import { Fault } from "../shared/fault.ts";
import type { Hasher } from "../shared/hash.ts";
import { ifThere } from "../shared/if_there.ts";
import { NotRegular } from "./failure.ts";

/** One read of a file: large enough that its fixed costs do not count. */
const READ_BYTES = 1024 * 1024;

/** What a walk over a file may be told. */
export interface WalkOptions {
  readonly signal?: AbortSignal | undefined;
  /** Bytes of the part walked so far. */
  readonly onWalked?: ((bytes: number) => void) | undefined;
}

/** Opens a file for reading. @throws NotRegular, errors of the local disk */
export async function openLocal(path: string): Promise<Deno.FsFile> {
  demandRegular(path, Deno.statSync(path));
  return await Deno.open(path, { read: true });
}

/** What a path leads to; `undefined` for nothing. */
export function statOrNothing(path: string): Deno.FileInfo | undefined {
  return ifThere(() => Deno.statSync(path));
}

/**
 * Refuses pipes, devices and sockets: a pipe without another end is opened for ever, and no signal ends that.
 * What is wrong with a folder says whoever reads it.
 *
 * @throws NotRegular
 */
export function demandRegular(path: string, { isFile, isDirectory }: Deno.FileInfo): void {
  if (!isFile && !isDirectory) throw new NotRegular(path);
}

/**
 * Adds the bytes from `start` to `end` of an open file to digests; moves the file's position.
 *
 * @throws Fault `truncated` when the file is shorter, `aborted`
 */
export async function digestRange(
  file: Deno.FsFile,
  start: number,
  end: number,
  hasher: Hasher,
  options: WalkOptions = {},
): Promise<void> {
  const buffer = new Uint8Array(Math.min(READ_BYTES, Math.max(end - start, 1)));
  await file.seek(start, Deno.SeekMode.Start);
  let at = start;
  while (at < end) {
    if (options.signal?.aborted) throw new Fault("aborted", { cause: options.signal.reason });
    const count = await file.read(buffer.subarray(0, Math.min(buffer.length, end - at)));
    if (count === null) throw new Fault("truncated");
    hasher.update(buffer.subarray(0, count));
    at += count;
    options.onWalked?.(at - start);
  }
}

/** Exactly the bytes from `start` to `end`. @throws Fault `truncated` when the file is shorter */
export async function readRange(
  file: Deno.FsFile,
  start: number,
  end: number,
): Promise<Uint8Array> {
  const bytes = new Uint8Array(end - start);
  await file.seek(start, Deno.SeekMode.Start);
  let filled = 0;
  while (filled < bytes.length) {
    const count = await file.read(bytes.subarray(filled));
    if (count === null) throw new Fault("truncated");
    filled += count;
  }
  return bytes;
}

/**
 * So much is read or written at once, by a call that waits for it: a thread of its own costs more. A transfer that
 * is fast uses larger buffers before long, and those are left to a thread.
 */
const SYNC_BYTES = 32 * 1024;

/** A file as a source that can start once more. */
export interface FileSource extends ByteSource {
  /**
   * Reads go on from here. It waits for one that is under way, left by a transfer that was given up: that one would
   * take bytes of the next transfer and nobody would miss them.
   */
  rewind(position: number): Promise<void>;
}

/** An open file, from its position on, as a source. */
export function fileSource(file: Deno.FsFile): FileSource {
  let reading: Promise<unknown> = Promise.resolve();
  return {
    async read(into) {
      const bytes = into as Uint8Array<ArrayBuffer>;
      if (into.length <= SYNC_BYTES) return file.readSync(bytes);
      const count = file.read(bytes);
      reading = count.catch(() => {});
      return await count;
    },
    async rewind(position) {
      await reading;
      file.seekSync(position, Deno.SeekMode.Start);
    },
  };
}

/** An open file, from its position on, as a sink. */
export function fileSink(file: Deno.FsFile): ByteSink {
  return {
    write: async (bytes) => {
      for (let written = 0; written < bytes.length;) {
        const rest = bytes.subarray(written) as Uint8Array<ArrayBuffer>;
        written += rest.length <= SYNC_BYTES ? file.writeSync(rest) : await file.write(rest);
      }
    },
  };
}
