// Paths followed name by name: what they lead to, and what has to be asked for otherwise.

import assert from "node:assert/strict";
import { hostFiles } from "../../server/storage/host_files.ts";
import { type HostPath, operatorPath } from "../../server/storage/jailed_path.ts";
import { walk } from "../../server/storage/path_walk.ts";
import { at, failsAs, get, put } from "../support/storage_steps.ts";
import { temporaryDirectory } from "../support/temporary_directory.ts";
import { openTrialDisk } from "../support/trial_disk.ts";

const ignore = Deno.build.os !== "linux";

Deno.test({
  name: "a walk finds what is there, nothing where nothing is, and leaves links to the host",
  ignore,
  async fn() {
    await using made = await temporaryDirectory();
    const top = (name: string) => operatorPath(`${made.path}/${name}`);
    await Deno.mkdir(top("d"));
    await Deno.writeTextFile(top("d/f"), "four");
    await Deno.symlink("d", top("link"));
    const found = (...way: HostPath[]) => {
      const result = walk(way, hostFiles);
      return result === undefined || result === "unclear" ? result : result.stat.type;
    };
    assert.equal(found(top("d"), top("d/f")), "file");
    assert.equal(found(top("d")), "directory");
    assert.equal(found(top("d"), top("d/none")), undefined);
    assert.equal(found(top("none"), top("none/f")), undefined);
    assert.equal(found(top("d"), top("d/f"), top("d/f/below")), undefined);
    assert.equal(found(top("link"), top("link/f")), "unclear");
    assert.equal(found(top("link")), "unclear");
  },
});

Deno.test({
  name: "a short path in a fixed root costs no question for the path without links, a link one",
  ignore,
  async fn() {
    await using disk = await openTrialDisk();
    let asked = new Set<string>();
    const storage = await disk.reopen({
      files: { ...hostFiles, realPath: (path) => (asked.add(path), hostFiles.realPath(path)) },
    });
    await storage.createDirectory(at("/d"));
    for (const path of ["/f", "/d/f"]) await put(storage, path, "inside");
    await Deno.symlink("d", disk.inRoot("link"));
    asked = new Set();
    for (const path of ["/f", "/d/f"]) assert.equal(await get(storage, path), "inside");
    await failsAs("not-found", storage.stat(at("/d/none")));
    assert.deepEqual([...asked], []);
    assert.equal(await get(storage, "/link/f"), "inside");
    assert.equal(asked.has(disk.inRoot("link/f")), true);
  },
});
