// A file system with room for a megabyte or two: a tmpfs where this process may mount one.

import { temporaryDirectory } from "./temporary_directory.ts";

/** A directory on a file system of its own. */
export interface TinyDisk extends AsyncDisposable {
  readonly path: string;
}

/** @returns `undefined` where nothing may be mounted: only root may. */
export async function mountTinyDisk(bytes: number): Promise<TinyDisk | undefined> {
  await using stack = new AsyncDisposableStack();
  const { path } = stack.use(await temporaryDirectory());
  if (!await mount(path, bytes)) return undefined;
  stack.defer(() => unmount(path));
  const kept = stack.move();
  return { path, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

/** Lays a file system of its own over a directory. @returns whether that was allowed */
export function mount(path: string, bytes: number): Promise<boolean> {
  return succeeds("mount", "-t", "tmpfs", "-o", `size=${bytes}`, "tmpfs", path);
}

/** Takes it away again. */
export async function unmount(path: string): Promise<void> {
  await succeeds("umount", path);
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
