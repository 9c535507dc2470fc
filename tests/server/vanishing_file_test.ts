// A file that another thread takes away while it is being opened: nothing of it stays open here.

import assert from "node:assert/strict";
import { join } from "node:path";
import { hostFiles } from "../../server/storage/host_files.ts";
import { operatorPath } from "../../server/storage/jailed_path.ts";
import { descriptorTargets } from "../support/descriptors.ts";
import { temporaryDirectory } from "../support/temporary_directory.ts";

/** What the other thread does, at the one moment that matters: when the host has opened a file its name is gone. */
function takingAwayWhatIsOpened(): Disposable {
  const { openSync } = Deno;
  Deno.openSync = (path, options) => {
    const file = openSync(path, options);
    Deno.renameSync(path, `${path}.gone`);
    return file;
  };
  return { [Symbol.dispose]: () => void (Deno.openSync = openSync) };
}

for (const how of ["existing", "create"] as const) {
  Deno.test({
    name: `a file that vanishes while it is opened to write leaves no descriptor behind (${how})`,
    ignore: Deno.build.os !== "linux",
    async fn() {
      await using directory = await temporaryDirectory();
      const path = join(directory.path, "name");
      if (how === "existing") await Deno.writeTextFile(path, "old ");
      const openFiles = () => descriptorTargets().filter((each) => each.startsWith(directory.path));
      {
        using _ = takingAwayWhatIsOpened();
        try {
          using file = hostFiles.openToWrite(operatorPath(path), how);
          assert.equal(openFiles().length, 1);
          await file.append(new TextEncoder().encode("new"));
          await file.sync();
        } catch (error) {
          // That it is gone may be told; that it stays open may not.
          assert.deepEqual(openFiles(), [], String(error));
          throw error;
        }
      }
      assert.deepEqual(openFiles(), []);
      const written = await Deno.readTextFile(`${path}.gone`);
      assert.equal(written, how === "existing" ? "old new" : "new");
    },
  });
}
