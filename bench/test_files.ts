// Files with the load generator's pattern in them: what a download is compared with.

import { createHash } from "node:crypto";

const BLOCK_BYTES = 1 << 20;

/** Writes a file of `bytes` bytes: the block of `load/session.c`, again and again. */
export async function writePattern(path: string, bytes: number): Promise<void> {
  const block = patternBlock();
  function* blocks() {
    for (let left = bytes; left > 0; left -= BLOCK_BYTES) {
      yield block.subarray(0, Math.min(left, BLOCK_BYTES));
    }
  }
  await Deno.writeFile(path, ReadableStream.from(blocks()), { createNew: true });
}

/** Makes a directory of so many empty files. */
export async function makeCrowd(directory: string, names: number): Promise<void> {
  await Deno.mkdir(directory);
  await Deno.chmod(directory, 0o755);
  for (let at = 0; at < names; at++) {
    Deno.openSync(`${directory}/file-${at}`, { write: true, createNew: true }).close();
  }
}

/** The SHA-256 of a file, hexadecimal. */
export async function digestOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  using file = await Deno.open(path);
  const buffer = new Uint8Array(BLOCK_BYTES);
  for (let got = await file.read(buffer); got !== null; got = await file.read(buffer)) {
    hash.update(buffer.subarray(0, got));
  }
  return hash.digest("hex");
}

/** xorshift64 from a fixed start, little endian, as the C program computes it. */
function patternBlock(): Uint8Array<ArrayBuffer> {
  const mask = (1n << 64n) - 1n;
  const words = new BigUint64Array(BLOCK_BYTES / 8);
  let state = 88172645463325252n;
  for (let at = 0; at < words.length; at++) {
    state ^= (state << 13n) & mask;
    state ^= state >> 7n;
    state ^= (state << 17n) & mask;
    words[at] = state;
  }
  return new Uint8Array(words.buffer);
}
