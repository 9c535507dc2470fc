// A file system with room for a megabyte or two: a tmpfs where this process may mount one.

import { temporaryDirectory } from "./temporary_directory.ts";

/** A directory on a file system of its own. */
export interface TinyDisk extends AsyncDisposable {
  readonly path: string;
}

/** @returns `undefined` where nothing may be mounted: only root may. */
export async function mountTinyDisk(bytes: number): Promise<TinyDisk | undefined> {
  const directory = await temporaryDirectory();
  const mounted = await succeeds(
    "mount",
    "-t",
    "tmpfs",
    "-o",
    `size=${bytes}`,
    "tmpfs",
    directory.path,
  );
  if (!mounted) {
    await directory[Symbol.asyncDispose]();
    return undefined;
  }
  return {
    path: directory.path,
    async [Symbol.asyncDispose]() {
      await succeeds("umount", directory.path);
      await directory[Symbol.asyncDispose]();
    },
  };
}

async function succeeds(program: string, ...args: string[]): Promise<boolean> {
  try {
    const { success } = await new Deno.Command(program, { args, stdout: "null", stderr: "null" })
      .output();
    return success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
