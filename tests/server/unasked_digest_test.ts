// Rule 5: who asks for digests gets them on the way in, who never asks pays nothing.

import assert from "node:assert/strict";
import type { Storage, WriteOptions } from "../../server/storage/storage.ts";
import { InProcessServer } from "../support/in_process_server.ts";
import { Player } from "../support/transcript_player.ts";

/** The same storage; what uploads begin with is noted. */
function noting(storage: Storage, noted: WriteOptions[]): Storage {
  return new Proxy(storage, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== "function") return member;
      return (...given: unknown[]) => {
        if (name === "write") noted.push(given[1] as WriteOptions);
        return member.apply(target, given);
      };
    },
  });
}

const UPLOAD = `C: EPSV
  S: 229 *
  data connect
  C: STOR f
  S: 150 *
  data send "x"
  data close
  S: 226 *`;

Deno.test("rule 5: an upload is digested only in a session that has asked for digests, in its algorithm", async () => {
  const noted: WriteOptions[] = [];
  await using server = await InProcessServer.start({
    services: (usual) => ({
      ...usual,
      openStorage: async (account) => noting(await usual.openStorage(account), noted),
    }),
  });
  using player = await Player.connect(server);
  await player.say(`S: 220 *
    login
    C: TYPE I
    S: 200 *`);
  await player.say(UPLOAD);
  await player.say(`C: OPTS HASH SHA-1
    S: 200 *`);
  await player.say(UPLOAD);
  await player.say(`C: REIN
    S: 220 *
    login
    C: TYPE I
    S: 200 *`);
  await player.say(UPLOAD);
  assert.deepEqual(noted.map(({ digest }) => digest), [undefined, "SHA-1", undefined]);
});
