// A folder that cannot be removed, whoever runs the tests.

import { join } from "node:path";
import { mount, unmount } from "./tiny_disk.ts";

/** Keeps a folder from being removed until it is disposed: something is mounted there, or it is closed. */
export async function keepFromRemoval(path: string): Promise<AsyncDisposable> {
  if (await mount(path, 64 * 1024)) return { [Symbol.asyncDispose]: () => unmount(path) };
  await Deno.writeTextFile(join(path, "file"), "");
  await Deno.chmod(path, 0o500);
  return { [Symbol.asyncDispose]: () => Deno.chmod(path, 0o700) };
}
