// Limits and rights as a session meets them: codes, what stays, and what SITE QUOTA, ALLO and AVBL tell.

import assert from "node:assert/strict";
import { join } from "node:path";
import { SqliteAccounts } from "../../server/accounts/sqlite_accounts.ts";
import { accountsFile } from "../../server/data_directory.ts";
import type { AccountChange } from "../../server/accounts/accounts.ts";
import { InProcessServer, USER } from "../support/in_process_server.ts";
import { Player } from "../support/transcript_player.ts";

/** Plays a dialogue with a server whose account was changed before. */
async function play(change: AccountChange, dialogue: string): Promise<void> {
  await using server = await InProcessServer.start();
  {
    using accounts = SqliteAccounts.open(accountsFile(server.home));
    await accounts.update(USER, change);
  }
  await Deno.writeTextFile(join(server.root, "f"), "old content");
  await Deno.mkdir(join(server.root, "in"));
  using player = await Player.connect(server);
  await player.say(`S: 220 *\nlogin\nC: TYPE I\nS: 200 *\n${dialogue}`);
}

Deno.test("over the quota is 552, and the old file stays", () =>
  play(
    { quotaBytes: 40_000 },
    `C: SITE QUOTA
     S: 213-Used, with unfinished uploads:
     S:  bytes 11 of 40000
     S:  files 1 of unlimited
     S: 213 End
     C: EPSV
     S: 229 *
     data connect
     C: STOR f
     S: 150 *
     data send 40001 bytes
     data close
     S: 552 Over quota.
     file /f "old content"
     C: SIZE f
     S: 213 11
     C: EPSV
     S: 229 *
     data connect
     C: STOR f
     S: 150 *
     data send 40000 bytes
     data close
     S: 226 *
     C: AVBL
     S: 213 0`,
  ));

Deno.test("what is announced and cannot fit is refused by ALLO, or by STOR before a byte travels", () =>
  play(
    { quotaBytes: 100 },
    `C: ALLO 101
     S: 552 Over quota.
     C: ALLO 90
     S: 200 *
     C: EPSV
     S: 229 *
     C: STOR g
     S: 552 Over quota.
     C: ALLO 100
     S: 200 *
     C: EPSV
     S: 229 *
     data connect
     C: STOR f
     S: 150 *
     data send 100 bytes
     data close
     S: 226 *`,
  ));

Deno.test("more files than allowed are refused before they travel", () =>
  play(
    { maxFiles: 1 },
    `C: EPSV
     S: 229 *
     C: STOR g
     S: 552 Over quota.
     C: DELE f
     S: 250 *
     C: EPSV
     S: 229 *
     data connect
     C: STOR g
     S: 150 *
     data close
     S: 226 *`,
  ));

Deno.test("a read-only account may write where a grant lets it", () =>
  play(
    { readOnly: true, grants: [{ path: "/in", rights: "w" }] },
    `C: DELE f
     S: 550 *
     C: EPSV
     S: 229 *
     data connect
     C: STOR in/g
     S: 150 *
     data close
     S: 226 *
     C: SIZE in/g
     S: 550 *
     C: SIZE f
     S: 213 11`,
  ));

Deno.test("the fact perm tells what this account may do with each name, grants and mounts included", () =>
  play(
    {
      readOnly: true,
      grants: [{ path: "/in", rights: "rwl" }, { path: "/in/kept", rights: "rl" }],
      mounts: [{ path: "/in/again", directory: USER, writable: false }],
    },
    `C: MKD in/sub
     S: 257 *
     C: OPTS MLST perm
     S: 200 *
     C: MLST /
     S: 250-Listing
     S:  perm=el; /
     S: 250 End
     C: MLST f
     S: 250-Listing
     S:  perm=r; /f
     S: 250 End
     C: MLST in
     S: 250-Listing
     S:  perm=celmp; /in
     S: 250 End
     C: MLST in/sub
     S: 250-Listing
     S:  perm=cdeflmp; /in/sub
     S: 250 End
     C: MLST in/again
     S: 250-Listing
     S:  perm=el; /in/again
     S: 250 End
     C: MLST in/again/f
     S: 250-Listing
     S:  perm=r; /in/again/f
     S: 250 End
     C: EPSV
     S: 229 *
     data connect
     C: STOR in/sub/g
     S: 150 *
     data close
     S: 226 *
     C: EPSV
     S: 229 *
     data connect
     C: MLSD in/sub
     S: 150 *
     data receive "perm=adfrw; g\\r\\n"
     S: 226 *`,
  ));

Deno.test("an upload that is stored directly stays as far as it came", async () => {
  await using server = await InProcessServer.start({ settings: { uploads: "direct" } });
  using player = await Player.connect(server);
  await player.say(`
    S: 220 *
    login
    C: EPSV
    S: 229 *
    data connect
    C: STOR f
    S: 150 *
    data send 40000 bytes
    repeat STAT until * STOR "/f": 32768 bytes so far.
    C: ABOR
    S: 426 *
    S: 226 *
    C: TYPE I
    S: 200 *`);
  assert.ok((await Deno.stat(join(server.root, "f"))).size >= 32_768);
});
