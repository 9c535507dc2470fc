// A directory that is swapped for a link just when a file is opened, wherever in the path it is.

import assert from "node:assert/strict";
import { dirname } from "node:path";
import { type HostFiles, hostFiles } from "../../server/storage/host_files.ts";
import { isFault } from "../../shared/fault.ts";
import { at, get, put } from "../support/storage_steps.ts";
import { openTrialDisk } from "../support/trial_disk.ts";

/** Which directory is swapped, the root for `""`; and whether others could move the root. */
const SWAPS = [
  { file: "f", swapped: "", isRootFixed: false },
  { file: "d/f", swapped: "", isRootFixed: false },
  { file: "d/f", swapped: "d", isRootFixed: true },
  { file: "d/f", swapped: "d", isRootFixed: false },
  { file: "d/e/f", swapped: "d", isRootFixed: true },
  { file: "d/e/f", swapped: "d/e", isRootFixed: true },
  { file: "d/e/f", swapped: "d", isRootFixed: false },
];

for (const { file, swapped, isRootFixed } of SWAPS) {
  const where = `${isRootFixed ? "a" : "no"} fixed root`;
  Deno.test(`/${file} is not read from outside when /${swapped} is swapped for a link, with ${where}`, async () => {
    await using disk = await openTrialDisk();
    for (const directory of ["d", "d/e"]) await disk.storage.createDirectory(at(`/${directory}`));
    await put(disk.storage, `/${file}`, "inside");
    const outside = disk.outside(swapped === "" ? file : file.slice(swapped.length + 1));
    await Deno.mkdir(dirname(outside), { recursive: true });
    await Deno.writeTextFile(outside, "outside");
    if (!isRootFixed) await Deno.chmod(disk.options.home, 0o777);
    let opened = 0;
    const files: HostFiles = {
      ...hostFiles,
      openToRead(path) {
        if (opened++ === 0) {
          Deno.renameSync(disk.inRoot(swapped), `${disk.top.path}/aside`);
          Deno.symlinkSync(disk.outside(), disk.inRoot(swapped));
        }
        return hostFiles.openToRead(path);
      },
    };
    const storage = await disk.reopen({ files });
    await assert.rejects(
      get(storage, `/${file}`),
      (error) => isFault(error, "not-found") || isFault(error, "busy"),
    );
    assert.ok(opened > 0);
  });
}
