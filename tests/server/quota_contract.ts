// The rules of quotas, as tests that any storage backend must pass.

import assert from "node:assert/strict";
import type { Storage } from "../../server/storage/storage.ts";
import type { Limit } from "../support/trial_quota.ts";
import {
  at,
  bytes,
  failsAs,
  get,
  interrupt,
  names,
  patternBytes,
  put,
} from "../support/storage_steps.ts";
import type { StorageOnTrial } from "./storage_contract.ts";

/** Registers a test for every rule about quotas, on empty storages that `open` makes with limits. */
export function quotaContract(
  backend: string,
  open: (limit: Limit) => Promise<StorageOnTrial>,
): void {
  const rule: Rule = (sentence, limit, body) =>
    Deno.test(`${backend}: ${sentence}`, async () => {
      await using trial = await open(limit);
      await body(trial.storage);
    });
  countingRules(rule);
  limitRules(rule);
}

type Rule = (sentence: string, limit: Limit, body: (storage: Storage) => Promise<void>) => void;

async function usedIs(storage: Storage, bytes: number, files: number): Promise<void> {
  assert.deepEqual((await storage.quota())?.used, { bytes, files });
}

function countingRules(rule: Rule) {
  rule("without limits nothing is counted", {}, async (storage) => {
    await put(storage, "/f", "four");
    assert.equal(await storage.quota(), undefined);
  });
  rule(
    "used and limit are told, and what still fits",
    { bytes: 100, files: 7 },
    async (storage) => {
      assert.deepEqual(await storage.quota(), {
        used: { bytes: 0, files: 0 },
        limit: { bytes: 100, files: 7 },
      });
      await put(storage, "/f", "four");
      await usedIs(storage, 4, 1);
      assert.equal(await storage.space(), 96);
    },
  );
  rule(
    "what is written over, removed or renamed over is given back",
    { bytes: 100 },
    async (storage) => {
      await put(storage, "/f", "a long content");
      await put(storage, "/f", "short");
      await usedIs(storage, 5, 1);
      await put(storage, "/f", "er", { mode: "append" });
      await usedIs(storage, 7, 1);
      await put(storage, "/f", "T", { mode: "replace", offset: 2 });
      await usedIs(storage, 3, 1);
      await put(storage, "/g", "gone");
      await usedIs(storage, 7, 2);
      await storage.rename(at("/f"), at("/g"));
      await usedIs(storage, 3, 1);
      await storage.rename(at("/g"), at("/h"));
      await usedIs(storage, 3, 1);
      await storage.removeFile(at("/h"));
      await usedIs(storage, 0, 0);
    },
  );
  rule(
    "directories count for nothing, wherever they go",
    { bytes: 100, files: 1 },
    async (storage) => {
      await storage.createDirectory(at("/d"));
      await storage.createDirectory(at("/e"));
      await put(storage, "/d/f", "four");
      await storage.rename(at("/d"), at("/e/d"));
      await usedIs(storage, 4, 1);
      await storage.removeFile(at("/e/d/f"));
      await storage.removeDirectory(at("/e/d"));
      await usedIs(storage, 0, 0);
    },
  );
  rule("an unfinished upload counts until it is finished, replaced or forgotten", {
    bytes: 100,
  }, async (storage) => {
    await interrupt(storage, "/f", "half");
    await usedIs(storage, 4, 1);
    await interrupt(storage, "/f", " a", { mode: "replace", offset: 4 });
    await usedIs(storage, 6, 1);
    await put(storage, "/f", " file", { mode: "append" });
    await usedIs(storage, 11, 1);
    await interrupt(storage, "/g", "another");
    await usedIs(storage, 18, 2);
    await interrupt(storage, "/g", "x");
    await usedIs(storage, 12, 2);
    await put(storage, "/g", "whole");
    await usedIs(storage, 16, 2);
    await interrupt(storage, "/h", "forgotten");
    await storage.forget(at("/h"));
    await usedIs(storage, 16, 2);
  });
  rule("an upload counts while it runs, and not any more once it is discarded", {
    bytes: 100,
  }, async (storage) => {
    await using upload = await storage.write(at("/f"), { mode: "replace" });
    await upload.write(bytes("four"));
    await usedIs(storage, 4, 1);
    await upload.discard();
    await usedIs(storage, 0, 0);
  });
}

function limitRules(rule: Rule) {
  rule("an upload over the quota is refused, the old file stays, nothing else does", {
    bytes: 20,
  }, async (storage) => {
    await put(storage, "/f", "old");
    await failsAs("over-quota", put(storage, "/f", ["0123456789", "0123456789", "!"]));
    assert.equal(await get(storage, "/f"), "old");
    assert.equal(await storage.unfinished(at("/f")), undefined);
    await usedIs(storage, 3, 1);
    await failsAs("over-quota", put(storage, "/g", "012345678901234567"));
    await put(storage, "/g", "01234567890123456");
    await usedIs(storage, 20, 2);
    assert.equal(await storage.space(), 0);
    await put(storage, "/empty", "");
  });
  rule("an append and a resumed upload over the quota leave what was there before", {
    bytes: 20,
  }, async (storage) => {
    await put(storage, "/f", "0123456789");
    await failsAs("over-quota", put(storage, "/f", "0123456789!", { mode: "append" }));
    assert.equal(await get(storage, "/f"), "0123456789");
    await interrupt(storage, "/g", "half");
    await failsAs("over-quota", put(storage, "/g", ["12345", "67"], { mode: "append" }));
    assert.equal(await storage.unfinished(at("/g")), 4);
    await usedIs(storage, 14, 2);
    await put(storage, "/g", "123456", { mode: "append" });
    await usedIs(storage, 20, 2);
  });
  rule("what is announced and cannot fit is refused at once", { bytes: 20 }, async (storage) => {
    await put(storage, "/f", "0123456789");
    const announce = (path: string, announcedSize: number) =>
      storage.write(at(path), { mode: "replace", announcedSize });
    await failsAs("over-quota", announce("/g", 11));
    await usedIs(storage, 10, 1);
    await using upload = await announce("/g", 10);
    await usedIs(storage, 20, 2);
    await failsAs("over-quota", put(storage, "/h", "x"));
    await upload.discard();
    await put(storage, "/h", "x");
  });
  rule("a file may be replaced when both would not fit, by one upload at a time", {
    bytes: 10,
    files: 1,
  }, async (storage) => {
    await put(storage, "/f", "01234567");
    await put(storage, "/f", "0123456789");
    await failsAs("over-quota", put(storage, "/f", "01234567890"));
    await using one = await storage.write(at("/f"), { mode: "replace" });
    await one.write(bytes("0123456789"));
    await failsAs("over-quota", put(storage, "/f", "x"));
    await one.commit();
    await usedIs(storage, 10, 1);
  });
  rule("what an upload counts on replacing may go meanwhile: the limit holds", {
    bytes: 10,
  }, async (storage) => {
    await put(storage, "/f", "01234567");
    await using upload = await storage.write(at("/f"), { mode: "replace" });
    await upload.write(bytes("01234567"));
    await storage.rename(at("/f"), at("/g"));
    await failsAs("over-quota", upload.commit());
    await upload[Symbol.asyncDispose]();
    assert.deepEqual(await names(storage), ["g"]);
    await usedIs(storage, 8, 1);
    await using other = await storage.write(at("/g"), { mode: "replace" });
    await other.write(bytes("01234567"));
    await storage.removeFile(at("/g"));
    await failsAs("over-quota", put(storage, "/h", "012"));
    await other.commit();
    await usedIs(storage, 8, 1);
  });
  rule("files are limited, those of unfinished uploads too", { files: 2 }, async (storage) => {
    await put(storage, "/f", "x");
    await interrupt(storage, "/g", "x");
    await failsAs("over-quota", put(storage, "/h", "x"));
    await failsAs("over-quota", storage.write(at("/h"), { mode: "create" }));
    await put(storage, "/f", "y");
    await put(storage, "/f", "z", { mode: "append" });
    await put(storage, "/g", "y", { mode: "append" });
    await storage.createDirectory(at("/d"));
    await storage.removeFile(at("/f"));
    await put(storage, "/h", "x");
    assert.equal(await storage.space(), 0);
  });
  rule(
    "50 uploads at once that fit to the byte all get in",
    { bytes: 200_000 },
    async (storage) => {
      await Promise.all(
        eachOf(50, (number) => put(storage, `/f${number}`, piecesOf(4000, number))),
      );
      await usedIs(storage, 200_000, 50);
      await failsAs("over-quota", put(storage, "/more", "x"));
    },
  );
  rule("of 50 announced uploads at once exactly those get in that fit", {
    bytes: 200_000,
  }, async (storage) => {
    const options = { mode: "replace", announcedSize: 9999 } as const;
    const results = await Promise.allSettled(
      eachOf(50, (number) => put(storage, `/f${number}`, piecesOf(9999, number), options)),
    );
    assert.equal(results.filter(({ status }) => status === "fulfilled").length, 20);
    await usedIs(storage, 20 * 9999, 20);
  });
  rule(
    "50 uploads at once that do not fit never pass the limit",
    { bytes: 50_000 },
    async (storage) => {
      const results = await Promise.allSettled(eachOf(50, async (number) => {
        await put(storage, `/f${number}`, piecesOf(3000, number));
        assert.ok((await storage.quota())!.used.bytes <= 50_000);
      }));
      const stored = results.filter(({ status }) => status === "fulfilled").length;
      assert.ok(stored <= 16, `${stored}`);
      await usedIs(storage, stored * 3000, stored);
    },
  );
}

function eachOf<T>(count: number, make: (number: number) => Promise<T>): Promise<T>[] {
  return Array.from({ length: count }, (_, number) => make(number));
}

/** Text that is written in several steps. */
function piecesOf(length: number, seed: number): string[] {
  const text = patternBytes(length, seed).toHex().slice(0, length);
  return text.match(/.{1,1000}/g) ?? [];
}
