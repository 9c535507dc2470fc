// Small files that people name: what is read, and what is refused before it is opened.

import assert from "node:assert/strict";
import { readSmallFile, UnfitFile } from "../../shared/small_file.ts";
import { temporaryDirectory } from "../support/temporary_directory.ts";

Deno.test("a regular file is read, up to its limit", async () => {
  await using directory = await temporaryDirectory();
  const path = `${directory.path}/file`;
  await Deno.writeTextFile(path, "twelve bytes");
  assert.equal(await readSmallFile(path, 12), "twelve bytes");
  await assert.rejects(readSmallFile(path, 11), {
    name: "UnfitFile",
    message: "it has 12 bytes, 11 at most are read",
  });
});

Deno.test("a folder and a device without end are refused", async () => {
  await using directory = await temporaryDirectory();
  await assert.rejects(readSmallFile(directory.path, 100), UnfitFile);
  await assert.rejects(readSmallFile("/dev/zero", 100), UnfitFile);
});

Deno.test("the null device is an empty file: so one says that there is none", async () => {
  assert.equal(await readSmallFile("/dev/null", 100), "");
});
