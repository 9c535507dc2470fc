// A disk that is really full: 452, the old file stays, and what did not fit takes up nothing.

import assert from "node:assert/strict";
import { join } from "node:path";
import { openDiskStorage } from "../../server/storage/disk_storage.ts";
import { hostFiles } from "../../server/storage/host_files.ts";
import { FailingFiles } from "../support/failing_files.ts";
import { InProcessServer } from "../support/in_process_server.ts";
import { mountTinyDisk } from "../support/tiny_disk.ts";
import { Player } from "../support/transcript_player.ts";

const DISK_BYTES = 1024 * 1024;

Deno.test("an upload that fills the disk gets 452, and the old file stays", async () => {
  await using tiny = await mountTinyDisk(DISK_BYTES);
  const failing = new FailingFiles();
  await using server = await InProcessServer.start({
    services: (usual) => ({
      ...usual,
      openStorage: ({ name }) =>
        openDiskStorage({
          home: usual.settings.home,
          root: join(tiny?.path ?? usual.settings.home, "files"),
          account: name,
          // Without a disk of its own the test lets the host say so, at the first byte.
          files: tiny === undefined ? failing.files : { ...hostFiles, space: endless },
        }),
    }),
  });
  using player = await Player.connect(server);
  await player.say(`
    S: 220 *
    login
    C: TYPE I
    S: 200 *
    C: EPSV
    S: 229 *
    data connect
    C: STOR f
    S: 150 *
    data send "old content"
    data close
    S: 226 *
    C: EPSV
    S: 229 *
    data connect
    C: STOR f
    S: 150 *`);
  // Opened, its record written; the next change is the first byte.
  if (tiny === undefined) failing.failAt(1, "ENOSPC");
  await player.say(`
    data send ${2 * DISK_BYTES} bytes
    data close
    S: 452 No space left on this server*
    C: SIZE f
    S: 213 11
    C: SITE PENDING
    S: 213-Unfinished uploads:
    S: 213 End
    C: EPSV
    S: 229 *
    data connect
    C: STOR f
    S: 150 *
    data send "new content!"
    data close
    S: 226 *
    C: SIZE f
    S: 213 12`);
  assert.ok(tiny !== undefined || failing.calls.length > 0);
});

/** The server is not to see it coming: the disk itself says no. */
function endless(): number {
  return Infinity;
}
