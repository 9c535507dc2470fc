// What is missing is an answer, whoever tells it and however; every other failure stays one.

import assert from "node:assert/strict";
import fs from "node:fs";
import { join } from "node:path";
import { ifThere } from "../../shared/if_there.ts";
import { temporaryDirectory } from "../support/temporary_directory.ts";

Deno.test("what is there is given, what is missing is undefined: from the runtime or node, now or later", async () => {
  await using folder = await temporaryDirectory();
  const [there, missing] = [join(folder.path, "there"), join(folder.path, "missing")];
  await Deno.writeTextFile(there, "text");
  assert.equal(ifThere(() => Deno.readTextFileSync(there)), "text");
  assert.equal(await ifThere(() => Deno.readTextFile(there)), "text");
  assert.equal(ifThere(() => Deno.readTextFileSync(missing)), undefined);
  assert.equal(await ifThere(() => Deno.readTextFile(missing)), undefined);
  assert.equal(ifThere(() => fs.unlinkSync(missing)), undefined);
  assert.equal(await ifThere(() => fs.promises.readFile(missing)), undefined);
});

Deno.test("another failure is thrown on: a folder that is no folder, a bug", async () => {
  await using folder = await temporaryDirectory();
  const file = join(folder.path, "file");
  await Deno.writeTextFile(file, "");
  assert.throws(() => ifThere(() => Deno.lstatSync(join(file, "below"))), { code: "ENOTDIR" });
  await assert.rejects(ifThere(() => Deno.lstat(join(file, "below"))), { code: "ENOTDIR" });
  const bug = new TypeError("a bug");
  const fails = () => {
    throw bug;
  };
  assert.throws(() => ifThere(fails), bug);
});
