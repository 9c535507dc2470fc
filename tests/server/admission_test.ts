// Limits at the door: each refuses with its reply, names its setting in the log, and gives places back.

import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { ServerSettings } from "../../server/settings.ts";
import { InProcessServer } from "../support/in_process_server.ts";
import { Player } from "../support/transcript_player.ts";

const LIMITS: [Partial<ServerSettings>, reply: string, rule: string][] = [
  [{ maxSessions: 1 }, "Too many sessions here, try again later.", "max-sessions"],
  [
    { maxSessionsPerAddress: 1 },
    "Too many sessions from your address, try again later.",
    "max-per-address",
  ],
  [
    { maxStrangers: 1 },
    "Too many who have not logged in, try again later.",
    "max-strangers",
  ],
  [
    { maxStrangersPerAddress: 1 },
    "Too many from your address who have not logged in, try again later.",
    "max-strangers-per-address",
  ],
];

for (const [settings, reply, rule] of LIMITS) {
  Deno.test(`${rule} refuses one too many, who has a place when another ends`, async () => {
    await using server = await InProcessServer.start({ settings });
    {
      using first = await Player.connect(server);
      await first.say("S: 220 *");
      using second = await Player.connect(server);
      await second.say(`S: 421 ${reply}\n S closed\n log refused rule=${rule}`);
      await first.say("C: QUIT\n S: 221 *\n S closed\n log disconnected why=quit");
    }
    using third = await Player.connect(server);
    await third.say("S: 220 *");
  });
}

Deno.test("a login makes room for another stranger, and a logout takes it", async () => {
  const settings = { maxStrangersPerAddress: 1 };
  await using server = await InProcessServer.start({ settings });
  using member = await Player.connect(server);
  await member.say("S: 220 *\n login\n C: NOOP\n S: 200 *");
  {
    using stranger = await Player.connect(server);
    await stranger.say("S: 220 *\n C: QUIT\n S: 221 *\n log disconnected why=quit");
  }
  await member.say("C: REIN\n S: 220 *\n C: NOOP\n S: 200 *");
  using refused = await Player.connect(server);
  await refused.say("S: 421 *\n S closed");
});

Deno.test("a register that fails refuses newcomers and keeps the server", async () => {
  await using server = await InProcessServer.start();
  {
    using database = new DatabaseSync(join(server.home, ".ftp", "runtime.db"));
    database.exec("DROP TABLE tally");
  }
  using refused = await Player.connect(server);
  await refused.say("S: 421 No room for another session, try again later.\n S closed");
  const line = await server.log.seen(({ fields }) => fields["rule"] === "session register");
  assert.equal(line.level, "warn");
});

Deno.test("a mistake of ours with a newcomer closes the connection and is told in the log", async () => {
  await using server = await InProcessServer.start({
    services: (usual) => {
      usual.bans.holds = () => assert.fail("oops");
      return usual;
    },
  });
  using refused = await Player.connect(server);
  await refused.say("S closed");
  const line = await server.log.seen(({ event }) => event === "bug");
  assert.match(String(line.fields["detail"]), /oops/);
});
