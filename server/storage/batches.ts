// What comes some at a time, since a step of an asynchronous iteration costs more than one of what it brings.

/** Those of each batch that `isKept` wants; a batch of which nothing is left is left out. */
export async function* kept<T>(
  batches: AsyncIterable<readonly T[]>,
  isKept: (one: T) => boolean,
): AsyncGenerator<readonly T[]> {
  for await (const batch of batches) {
    const rest = batch.filter(isKept);
    if (rest.length > 0) yield rest;
  }
}
