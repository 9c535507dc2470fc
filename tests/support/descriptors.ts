// What this process has open, by its own descriptors (Linux). Tests that run side by side share them.

/** What each descriptor leads to: a path, `socket:[INODE]` and the like. */
export function descriptorTargets(): string[] {
  return Array.from(Deno.readDirSync("/proc/self/fd"), ({ name }) => targetOf(name));
}

/** Nothing for a descriptor that was closed since it was listed. */
function targetOf(name: string): string {
  try {
    return Deno.readLinkSync(`/proc/self/fd/${name}`);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  }
}
