// What need not be there: that a file or folder is missing is an answer, and no failure.

/**
 * What `work` gives; `undefined` where a file or folder that it names is not there.
 *
 * @throws whatever else `work` throws
 */
export function ifThere<T>(work: () => Promise<T>): Promise<T | undefined>;
export function ifThere<T>(work: () => T): T | undefined;
export function ifThere<T>(work: () => T | Promise<T>): T | Promise<T | undefined> | undefined {
  try {
    const given = work();
    return given instanceof Promise ? given.catch(unlessMissing) : given;
  } catch (error) {
    return unlessMissing(error);
  }
}

/** By its class, as the runtime's own calls tell it, or by its code, as node's do. */
function unlessMissing(error: unknown): undefined {
  const isMissing = error instanceof Deno.errors.NotFound ||
    (error instanceof Error && "code" in error && error.code === "ENOENT");
  if (!isMissing) throw error;
}
