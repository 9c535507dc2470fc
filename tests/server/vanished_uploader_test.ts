// A client cut off in clear: its data ends like a whole file's, only its control connection tells.

import assert from "node:assert/strict";
import { join } from "node:path";
import { InProcessServer } from "../support/in_process_server.ts";
import { Player } from "../support/transcript_player.ts";

Deno.test("rule 4: an upload whose client vanishes with both connections does not appear", async () => {
  await using server = await InProcessServer.start();
  await Deno.writeTextFile(join(server.root, "f"), "old");
  for (let round = 0; round < 20; round++) {
    using player = await Player.connect(server);
    await player.say(`S: 220 *
      login
      C: TYPE I
      S: 200 *
      C: EPSV
      S: 229 *
      data connect
      C: STOR f
      S: 150 *
      data send "half a file"
      data close
      C close`);
    await server.log.seen(({ event }) => event === "disconnected");
    server.log.lines.length = 0;
    assert.equal(await Deno.readTextFile(join(server.root, "f")), "old");
  }
});
