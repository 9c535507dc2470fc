// Rule 5: who asks for digests gets them on the way in, who never asks pays nothing.

import assert from "node:assert/strict";
import type { HashAlgorithm } from "../../shared/hash.ts";
import type { Storage, WriteOptions } from "../../server/storage/storage.ts";
import { InProcessServer } from "../support/in_process_server.ts";
import { Player } from "../support/transcript_player.ts";

/** The same storage; the digests that transfers are to compute are noted. */
function noting(storage: Storage, noted: (HashAlgorithm | undefined)[]): Storage {
  return new Proxy(storage, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== "function") return member;
      return (...given: unknown[]) => {
        if (name === "write") noted.push((given[1] as WriteOptions).digest);
        if (name === "read") noted.push(given[2] as HashAlgorithm | undefined);
        return member.apply(target, given);
      };
    },
  });
}

const BOTH_WAYS = `C: EPSV
  S: 229 *
  data connect
  C: STOR f
  S: 150 *
  data send "x"
  data close
  S: 226 *
  C: EPSV
  S: 229 *
  data connect
  C: RETR f
  S: 150 *
  data receive "x"
  S: 226 *`;

Deno.test("rule 5: a transfer is digested only in a session that has asked for digests, in its algorithm", async () => {
  const noted: (HashAlgorithm | undefined)[] = [];
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
  await player.say(BOTH_WAYS);
  await player.say(`C: OPTS HASH SHA-1
    S: 200 *`);
  await player.say(BOTH_WAYS);
  await player.say(`C: REIN
    S: 220 *
    login
    C: TYPE I
    S: 200 *`);
  await player.say(BOTH_WAYS);
  const [none, one] = [undefined, "SHA-1"];
  assert.deepEqual(noted, [none, none, one, one, none, none]);
});
