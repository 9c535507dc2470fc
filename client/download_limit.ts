// Downloads that end: a server that sends on and on does not fill the disk.

import type { ByteSource } from "../shared/byte_stream.ts";
import { limitedLength } from "./bounded_read.ts";
import { ContentDiffers } from "./failure.ts";
import type { Peer } from "./peer.ts";

/** A file may grow while it is fetched; by more than that it is no longer the one that was asked for. */
const GROWTH_BYTES = 16 * 1024 * 1024;

/** What is known about a file that is fetched. */
export interface ExpectedFile {
  readonly path: string;
  /** Bytes that may come at most where all is right; `undefined` where the server tells no size. */
  readonly size: number | undefined;
  /** First byte that is fetched; default 0. */
  readonly offset?: number;
}

/**
 * A source of no more than the expected file, with some room for one that grows.
 *
 * SECURITY: the size that counts is the one the server told before, or a limit of ours.
 *
 * @throws ContentDiffers (while it is read) when there is more
 */
export function endingSource(
  source: ByteSource,
  { path, size, offset = 0 }: ExpectedFile,
  { limits: { untoldBytes } }: Pick<Peer, "limits">,
): ByteSource {
  const limitBytes = size === undefined ? untoldBytes : size + GROWTH_BYTES;
  const there = size === undefined ? `at most ${limitBytes} bytes` : `${size} bytes`;
  return limitedLength(
    source,
    limitBytes - offset,
    () => new ContentDiffers(path, "size", `more than ${limitBytes} bytes`, there),
  );
}
