// Trees are walked so far in one request and no further, and ABOR ends the walk.

import assert from "node:assert/strict";
import { TREE_LIMIT_NAMES } from "../../server/commands/tree.ts";
import type { Storage } from "../../server/storage/storage.ts";
import type { Entry } from "../../shared/entry.ts";
import { Fault } from "../../shared/fault.ts";
import { ControlLine } from "../support/control_line.ts";
import { InProcessServer, PASSWORD, USER } from "../support/in_process_server.ts";

/** As many as come at once. */
const BATCH_ENTRIES = 1000;

function file(name: string): Entry {
  return { name, type: "file", size: 1, modifiedMs: 0 };
}

/** A storage in which every directory has more files than can be removed. */
class Bottomless {
  removed = 0;

  async *list(): AsyncGenerator<readonly Entry[]> {
    for (let at = 0;; at += BATCH_ENTRIES) {
      // As a disk does: others have their turn while it is asked for more.
      await new Promise((resolve) => setTimeout(resolve, 0));
      yield Array.from({ length: BATCH_ENTRIES }, (_, index) => file(`file ${at + index}`));
    }
  }

  removeFile(): Promise<void> {
    this.removed++;
    return Promise.resolve();
  }

  removeDirectory(): Promise<void> {
    return Promise.reject(new Fault("not-empty"));
  }

  over(storage: Storage): Storage {
    return new Proxy(storage, {
      get: (target, name) => {
        const owner = name in this ? this : target;
        const member: unknown = Reflect.get(owner, name, owner);
        return typeof member === "function" ? member.bind(owner) : member;
      },
    });
  }
}

async function session(): Promise<
  { server: InProcessServer; line: ControlLine; bottomless: Bottomless }
> {
  const bottomless = new Bottomless();
  const server = await InProcessServer.start({
    services: (usual) => ({
      ...usual,
      openStorage: async (account) => bottomless.over(await usual.openStorage(account)),
    }),
  });
  await Deno.mkdir(`${server.root}/d`);
  const line = await ControlLine.open(server.port);
  await line.say(`USER ${USER}`, 331);
  await line.say(`PASS ${PASSWORD}`, 230);
  return { server, line, bottomless };
}

Deno.test("rule 10: a tree of more names than one request may take is done in part", async () => {
  const { server, line, bottomless } = await session();
  await using _ = server;
  using __ = line;
  await line.say("DSIZ d", 450);
  await line.say("RMDA d", 450);
  // The directory itself is one of the names.
  assert.equal(bottomless.removed, TREE_LIMIT_NAMES - 1);
  await line.say("NOOP", 200);
});

Deno.test("rule 3: ABOR ends a walk through a tree", async () => {
  const { server, line, bottomless } = await session();
  await using _ = server;
  using __ = line;
  await line.send("RMDA d\r\nABOR");
  assert.equal(await line.reply(), 426);
  assert.equal(await line.reply(), 226);
  assert.ok(bottomless.removed < TREE_LIMIT_NAMES - 1);
  await line.say("NOOP", 200);
});

Deno.test("a session that is lost ends its walk through a tree", async () => {
  const { server, line, bottomless } = await session();
  await using _ = server;
  await line.send("RMDA d");
  line[Symbol.dispose]();
  await server.log.seen(({ event }) => event === "refused" || event === "disconnected");
  assert.ok(bottomless.removed < TREE_LIMIT_NAMES - 1);
});
