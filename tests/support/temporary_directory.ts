// A directory that is gone when the test is over.

/** An empty directory of the test's own. */
export interface TemporaryDirectory extends AsyncDisposable {
  /** Absolute host path, without links in it. */
  readonly path: string;
}

/**
 * Makes one; `await using` removes it with everything in it.
 *
 * @param parent where, e.g. a tmpfs; the system's place for temporary files otherwise.
 */
export async function temporaryDirectory(parent?: string): Promise<TemporaryDirectory> {
  const made = await Deno.makeTempDir({
    prefix: "ftp-test-",
    ...(parent === undefined ? {} : { dir: parent }),
  });
  const path = await Deno.realPath(made);
  return {
    path,
    async [Symbol.asyncDispose]() {
      await Deno.remove(path, { recursive: true });
    },
  };
}
