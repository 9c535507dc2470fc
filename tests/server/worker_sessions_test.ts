// What is decided about an account or an address holds for the sessions of all workers, and after a restart.

import assert from "node:assert/strict";
import { SqliteAccounts } from "../../server/accounts/sqlite_accounts.ts";
import { accountsFile } from "../../server/data_directory.ts";
import { LOCAL_PRESENCE } from "../../server/presence.ts";
import { ControlLine } from "../support/control_line.ts";
import { startServer } from "../support/server_process.ts";
import { temporaryDirectory } from "../support/temporary_directory.ts";

const PASSWORD = "correct horse";

async function loggedIn(port: number): Promise<ControlLine> {
  const line = await ControlLine.open(port);
  await line.say("USER ann", 331);
  await line.say(`PASS ${PASSWORD}`, 230);
  return line;
}

Deno.test("sessions of both workers are seen, kicked, and end with their account; a ban outlives the server", async () => {
  await using directory = await temporaryDirectory();
  const home = directory.path;
  const flags = ["--workers", "2", "--login-failures", "2"];
  {
    await using server = await startServer({ home, flags, users: { ann: PASSWORD } });
    // So many that the system gives some to each worker, all but certainly.
    const lines = await Promise.all(Array.from({ length: 12 }, () => loggedIn(server.port)));
    await using presence = await LOCAL_PRESENCE.open(home);
    const { sessions } = await presence.look();
    assert.equal(sessions.filter(({ account }) => account === "ann").length, 12);
    assert.equal(await presence.kick(sessions[0]?.id ?? ""), true);
    assert.equal(await presence.kick("nobody"), false);
    const goodbyes = lines.map((line) => line.reply());
    assert.equal(await Promise.race(goodbyes), 421);
    using store = SqliteAccounts.open(accountsFile(home));
    await store.update("ann", { enabled: false });
    assert.deepEqual(new Set(await Promise.all(goodbyes)), new Set([421]));
    await store.update("ann", { enabled: true });
    using guesser = await ControlLine.open(server.port);
    await guesser.say("USER ann", 331);
    await guesser.say("PASS wrong", 530);
    await guesser.say("USER ann", 331);
    await guesser.say("PASS wrong", 421);
    for (const line of lines) line[Symbol.dispose]();
    assert.match(server.log, /worker=1 .*why="account changed"/);
    assert.match(server.log, /worker=2 .*why="account changed"/);
  }
  await using again = await startServer({ home, flags });
  using line = await ControlLine.open(again.port);
  await line.say("USER ann", 331);
  await line.say(`PASS ${PASSWORD}`, 421);
});
