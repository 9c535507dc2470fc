// Lines out of the bytes of a listing, however the network cut them, within limits.

import type { ByteSource } from "../shared/byte_stream.ts";
import { Broken } from "./failure.ts";

/** The longest line of a listing, bytes: a name of 255 characters and its facts fit many times. */
const LINE_LIMIT_BYTES = 16 * 1024;

/** One read: about 500 lines. */
const READ_BYTES = 64 * 1024;

const LF = 10;
const CR = 13;

/**
 * The lines of `source` without their ends (CRLF or LF), in batches as they arrive. A last line without
 * an end counts. Bytes that are no UTF-8 become U+FFFD.
 *
 * @param limitBytes how long all of them may be: a server may not keep us for ever.
 * @throws Broken `protocol` beyond a limit
 */
export async function* textLines(
  source: ByteSource,
  limitBytes: number,
): AsyncGenerator<string[], void, void> {
  const decoder = new TextDecoder();
  const buffer = new Uint8Array(READ_BYTES);
  let kept = new Uint8Array(0);
  let total = 0;
  for (let count = await source.read(buffer); count !== null; count = await source.read(buffer)) {
    total += count;
    if (total > limitBytes) throw new Broken("protocol", "the listing does not end");
    const bytes = joined(kept, buffer.subarray(0, count));
    const lines: string[] = [];
    let at = 0;
    for (let end = bytes.indexOf(LF); end >= 0; end = bytes.indexOf(LF, at)) {
      lines.push(
        decoder.decode(bytes.subarray(at, bytes[end - 1] === CR && end > at ? end - 1 : end)),
      );
      at = end + 1;
    }
    kept = bytes.slice(at);
    if (kept.length > LINE_LIMIT_BYTES) {
      throw new Broken("protocol", "a line of the listing is too long");
    }
    if (lines.length > 0) yield lines;
  }
  if (kept.length > 0) yield [decoder.decode(kept)];
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  if (first.length === 0) return second;
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
