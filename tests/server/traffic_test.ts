// An account's rates: one allowance for all its sessions, shared between threads.

import assert from "node:assert/strict";
import { STANDARD_ACCOUNT } from "../../server/accounts/accounts.ts";
import { SqliteAccounts } from "../../server/accounts/sqlite_accounts.ts";
import { accountsFile } from "../../server/data_directory.ts";
import { SessionRegister } from "../../server/runtime/session_register.ts";
import { TransferBoard } from "../../server/runtime/transfer_board.ts";
import { SessionList } from "../../server/runtime/session_list.ts";
import { Traffic } from "../../server/traffic.ts";
import { connect } from "../../client/connect.ts";
import { parseExtendedPassiveReply } from "../../shared/host_port.ts";
import { Secret } from "../../shared/secret.ts";
import { ControlLine } from "../support/control_line.ts";
import { InProcessServer, PASSWORD, USER } from "../support/in_process_server.ts";
import { temporaryDirectory } from "../support/temporary_directory.ts";

const KIB = 1024;
const ann = {
  ...STANDARD_ACCOUNT,
  name: "ann",
  directory: "ann",
  revision: 1,
  loginRevision: 1,
  uploadRate: 100 * KIB,
};
const nothing = () => 0;

Deno.test("sessions of one thread share one allowance, each direction its own", () => {
  const traffic = new Traffic();
  using first = traffic.begin(ann, false, nothing);
  using second = traffic.begin(ann, false, nothing);
  using down = traffic.begin(ann, true, nothing);
  assert.ok(first.allowance !== undefined);
  assert.equal(first.allowance, second.allowance);
  assert.notEqual(down.allowance, first.allowance);
  assert.equal(down.allowance?.bytesPerSecond, Infinity);
});

Deno.test("threads share by how many transfers each has", () => {
  const traffic = new Traffic();
  using ride = traffic.begin(ann, false, nothing);
  traffic.share([{ account: "ann", sends: false, transfers: 4 }]);
  assert.equal(ride.allowance?.bytesPerSecond, 25 * KIB);
  // What the others told is older than what began here.
  using _more = traffic.begin(ann, false, nothing);
  traffic.share([{ account: "ann", sends: false, transfers: 1 }]);
  assert.equal(ride.allowance?.bytesPerSecond, 100 * KIB);
});

Deno.test("a changed rate holds for what runs", () => {
  const traffic = new Traffic();
  using ride = traffic.begin(ann, false, nothing);
  traffic.adjust({ ...ann, uploadRate: 10 * KIB });
  traffic.share([]);
  assert.equal(ride.allowance?.bytesPerSecond, 10 * KIB);
  traffic.adjust({ ...ann, uploadRate: undefined });
  assert.equal(ride.allowance?.bytesPerSecond, Infinity);
  assert.equal(traffic.isLimited, false);
});

Deno.test("a rate that an account gets holds for what began without one", () => {
  const traffic = new Traffic();
  using ride = traffic.begin(ann, true, nothing);
  assert.equal(traffic.isLimited, false);
  traffic.adjust({ ...ann, downloadRate: 30 * KIB });
  assert.equal(traffic.isLimited, true);
  traffic.share([{ account: "ann", sends: true, transfers: 3 }]);
  assert.equal(ride.allowance?.bytesPerSecond, 10 * KIB);
});

for (
  const [what, before] of [["has no limit", {}], ["is slow", {
    uploadRate: 64 * KIB,
    downloadRate: 64 * KIB,
  }]] as const
) {
  Deno.test(`transfers that run while their account ${what} keep to the rate it then gets`, async () => {
    await using server = await InProcessServer.start();
    using store = SqliteAccounts.open(accountsFile(server.home));
    await store.update(USER, before);
    await Deno.writeFile(`${server.root}/f`, new Uint8Array(0));
    await Deno.truncate(`${server.root}/f`, 1 << 30);
    using line = await ControlLine.open(server.port);
    await line.say(`USER ${USER}`, 331);
    await line.say(`PASS ${PASSWORD}`, 230);
    await line.say("TYPE I", 200);
    const answer = parseExtendedPassiveReply(await line.ask("EPSV"));
    assert.ok(answer.ok);
    using conn = await Deno.connect({ port: answer.value });
    await line.say("RETR f", 150);
    const into = new Uint8Array(64 * KIB);
    const read = async () => (await conn.read(into)) ?? assert.fail("it ended");
    await read();
    await store.update(USER, { downloadRate: 16 * KIB, uploadRate: 16 * KIB });
    // What is on its way already is more than the new rate lets through in a minute.
    let waitedMs = 0;
    while (waitedMs < 200) {
      const startedMs = performance.now();
      await read();
      waitedMs = performance.now() - startedMs;
    }
    await store.update(USER, { downloadRate: undefined, uploadRate: undefined });
    for (let bytes = 0; bytes < 64 * KIB * KIB;) bytes += await read();
  });
}

Deno.test("what moved is counted at the end, for each direction", () => {
  const traffic = new Traffic();
  {
    using _up = traffic.begin(ann, false, () => 7);
    using _down = traffic.begin(undefined, true, () => 5);
  }
  assert.deepEqual(traffic.takeFinished(), { receivedBytes: 7, sentBytes: 5 });
  assert.deepEqual(traffic.takeFinished(), { receivedBytes: 0, sentBytes: 0 });
});

Deno.test("the board tells what moves in all threads, and no more once it ended", async () => {
  await using directory = await temporaryDirectory();
  using one = SessionRegister.open(directory.path, { process: 1, worker: 1 });
  using two = SessionRegister.open(directory.path, { process: 1, worker: 2 });
  const limits = { sessions: 9, perAddress: 9, strangers: 9, strangersPerAddress: 9 };
  const boards = [one, two].map((register) => {
    const admitted = register.admit("192.0.2.1", limits);
    assert.ok(admitted.ok);
    admitted.session.belongsTo("ann");
    const transfer = {
      session: admitted.session.id,
      verb: "STOR",
      path: "/f",
      sends: false,
      sinceMs: 1,
      movedBytes: 10,
      totalBytes: undefined,
      offsetBytes: 0,
      rateBytes: 5,
    };
    const board = new TransferBoard(register.database, register.thread);
    board.tell([transfer], { receivedBytes: 1, sentBytes: 2 });
    return board;
  });
  assert.deepEqual(boards[0]?.moves(), [{ account: "ann", sends: false, transfers: 2 }]);
  const list = new SessionList(one.database);
  assert.deepEqual(list.totals(), { receivedBytes: 22, sentBytes: 4 });
  assert.equal(list.sessions()[0]?.transfer?.movedBytes, 10);
  boards[1]?.tell([], { receivedBytes: 10, sentBytes: 0 });
  assert.deepEqual(list.totals(), { receivedBytes: 22, sentBytes: 4 });
  assert.equal(boards[0]?.moves()[0]?.transfers, 1);
});

Deno.test("two uploads at once together keep to the account's rate, and downloads to theirs", async () => {
  await using server = await InProcessServer.start();
  using store = SqliteAccounts.open(accountsFile(server.home));
  await store.update(USER, { uploadRate: 256 * KIB, downloadRate: 256 * KIB });
  await using stack = new AsyncDisposableStack();
  const clients = await Promise.all([1, 2].map(async () => {
    const trust = { kind: "anything" } as const;
    const options = { host: "127.0.0.1", port: server.port, tls: "off", trust } as const;
    const client = stack.use(await connect(options));
    await client.login(USER, new Secret(PASSWORD));
    return client;
  }));
  const bytes = new Uint8Array(128 * KIB);
  const seconds = async (work: () => Promise<unknown>) => {
    const startedMs = performance.now();
    await work();
    return (performance.now() - startedMs) / 1000;
  };
  const path = `${server.home}/bytes`;
  await Deno.writeFile(path, bytes);
  // 256 KiB in all, of which a burst of a quarter of a second is free.
  const up = await seconds(() =>
    Promise.all(clients.map((client, at) => client.upload({ path }, `/${at}`)))
  );
  assert.ok(up >= 0.7, `${up} s`);
  const sink = { write: () => Promise.resolve() };
  const down = await seconds(() =>
    Promise.all(clients.map((client, at) => client.download(`/${at}`, { sink })))
  );
  assert.ok(down >= 0.7, `${down} s`);
});
