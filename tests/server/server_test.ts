// The server around its sessions: whom it takes in, how it stops, what it survives.

import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { LOCAL_PRESENCE } from "../../server/presence.ts";
import { within } from "../../shared/deadline.ts";
import { Fault } from "../../shared/fault.ts";
import { InProcessServer } from "../support/in_process_server.ts";
import { Player } from "../support/transcript_player.ts";

const BIG_DOWNLOAD = `
  given file /big 33554432 bytes
  login
  C: TYPE I
  S: 200 *
  C: EPSV
  S: 229 *
  data connect
  C: RETR big
  S: 150 *
  data read 1
`;

Deno.test("a server that stops tells idle sessions and ends", async () => {
  await using server = await InProcessServer.start();
  using player = await Player.connect(server);
  await player.say("S: 220 *\n login");
  await Promise.all([
    server.close(),
    player.say("S: 421 This server is being stopped; goodbye.\n S closed"),
  ]);
  await assert.rejects(Player.connect(server), Deno.errors.ConnectionRefused);
});

Deno.test("a server that stops lets a transfer finish, but nothing after it", async () => {
  await using server = await InProcessServer.start({ graceMs: 60_000 });
  using player = await Player.connect(server);
  await player.say(`S: 220 *\n ${BIG_DOWNLOAD} \n C: PWD`);
  const stopped = server.close();
  await player.say("data closed\n S: 226 Done, 33554432 bytes.\n S: 421 *\n S closed");
  await stopped;
});

Deno.test("a server that stops aborts a transfer that takes longer than its grace", async () => {
  await using server = await InProcessServer.start({ graceMs: 50 });
  using player = await Player.connect(server);
  await player.say(`S: 220 *\n ${BIG_DOWNLOAD}`);
  const stopped = server.close();
  await player.say("S: 426 Transfer aborted.\n S: 421 *\n S closed");
  await stopped;
});

Deno.test("connections that are reset before they are accepted do no harm", async () => {
  await using server = await InProcessServer.start();
  for (let count = 0; count < 50; count++) {
    const socket = connect(server.port, "127.0.0.1");
    socket.on("error", () => {});
    await once(socket, "connect");
    socket.resetAndDestroy();
  }
  using player = await Player.connect(server);
  await player.say("S: 220 *\n login");
});

Deno.test("one session too many is told so, and has a place when another ends", async () => {
  await using server = await InProcessServer.start({ settings: { maxSessionsPerAddress: 1 } });
  {
    using first = await Player.connect(server);
    await first.say("S: 220 *");
    using second = await Player.connect(server);
    await second.say("S: 421 Too many sessions from your address, try again later.\n S closed");
    await first.say("log refused rule=max-per-address\n C: QUIT\n S: 221 *\n S closed");
    await first.say("log disconnected why=quit");
  }
  using third = await Player.connect(server);
  await third.say("S: 220 *");
});

Deno.test("a control connection that is lost aborts its transfer", async () => {
  await using server = await InProcessServer.start();
  using player = await Player.connect(server);
  await player.say(`S: 220 *\n ${BIG_DOWNLOAD} \n C close\n data closed`);
  await player.say("log transfer outcome=aborted\n log disconnected why=connection_lost");
});

Deno.test("TLS from the first byte comes before the greeting", async () => {
  await using server = await InProcessServer.start({ implicitTls: true });
  using player = await Player.connect(server, "tls");
  await player.say("S: 220 *\n login\n log login tls=true\n C: PBSZ 0\n S: 200 *");
});

Deno.test("a peer that does not handshake after AUTH is given up", async () => {
  await using server = await InProcessServer.start({ settings: { tlsHandshakeTimeoutMs: 50 } });
  using player = await Player.connect(server);
  await player.say("S: 220 *\n C: AUTH TLS\n S: 234 *\n S closed");
  await player.say("log disconnected why=TLS_handshake_failed");
});

Deno.test("a mistake of ours ends the session with 451 and leaves its trace in the log", async () => {
  await using server = await InProcessServer.start({
    services: (usual) => ({ ...usual, openStorage: () => Promise.reject(new TypeError("oops")) }),
  });
  using player = await Player.connect(server);
  await player.say("S: 220 *\n C: USER alice\n S: 331 *\n C: PASS correct horse");
  await player.say("S: 451 Something is wrong with this server.\n S: 421 *\n S closed");
  const line = await server.log.seen(({ event }) => event === "bug");
  assert.match(String(line.fields["detail"]), /TypeError: oops/);
});

Deno.test("a failure of the host is 451 without its cause, and the session goes on", async () => {
  const cause = new Error("/srv/disk is gone");
  await using server = await InProcessServer.start({
    services: (usual) => ({
      ...usual,
      openStorage: () => Promise.reject(new Fault("host-failure", { cause })),
    }),
  });
  using player = await Player.connect(server);
  await player.say("S: 220 *\n C: USER alice\n S: 331 *\n C: PASS correct horse");
  await player.say("S: 451 This server failed to do it; its operator can see why.");
  await player.say("C: NOOP\n S: 200 *\n C: PWD\n S: 530 *");
  const line = await server.log.seen(({ event, level }) =>
    event === "refused" && level === "error"
  );
  assert.match(String(line.fields["detail"]), /disk is gone/);
});

Deno.test("more requests than are held during a transfer are all answered after it, in order", async () => {
  await using server = await InProcessServer.start();
  using player = await Player.connect(server);
  await player.say(`S: 220 *\n ${BIG_DOWNLOAD}`);
  const requests = Array.from({ length: 40 }, (_, at) => at % 2 === 0 ? "NOOP" : "PWD");
  const answers = requests.map((verb) => verb === "NOOP" ? "S: 200 *" : "S: 257 *");
  await player.say(requests.map((verb) => `C: ${verb}`).join("\n"));
  await player.say(`data closed\n S: 226 *\n ${answers.join("\n")}`);
});

Deno.test("AUTH behind a transfer is answered after it, and TLS starts with the client's next byte", async () => {
  await using server = await InProcessServer.start();
  using player = await Player.connect(server);
  await player.say(`S: 220 *\n ${BIG_DOWNLOAD} \n C: AUTH TLS\n data closed\n S: 226 *`);
  await player.say("S: 234 *\n tls\n C: PWD\n S: 530 *");
});

Deno.test("who was logged in has the whole time for the next login after REIN and USER", async () => {
  await using server = await InProcessServer.start({ settings: { loginTimeoutMs: 700 } });
  for (const leaving of ["REIN\n S: 220 *", "USER reader\n S: 331 *"]) {
    using member = await Player.connect(server);
    await member.say("S: 220 *\n login");
    // Came later: when its time is over, so is what the other one had from its connection on.
    using stranger = await Player.connect(server);
    await stranger.say("S: 220 *\n S: 421 No login in time; goodbye.\n S closed");
    await member.say(`C: ${leaving}`);
    using other = await Player.connect(server);
    await other.say("S: 220 *\n login");
    await member.say("login");
  }
});

Deno.test("a peer that takes no replies does not keep a session that is ended again and again", async () => {
  await using server = await InProcessServer.start();
  using peer = await Deno.connect({ hostname: "127.0.0.1", port: server.port });
  await server.log.seen(({ event }) => event === "connected");
  const requests = new TextEncoder().encode("HELP\r\n".repeat(10_000));
  let sent = 0;
  const sendMore = async () => {
    sent = (sent + await peer.write(requests.subarray(sent))) % requests.length;
    return true;
  };
  // Until the server waits for us, and therefore reads no more.
  while (await within(sendMore(), { limitMs: 300 }).catch(() => false));
  await using presence = await LOCAL_PRESENCE.open(server.home);
  const [session] = (await presence.look()).sessions;
  assert.equal(await presence.kick(session?.id ?? ""), true);
  // Far less than a reply may take, and more than the goodbye.
  await within(server.log.seen(({ event }) => event === "disconnected"), { limitMs: 10_000 });
});
