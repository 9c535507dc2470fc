// A small file of the person's own, written anew as a whole.

import { dirname } from "node:path";

/**
 * Writes a file, mode 0600, and its folders where they are missing: whatever happens in between, what is there is
 * the old file or the new one.
 *
 * @throws errors of the local disk
 */
export async function replaceFile(path: string, text: string): Promise<void> {
  await Deno.mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const draft = `${path}.${crypto.randomUUID()}`;
  try {
    await Deno.writeTextFile(draft, text, { mode: 0o600, createNew: true });
    await Deno.rename(draft, path);
  } catch (error) {
    await Deno.remove(draft).catch(() => {});
    throw error;
  }
}
