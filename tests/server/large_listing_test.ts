// Rule 7: a directory of any size streams. Its first line does not wait, and no memory grows with it.

import assert from "node:assert/strict";
import type { Services } from "../../server/services.ts";
import type { Storage } from "../../server/storage/storage.ts";
import type { Entry } from "../../shared/entry.ts";
import { Fault } from "../../shared/fault.ts";
import { parseExtendedPassiveReply } from "../../shared/host_port.ts";
import type { VirtualPath } from "../../shared/virtual_path.ts";
import { ControlLine } from "../support/control_line.ts";
import { InProcessServer, PASSWORD, USER } from "../support/in_process_server.ts";

/** What has been listed so far, and the most memory that was in use meanwhile. */
interface Progress {
  entries: number;
  heapBytes: number;
}

/** As many as come at once. */
const BATCH_ENTRIES = 1000;

function entryNumber(at: number): Entry {
  return { name: `file ${at}`, type: "file", size: at, modifiedMs: at, mode: 0o644 };
}

/** `slow`: others have their turn while it is asked for more. `ready`: everything is there at once. */
type Disk = "slow" | "ready";

/** Services whose directories all have so many files; telling of them is all they can do. */
function crowded(
  usual: Services,
  files: number,
  progress: Progress,
  disk: Disk = "slow",
): Services {
  const list = async function* (
    _path: VirtualPath,
    signal?: AbortSignal,
  ): AsyncGenerator<readonly Entry[]> {
    for (let at = 0; at < files; at += BATCH_ENTRIES) {
      if (signal?.aborted) throw new Fault("aborted");
      progress.entries = at + BATCH_ENTRIES;
      progress.heapBytes = Math.max(progress.heapBytes, Deno.memoryUsage().heapUsed);
      if (disk === "slow") await new Promise((resolve) => setTimeout(resolve, 0));
      yield Array.from({ length: BATCH_ENTRIES }, (_, index) => entryNumber(at + index));
    }
  };
  const names = async function* (path: VirtualPath, signal?: AbortSignal) {
    for await (const batch of list(path, signal)) yield batch.map(({ name }) => name);
  };
  return {
    ...usual,
    openStorage: async (account) =>
      new Proxy<Storage>(await usual.openStorage(account), {
        get(storage, name) {
          if (name === "list") return list;
          if (name === "names") return names;
          const member = Reflect.get(storage, name, storage);
          return typeof member === "function" ? member.bind(storage) : member;
        },
      }),
  };
}

/** Asks for a listing and connects to it. */
async function listing(line: ControlLine, verb: string): Promise<Deno.TcpConn> {
  await line.say(`USER ${USER}`, 331);
  await line.say(`PASS ${PASSWORD}`, 230);
  const port = parseExtendedPassiveReply(await line.ask("EPSV"));
  assert.ok(port.ok);
  const conn = await Deno.connect({ hostname: "127.0.0.1", port: port.value });
  await line.say(verb, 150);
  return conn;
}

/** More than the buffers between us and the server can hold, in any form of listing. */
const ENDLESS = 5_000_000;
/** Several pieces that leave at once; a directory of 100,000 is far from listed then. */
const SOON = 20_000;

for (const verb of ["LIST", "NLST", "MLSD"]) {
  Deno.test(`rule 7: the first line of ${verb} does not wait for the others, and they wait for the reader`, async () => {
    const progress = { entries: 0, heapBytes: 0 };
    await using server = await InProcessServer.start({
      services: (usual) => crowded(usual, ENDLESS, progress),
    });
    using line = await ControlLine.open(server.port);
    using conn = await listing(line, verb);
    const bytes = new Uint8Array(4096);
    const count = await conn.read(bytes);
    assert.match(new TextDecoder().decode(bytes.subarray(0, count ?? 0)), /file 0\r\n/);
    assert.ok(progress.entries < SOON, `${progress.entries}`);
    // Nobody reads on: what was listed is what the buffers on the way hold, and ABOR ends it.
    await line.say("ABOR", 426);
    assert.equal(await line.reply(), 226);
    assert.ok(progress.entries < ENDLESS, `${progress.entries}`);
  });
}

Deno.test("beside a listing that waits for nothing others are heard", async () => {
  const progress = { entries: 0, heapBytes: 0 };
  await using server = await InProcessServer.start({
    services: (usual) => crowded(usual, ENDLESS, progress, "ready"),
  });
  using line = await ControlLine.open(server.port);
  // Nothing is told, so nothing is waited for either.
  using _conn = await listing(line, "NLST no*");
  await line.say("ABOR", 426);
  assert.equal(await line.reply(), 226);
  assert.ok(progress.entries < ENDLESS, `${progress.entries}`);
});

Deno.test("rule 7: memory does not grow with the directory", async () => {
  const progress = { entries: 0, heapBytes: 0 };
  const files = 300_000;
  await using server = await InProcessServer.start({
    services: (usual) => crowded(usual, files, progress),
  });
  using line = await ControlLine.open(server.port);
  const beforeBytes = Deno.memoryUsage().heapUsed;
  using conn = await listing(line, "MLSD");
  const buffer = new Uint8Array(65_536);
  let lines = 0;
  for (let count = await conn.read(buffer); count !== null; count = await conn.read(buffer)) {
    for (const byte of buffer.subarray(0, count)) if (byte === 0x0a) lines++;
  }
  assert.equal(await line.reply(), 226);
  assert.equal(lines, files);
  // Its text alone has some 25 MiB; what is in use between two collections is less than twice that.
  assert.ok(progress.heapBytes - beforeBytes < 48 * 1024 * 1024, `${progress.heapBytes}`);
});
