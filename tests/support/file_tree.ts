// Trees of test files: how they are made, and how two of them are compared.

import { createHash } from "node:crypto";
import { dirname, join, relative } from "node:path/posix";

/** The digests of all files below a directory, by their path relative to it. */
export type TreeDigests = Readonly<Record<string, string>>;

/** SHA-256, hexadecimal. */
export function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** Bytes that do not compress and are the same for the same seed. */
export function noise(size: number, seed = 1): Uint8Array<ArrayBuffer> {
  const words = new Uint32Array(Math.ceil(size / 4));
  let state = (seed * 2_654_435_761 >>> 0) || 1;
  for (let at = 0; at < words.length; at++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    words[at] = state >>> 0;
  }
  return new Uint8Array(words.buffer, 0, size);
}

/** Reads the whole tree below `root`. Files whose names start with a dot count too. */
export async function digestTree(root: string): Promise<TreeDigests> {
  const digests: Record<string, string> = {};
  const open = [root];
  for (let directory = open.pop(); directory !== undefined; directory = open.pop()) {
    for await (const entry of Deno.readDir(directory)) {
      const path = join(directory, entry.name);
      if (entry.isDirectory) open.push(path);
      else digests[relative(root, path)] = sha256(await Deno.readFile(path));
    }
  }
  return sorted(digests);
}

/** Names as people give them: spaces, umlauts, Chinese, quotes, a leading dash, emoji. */
const FOLDERS = ["plain", "mit Leerzeichen", "Grüße/Übergrößen", "文件夹/图片", "a/b/c/d"];
const NAMES = [
  "readme.txt",
  "two words.bin",
  "Änderung – Größe.dat",
  "报告 最终版.pdf",
  'it\'s "quoted".txt',
  "-leading-dash",
  "semi;colon&amp.txt",
  "naïve café.md",
  "100%.txt",
  "😀.png",
];

/** Writes `count` files of many sizes (0 bytes among them) below `root` and answers their digests. */
export async function writeTree(root: string, count: number): Promise<TreeDigests> {
  const digests: Record<string, string> = {};
  for (let number = 0; number < count; number++) {
    const folder = FOLDERS[number % FOLDERS.length] ?? "";
    const name = NAMES[Math.floor(number / FOLDERS.length) % NAMES.length] ?? "";
    const generation = Math.floor(number / FOLDERS.length / NAMES.length);
    const path = `${folder}/${generation === 0 ? "" : `generation ${generation}/`}${name}`;
    const bytes = noise(number === 0 ? 0 : (number * 7919) % 70_000, number + 1);
    await Deno.mkdir(dirname(join(root, path)), { recursive: true });
    await Deno.writeFile(join(root, path), bytes);
    digests[path] = sha256(bytes);
  }
  return sorted(digests);
}

function sorted(digests: Record<string, string>): TreeDigests {
  return Object.fromEntries(Object.entries(digests).sort(([a], [b]) => a < b ? -1 : 1));
}
