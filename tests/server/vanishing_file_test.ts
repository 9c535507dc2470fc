// A file that another thread takes away while it is being opened: nothing of it stays open here.

import assert from "node:assert/strict";
import { hostFiles } from "../../server/storage/host_files.ts";
import { operatorPath } from "../../server/storage/jailed_path.ts";
import { descriptorTargets } from "../support/descriptors.ts";
import { LinkSwapper } from "../support/link_swapper.ts";
import { temporaryDirectory } from "../support/temporary_directory.ts";

const OPENINGS = 20_000;

Deno.test({
  name: "a file that vanishes while it is opened to write leaves no descriptor behind",
  ignore: Deno.build.os !== "linux",
  async fn() {
    await using directory = await temporaryDirectory();
    const [name, one, other] = ["name", "one", "other"].map((each) => `${directory.path}/${each}`);
    await Deno.writeTextFile(name!, "");
    await Deno.writeTextFile(other!, "");
    const openFiles = () => descriptorTargets().filter((each) => each.startsWith(directory.path));
    using swapper = new LinkSwapper({ name: name!, directoryAside: one!, linkAside: other! });
    let vanished = 0;
    for (let each = 0; each < OPENINGS; each++) {
      try {
        hostFiles.openToWrite(operatorPath(one!), "existing")[Symbol.dispose]();
      } catch (error) {
        assert.ok(error instanceof Error && "code" in error, String(error));
        assert.equal(error.code, "ENOENT");
        vanished++;
      }
    }
    const left = openFiles();
    await swapper.stop();
    assert.ok(vanished > 0);
    assert.deepEqual(left, []);
  },
});
