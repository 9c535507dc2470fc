// How much there is to upload, counted while the first files travel already.

import type { Search } from "../found_files.ts";
import { localFacts, walkLocal } from "./local_files.ts";

/** Counts the files at and below host paths. `await using` stops it. */
export function countLocal(paths: readonly string[], search: Search): AsyncDisposable {
  let isStopped = false;
  const count = async () => {
    for (const path of paths) {
      const facts = await localFacts(path);
      if (!facts?.isFolder) search.found(facts?.size);
      else {
        for await (const { kind, path: file } of walkLocal(path)) {
          if (isStopped) return;
          if (kind === "file") search.found((await localFacts(file))?.size);
        }
      }
    }
    search.over();
  };
  // What cannot be read its own transfer reports; the total stays unknown then.
  const counting = count().catch(() => {});
  return {
    [Symbol.asyncDispose]: () => {
      isStopped = true;
      return counting;
    },
  };
}
