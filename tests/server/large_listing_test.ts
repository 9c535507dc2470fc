// Rule 7: a directory of any size streams. Its first line does not wait, and no memory grows with it.

import assert from "node:assert/strict";
import type { Services } from "../../server/services.ts";
import type { Storage } from "../../server/storage/storage.ts";
import type { Entry } from "../../shared/entry.ts";
import { parseExtendedPassiveReply } from "../../shared/host_port.ts";
import { ControlLine } from "../support/control_line.ts";
import { InProcessServer, PASSWORD, USER } from "../support/in_process_server.ts";

/** What has been listed so far, and the most memory that was in use meanwhile. */
interface Progress {
  entries: number;
  heapBytes: number;
}

/** Services whose directories all have so many files; telling of them is all they can do. */
function crowded(usual: Services, files: number, progress: Progress): Services {
  const list = async function* (): AsyncGenerator<Entry> {
    for (let at = 0; at < files; at++) {
      progress.entries = at + 1;
      if (at % 1000 === 0) {
        progress.heapBytes = Math.max(progress.heapBytes, Deno.memoryUsage().heapUsed);
        // As a disk does: others have their turn while it is asked for more.
        await new Promise((resolve) => setTimeout(resolve, 0));
      }
      yield { name: `file ${at}`, type: "file", size: at, modifiedMs: at, mode: 0o644 };
    }
  };
  return {
    ...usual,
    openStorage: async (account) =>
      new Proxy<Storage>(await usual.openStorage(account), {
        get(storage, name) {
          if (name === "list") return list;
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
