// Local names: what a server may call a file here, and what a walk over a folder finds.

import assert from "node:assert/strict";
import { join } from "node:path";
import { localChild, localName, walkLocal } from "../../client/operations/local_files.ts";
import { temporaryDirectory } from "../support/temporary_directory.ts";

Deno.test("no name of a server leads out of the folder", () => {
  for (const os of ["linux", "darwin", "windows"]) {
    for (const name of ["", ".", "..", "a/b", "/a", "../a", "a\0b"]) {
      assert.throws(
        () => localChild("/folder", name, os),
        /cannot have such a name/,
        `${os} ${name}`,
      );
    }
  }
});

Deno.test("what is a path, a drive, a stream or a device to Windows is no name there", () => {
  const names = [
    "a\\b",
    "..\\a",
    "C:",
    "a:b",
    "con",
    "NUL",
    "com1.txt",
    "a.",
    "a ",
    "a?",
    "a*b",
    "a|b",
  ];
  for (const name of names) {
    assert.throws(() => localChild("C:/folder", name, "windows"), /cannot have/, name);
    assert.equal(localChild("/folder", name, "linux"), `/folder/${name}`);
  }
  for (const name of ["contract", "a.b", "报告.txt", "nul1"]) localChild("folder", name, "windows");
});

Deno.test("a folder given as . has its own name", async () => {
  await using folder = await temporaryDirectory();
  assert.equal(localName(`${folder.path}/a/..`), localName(folder.path));
  assert.equal(localName("/a/b.txt"), "b.txt");
});

Deno.test("a walk finds files and folders by name, follows links to files only, and ends", async () => {
  await using folder = await temporaryDirectory();
  const at = (name: string) => join(folder.path, name);
  await Deno.mkdir(at("b/c"), { recursive: true });
  await Deno.writeTextFile(at("b/c/file"), "");
  await Deno.writeTextFile(at("a"), "");
  await Deno.symlink(at("a"), at("link to file"));
  await Deno.symlink(at("b"), at("b/round and round"));
  await Deno.symlink(at("nowhere"), at("broken link"));
  const found = await Array.fromAsync(walkLocal(folder.path));
  const told = found.map((place) =>
    `${place.relative}: ${place.kind === "other" ? place.what : place.kind}`
  );
  assert.deepEqual(told, [
    "a: file",
    "b: folder",
    "b/c: folder",
    "b/c/file: file",
    "b/round and round: a link to a folder",
    "broken link: a link that leads nowhere",
    "link to file: file",
  ]);
});
