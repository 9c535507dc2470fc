// Short words for what storage tests do again and again: put, get, names, fault kinds.

import assert from "node:assert/strict";
import { type FaultKind, isFault } from "../../shared/fault.ts";
import { resolvePath, ROOT, type VirtualPath } from "../../shared/virtual_path.ts";
import type { Storage, Upload, WriteOptions } from "../../server/storage/storage.ts";
import type { Entry } from "../../shared/entry.ts";

/** The virtual path of a text that is one. */
export function at(text: string): VirtualPath {
  const path = resolvePath(ROOT, text);
  if (!path.ok) throw new Error(path.why);
  return path.value;
}

/** The bytes of a text. */
export function bytes(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

/** Bytes in which no two places look alike. */
export function patternBytes(length: number, seed = 1): Uint8Array<ArrayBuffer> {
  const pattern = new Uint8Array(length);
  let state = seed >>> 0 || 1;
  for (let index = 0; index < length; index++) {
    state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + index >>> 0;
    pattern[index] = state >>> 24;
  }
  return pattern;
}

/** Uploads and commits; `content` may come in several pieces. */
export async function put(
  storage: Storage,
  path: string,
  content: string | Uint8Array | readonly string[],
  options: WriteOptions = { mode: "replace" },
): Promise<Entry> {
  await using upload = await storage.write(at(path), options);
  await feed(upload, content);
  return await upload.commit();
}

/** Begins an upload and leaves it at that. */
export async function interrupt(
  storage: Storage,
  path: string,
  content: string,
  options: WriteOptions = { mode: "replace" },
): Promise<void> {
  await using upload = await storage.write(at(path), options);
  await feed(upload, content);
}

async function feed(upload: Upload, content: string | Uint8Array | readonly string[]) {
  for (const piece of typeof content === "string" ? [content] : pieces(content)) {
    await upload.write(typeof piece === "string" ? bytes(piece) : piece);
  }
}

function pieces(content: Uint8Array | readonly string[]): readonly (string | Uint8Array)[] {
  return content instanceof Uint8Array ? [content] : content;
}

/** The bytes of a file from `offset` on. */
export async function getBytes(storage: Storage, path: string, offset = 0): Promise<Uint8Array> {
  await using file = await storage.read(at(path), offset);
  const parts: Uint8Array<ArrayBuffer>[] = [];
  for (;;) {
    const buffer = new Uint8Array(64 * 1024);
    const count = await file.read(buffer);
    if (count === null) break;
    parts.push(buffer.subarray(0, count));
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

/** The text of a file from `offset` on. */
export async function get(storage: Storage, path: string, offset = 0): Promise<string> {
  return new TextDecoder().decode(await getBytes(storage, path, offset));
}

/** The entries in a directory, in no order. */
export async function entries(storage: Storage, path = "/"): Promise<Entry[]> {
  return (await Array.fromAsync(storage.list(at(path)))).flat();
}

/** The names in a directory, sorted; they are the same whether entries or names alone are asked for. */
export async function names(storage: Storage, path = "/"): Promise<string[]> {
  const listed = (await entries(storage, path)).map(({ name }) => name).sort();
  const named = (await Array.fromAsync(storage.names(at(path)))).flat().sort();
  assert.deepEqual(named, listed);
  return listed;
}

/** Asserts that `work` fails as a fault of this kind. */
export async function failsAs(kind: FaultKind, work: Promise<unknown>): Promise<void> {
  await assert.rejects(work, (error) => {
    if (!isFault(error)) throw error;
    assert.equal(error.kind, kind, error.message);
    return true;
  });
}
