// Foreign servers whose Debian packages conflict: .ci/run unpacks them into a cache instead of installing them.

/** Where .ci/run unpacks, as the file system's root would look. */
function unpackedRoot(): string {
  const cache = Deno.env.get("XDG_CACHE_HOME") ?? `${Deno.env.get("HOME") ?? "/tmp"}/.cache`;
  return `${cache}/ftp-ci-peers`;
}

/** The host path of an unpacked file. */
export async function unpacked(path: string): Promise<string> {
  const full = `${unpackedRoot()}/${path}`;
  try {
    await Deno.stat(full);
    return full;
  } catch (error) {
    throw new Error(`"${full}" is missing: .ci/run unpacks it`, { cause: error });
  }
}

/** The environment in which an unpacked program finds its libraries. */
export async function unpackedEnvironment(): Promise<Record<string, string>> {
  const folders: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(`${unpackedRoot()}/usr/lib`)) {
    if (isDirectory && name.endsWith("-linux-gnu")) {
      folders.push(`${unpackedRoot()}/usr/lib/${name}`);
    }
  }
  return { LD_LIBRARY_PATH: folders.join(":") };
}
