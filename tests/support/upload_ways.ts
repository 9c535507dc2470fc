// The ways an upload can go about replacing a file, for tests that break each of them at every point.

import type { Storage } from "../../server/storage/storage.ts";
import { at, interrupt, put } from "./storage_steps.ts";

/** What `/f` holds before. */
export const OLD_CONTENT = "old content";

/** A way to replace `/f`, and what is there when it worked. */
export interface UploadWay {
  run(storage: Storage): Promise<unknown>;
  readonly gives: string;
}

/** By name. */
export const UPLOAD_WAYS: Readonly<Record<string, UploadWay>> = {
  "a new upload": {
    run: (storage) => put(storage, "/f", ["new", " content"]),
    gives: "new content",
  },
  "an append": {
    run: (storage) => put(storage, "/f", " and more", { mode: "append" }),
    gives: "old content and more",
  },
  "a restart over the file": {
    run: (storage) => put(storage, "/f", "words", { mode: "replace", offset: 4 }),
    gives: "old words",
  },
  "a resumed upload": {
    run: async (storage) => {
      await interrupt(storage, "/f", "new");
      const offset = await storage.unfinished(at("/f")) ?? 0;
      const options = { mode: "replace", offset, base: "unfinished" } as const;
      await put(storage, "/f", "new content".slice(offset), options);
    },
    gives: "new content",
  },
  "a digested upload": {
    run: (storage) => put(storage, "/f", "new content", { mode: "replace", digest: "MD5" }),
    gives: "new content",
  },
};

/** Ways to upload straight under the name; what is kept of the old file, where there is one. */
export const DIRECT_WAYS: Readonly<Record<string, UploadWay & { readonly keeps?: string }>> = {
  "a new file": {
    run: (storage) => put(storage, "/f", ["new", " content"], { mode: "create" }),
    gives: "new content",
  },
  "a new upload": {
    run: (storage) => put(storage, "/f", ["new", " content"]),
    gives: "new content",
    keeps: "",
  },
  "an append": {
    run: (storage) => put(storage, "/f", " and more", { mode: "append" }),
    gives: "old content and more",
    keeps: OLD_CONTENT,
  },
  "a restart over the file": {
    run: (storage) => put(storage, "/f", "words", { mode: "replace", offset: 4 }),
    gives: "old words",
    keeps: "old ",
  },
};
