// The rules of uploads, finished and unfinished, as tests that any storage backend must pass.

import assert from "node:assert/strict";
import { ROOT } from "../../shared/virtual_path.ts";
import { at, bytes, failsAs, get, interrupt, names, put } from "../support/storage_steps.ts";
import { type Rule, rulesFor, type StorageOnTrial } from "./storage_contract.ts";

/** Registers a test for every rule about uploads, on storages that `open` makes, empty. */
export function uploadContract(backend: string, open: () => Promise<StorageOnTrial>): void {
  const rule = rulesFor(backend, open);
  writingRules(rule);
  resumingRules(rule);
}

function writingRules(rule: Rule) {
  rule("an upload shows under its name when it is committed, not before", async (storage) => {
    await put(storage, "/f", "old");
    await using upload = await storage.write(at("/f"), { mode: "replace" });
    await upload.write(bytes("new content"));
    assert.equal(await get(storage, "/f"), "old");
    const entry = await upload.commit();
    assert.equal(await get(storage, "/f"), "new content");
    assert.deepEqual(entry, await storage.stat(at("/f")));
  });
  rule("an empty upload makes an empty file", async (storage) => {
    assert.equal((await put(storage, "/f", "")).size, 0);
    assert.equal(await get(storage, "/f"), "");
    await put(storage, "/g", "x");
    assert.equal((await put(storage, "/g", [])).size, 0);
  });
  rule("the bytes may be reused once a write is done", async (storage) => {
    await using upload = await storage.write(at("/f"), { mode: "replace" });
    const buffer = bytes("one");
    await upload.write(buffer);
    buffer.fill(0);
    await upload.write(bytes(" two"));
    await upload.commit();
    assert.equal(await get(storage, "/f"), "one two");
  });
  rule("an upload needs a directory that is there and a name for a file", async (storage) => {
    await storage.createDirectory(at("/d"));
    await put(storage, "/f", "x");
    for (const mode of ["replace", "append", "create"] as const) {
      await failsAs("not-found", storage.write(at("/no/f"), { mode }));
      await failsAs("not-found", storage.write(at("/f/g"), { mode }));
      await failsAs("is-a-directory", storage.write(at("/d"), { mode }));
      await failsAs("is-a-directory", storage.write(ROOT, { mode }));
      await failsAs("bad-name", storage.write(at("/" + "n".repeat(256)), { mode }));
    }
  });
  rule("create refuses a name that is taken, at the start and at the end", async (storage) => {
    await put(storage, "/f", "x");
    await failsAs("exists", storage.write(at("/f"), { mode: "create" }));
    await using upload = await storage.write(at("/g"), { mode: "create" });
    await upload.write(bytes("late"));
    await put(storage, "/g", "first");
    await failsAs("exists", upload.commit());
    assert.equal(await get(storage, "/g"), "first");
    await put(storage, "/h", "free", { mode: "create" });
    assert.equal(await get(storage, "/h"), "free");
  });
  rule("append adds to what is there, and begins what is not", async (storage) => {
    await put(storage, "/f", "one ", { mode: "append" });
    await using upload = await storage.write(at("/f"), { mode: "append" });
    assert.equal(upload.offset, 4);
    await upload.write(bytes("two"));
    assert.equal(await get(storage, "/f"), "one ");
    await upload.commit();
    assert.equal(await get(storage, "/f"), "one two");
  });
  rule("uploads to one name at once are independent; the last to finish stays", async (storage) => {
    const uploads = await Promise.all(
      ["a", "b", "c"].map(async (letter) => {
        const upload = await storage.write(at("/f"), { mode: "replace" });
        return { upload, letter };
      }),
    );
    for (let round = 0; round < 5; round++) {
      await Promise.all(uploads.map(({ upload, letter }) => upload.write(bytes(letter))));
    }
    for (const { upload, letter } of uploads) {
      await upload.commit();
      assert.equal(await get(storage, "/f"), letter.repeat(5));
    }
    assert.deepEqual(await names(storage), ["f"]);
    assert.equal(await storage.unfinished(at("/f")), undefined);
  });
  rule("an upload that cannot fit is refused before it begins", async (storage) => {
    const announcedSize = await storage.space() * 2;
    await failsAs("no-space", storage.write(at("/f"), { mode: "replace", announcedSize }));
    await put(storage, "/f", "x", { mode: "replace", announcedSize: 1 });
  });
}

function resumingRules(rule: Rule) {
  rule("an interrupted upload is kept and leaves the old file alone", async (storage) => {
    await put(storage, "/f", "old");
    assert.equal(await storage.unfinished(at("/f")), undefined);
    await interrupt(storage, "/f", "new con");
    assert.equal(await storage.unfinished(at("/f")), 7);
    assert.equal(await get(storage, "/f"), "old");
  });
  rule("an upload goes on where it stopped", async (storage) => {
    await interrupt(storage, "/f", "one ");
    await interrupt(storage, "/f", "two ", { mode: "replace", offset: 4 });
    assert.equal(await storage.unfinished(at("/f")), 8);
    await failsAs("not-found", storage.stat(at("/f")));
    await put(storage, "/f", "three", { mode: "replace", offset: 8 });
    assert.equal(await get(storage, "/f"), "one two three");
    assert.equal(await storage.unfinished(at("/f")), undefined);
  });
  rule("an earlier offset throws away what follows it", async (storage) => {
    await interrupt(storage, "/f", "one wrong");
    await put(storage, "/f", "two", { mode: "replace", offset: 4 });
    assert.equal(await get(storage, "/f"), "one two");
  });
  rule("an offset beyond what is there is refused and harms nothing", async (storage) => {
    await failsAs("bad-restart", storage.write(at("/f"), { mode: "replace", offset: 1 }));
    await interrupt(storage, "/f", "four");
    await failsAs("bad-restart", storage.write(at("/f"), { mode: "replace", offset: 5 }));
    assert.equal(await storage.unfinished(at("/f")), 4);
    await put(storage, "/g", "four");
    await failsAs("bad-restart", storage.write(at("/g"), { mode: "replace", offset: 5 }));
    assert.equal(await get(storage, "/g"), "four");
  });
  rule("without an unfinished upload the offset is the file's own", async (storage) => {
    await put(storage, "/f", "one old");
    await using upload = await storage.write(at("/f"), { mode: "replace", offset: 4 });
    await upload.write(bytes("new!"));
    assert.equal(await get(storage, "/f"), "one old");
    await upload.commit();
    assert.equal(await get(storage, "/f"), "one new!");
  });
  rule("an offset is the file's own though an upload of it is unfinished", async (storage) => {
    await put(storage, "/f", "one old");
    await interrupt(storage, "/f", "another beginning");
    await failsAs("bad-restart", storage.write(at("/f"), { mode: "replace", offset: 8 }));
    await put(storage, "/f", "new!", { mode: "replace", offset: 4 });
    assert.equal(await get(storage, "/f"), "one new!");
    assert.equal(await storage.unfinished(at("/f")), undefined);
  });
  rule(
    "an unfinished replacement is proven and carried on when asked for by name",
    async (storage) => {
      await put(storage, "/f", "old");
      await interrupt(storage, "/f", "one ");
      const digest = (base?: "unfinished") => storage.digest(at("/f"), "CRC32", { base });
      assert.notEqual(await digest(), await digest("unfinished"));
      const carriesOn = { mode: "replace", base: "unfinished" } as const;
      await failsAs("bad-restart", storage.write(at("/f"), { ...carriesOn, offset: 5 }));
      await interrupt(storage, "/f", "two ", { ...carriesOn, offset: 4 });
      await put(storage, "/f", "three", { mode: "append", base: "unfinished" });
      assert.equal(await get(storage, "/f"), "one two three");
      await failsAs("bad-restart", storage.write(at("/f"), { ...carriesOn, offset: 4 }));
      await failsAs("not-found", digest("unfinished"));
      await put(storage, "/f", "whole again", carriesOn);
    },
  );
  rule("append carries an unfinished upload on where there is no file", async (storage) => {
    await interrupt(storage, "/f", "one ");
    await put(storage, "/f", "two", { mode: "append" });
    assert.equal(await get(storage, "/f"), "one two");
  });
  rule("append onto a file does not look at an unfinished upload", async (storage) => {
    await put(storage, "/f", "file ");
    await interrupt(storage, "/f", "unfinished");
    await put(storage, "/f", "more", { mode: "append" });
    assert.equal(await get(storage, "/f"), "file more");
    assert.equal(await storage.unfinished(at("/f")), undefined);
  });
  rule("an interrupted append or restart can be carried on like any upload", async (storage) => {
    await put(storage, "/f", "one ");
    await interrupt(storage, "/f", "two ", { mode: "append" });
    assert.equal(await storage.unfinished(at("/f")), 8);
    assert.equal(await get(storage, "/f"), "one ");
    await interrupt(storage, "/f", "three", { mode: "replace", offset: 4 });
    assert.equal(await storage.unfinished(at("/f")), 9);
    await put(storage, "/f", "!", { mode: "replace", offset: 9, base: "unfinished" });
    assert.equal(await get(storage, "/f"), "one three!");
  });
  rule(
    "a commit that nobody waits for any more publishes nothing and keeps what came",
    async (storage) => {
      await put(storage, "/f", "old");
      {
        await using upload = await storage.write(at("/f"), { mode: "replace" });
        await upload.write(bytes("new content"));
        await failsAs("aborted", upload.commit(AbortSignal.abort("the peer is gone")));
      }
      assert.equal(await get(storage, "/f"), "old");
      await put(storage, "/f", "!", { mode: "replace", offset: 11, base: "unfinished" });
      assert.equal(await get(storage, "/f"), "new content!");
    },
  );
  rule("an upload interrupted before its first byte leaves what was there", async (storage) => {
    await put(storage, "/g", "file");
    for (const mode of ["replace", "append"] as const) {
      await interrupt(storage, "/f", "", { mode });
      await interrupt(storage, "/g", "", { mode });
    }
    await interrupt(storage, "/g", "", { mode: "replace", offset: 2 });
    assert.equal(await storage.unfinished(at("/f")), undefined);
    assert.equal(await storage.unfinished(at("/g")), undefined);
    await interrupt(storage, "/f", "kept");
    await interrupt(storage, "/f", "");
    await interrupt(storage, "/f", "", { mode: "replace", offset: 4 });
    assert.equal(await storage.unfinished(at("/f")), 4);
  });
  rule("one unfinished upload of a name is kept: the last", async (storage) => {
    await interrupt(storage, "/f", "the first and longest");
    await interrupt(storage, "/f", "second");
    assert.equal(await storage.unfinished(at("/f")), 6);
    await put(storage, "/f", "!", { mode: "replace", offset: 6 });
    assert.equal(await get(storage, "/f"), "second!");
  });
  rule("a committed upload ends what was unfinished of its name", async (storage) => {
    await interrupt(storage, "/f", "unfinished");
    await put(storage, "/f", "whole");
    assert.equal(await storage.unfinished(at("/f")), undefined);
    await put(storage, "/f", "!", { mode: "replace", offset: 5 });
    assert.equal(await get(storage, "/f"), "whole!");
  });
  rule("an upload under way is not an unfinished one", async (storage) => {
    await using upload = await storage.write(at("/f"), { mode: "replace" });
    await upload.write(bytes("moving"));
    assert.equal(await storage.unfinished(at("/f")), undefined);
    await failsAs("bad-restart", storage.write(at("/f"), { mode: "replace", offset: 3 }));
    await upload.commit();
  });
  rule("a discarded upload leaves nothing, and ends", async (storage) => {
    await interrupt(storage, "/f", "kept");
    await using upload = await storage.write(at("/f"), { mode: "replace", offset: 4 });
    await upload.write(bytes("more"));
    await upload.discard();
    assert.equal(await storage.unfinished(at("/f")), undefined);
    await failsAs("aborted", upload.write(bytes("late")));
    await failsAs("aborted", upload.commit());
  });
}
