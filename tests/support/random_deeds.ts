// What a session does with files, by chance: always the same for the same seed.

import { isFault } from "../../shared/fault.ts";
import type { Storage } from "../../server/storage/storage.ts";
import { at, interrupt, put } from "./storage_steps.ts";

/** While a file is replaced, and after that broke off, both versions are there: at most so many bytes. */
export const LARGEST = 4000;
const NAMES = ["/a", "/b", "/c", "/d", "/e"];

/** One thing that a session does, by chance. */
export async function act(storage: Storage, random: (below: number) => number): Promise<void> {
  const path = NAMES[random(NAMES.length)] ?? "/a";
  const other = NAMES[random(NAMES.length)] ?? "/b";
  const content = "x".repeat(random(LARGEST));
  const half = [content.slice(0, content.length / 2), content.slice(content.length / 2)];
  const deeds: (() => Promise<unknown>)[] = [
    () => put(storage, path, half),
    () => put(storage, path, half, { mode: "replace", digest: "MD5" }),
    () => put(storage, path, content.slice(0, 500), { mode: "append" }),
    () => interrupt(storage, path, content),
    () => interrupt(storage, path, content.slice(0, 300), { mode: "append", base: "unfinished" }),
    () => put(storage, path, half, { mode: "replace", announcedSize: content.length }),
    () => put(storage, path, "end", { mode: "replace", offset: 100 }),
    () => storage.removeFile(at(path)),
    () => storage.rename(at(path), at(other)),
    () => storage.forget(at(path)),
  ];
  try {
    await deeds[random(deeds.length)]?.();
  } catch (error) {
    const usual = ["not-found", "over-quota", "bad-restart"] as const;
    if (!usual.some((kind) => isFault(error, kind))) throw error;
  }
}

/** Numbers from 0 on below what is asked. */
export function randomNumbers(seed: number): (below: number) => number {
  let state = Math.imul(seed, 0x9e3779b1) >>> 0 || 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state = (state ^ (state << 5)) >>> 0;
    return state % below;
  };
}
