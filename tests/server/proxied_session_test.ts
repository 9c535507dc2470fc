// Sessions through a proxy: who is believed, what the peer's address then means, and data connections.

import { SqliteAccounts } from "../../server/accounts/sqlite_accounts.ts";
import { accountsFile } from "../../server/data_directory.ts";
import { InProcessServer, USER } from "../support/in_process_server.ts";
import { ControlLine } from "../support/control_line.ts";
import { networks } from "../support/networks.ts";
import { Player } from "../support/transcript_player.ts";

/** Everybody on this machine is a proxy. */
const BEHIND = { proxyFrom: networks("127.0.0.0/8") };
const HEADER = "PROXY TCP4 203.0.113.7 198.51.100.1 40000 21\\r\\n";

Deno.test("the address that a trusted proxy tells is the peer's, in the log and for the limits", async () => {
  await using server = await InProcessServer.start({
    settings: { ...BEHIND, maxSessionsPerAddress: 1 },
  });
  using first = await Player.connect(server);
  await first.say(`C bytes: "${HEADER}"\n S: 220 *\n login\n log login peer=203.0.113.7`);
  using second = await Player.connect(server);
  await second.say(`C bytes: "${HEADER}"\n S: 421 Too many sessions from your address, *`);
  using other = await Player.connect(server);
  await other.say(`C bytes: "${HEADER.replace("113.7", "113.8")}"\n S: 220 *`);
});

Deno.test("from anybody else a header is an unknown command", async () => {
  await using server = await InProcessServer.start({
    settings: { proxyFrom: networks("127.0.0.9") },
  });
  using player = await Player.connect(server);
  await player.say(`S: 220 *\n C bytes: "${HEADER}"\n S: 500 *\n login\n log login peer=127.0.0.1`);
});

Deno.test("a trusted proxy that sends no header gets no session", async () => {
  await using server = await InProcessServer.start({ settings: BEHIND });
  using player = await Player.connect(server);
  await player.say('C bytes: "USER alice\\r\\nPASS x\\r\\n"');
  await player.say("S: 421 Connections from this address begin with a PROXY header.\n S closed");
  await player.say("log refused rule=proxy_header");
});

Deno.test("a server that stops does not wait for a header", async () => {
  await using server = await InProcessServer.start({ settings: BEHIND });
  using player = await Player.connect(server);
  await player.say('C bytes: "PROXY TC"');
  await Promise.all([server.close(), player.say("S: 421 *\n S closed")]);
});

Deno.test("behind a proxy on this machine nobody counts as local: a login wants TLS", async () => {
  for (const header of [HEADER, "PROXY TCP4 127.0.0.1 127.0.0.1 40000 21\\r\\n"]) {
    await using server = await InProcessServer.start({ settings: { ...BEHIND, tls: "required" } });
    using player = await Player.connect(server);
    await player.say(
      `C bytes: "${header}"\n S: 220 *\n C: USER alice\n S: 530 This server wants TLS*`,
    );
    await player.say("C: AUTH TLS\n S: 234 *\n tls\n login");
  }
});

Deno.test("who comes through a proxy on this machine is in no account's networks by that", async () => {
  await using server = await InProcessServer.start({ settings: BEHIND });
  using accounts = SqliteAccounts.open(accountsFile(server.home));
  await accounts.update(USER, { networks: ["192.0.2.0/24"] });
  using player = await Player.connect(server);
  await player.say('C bytes: "PROXY TCP4 127.0.0.1 127.0.0.1 40000 21\\r\\n"');
  await player.say("S: 220 *\n C: USER alice\n S: 331 *");
  await player.say("C: PASS correct horse\n S: 530 This account may not log in from your address.");
});

Deno.test("a proxy's own health check is answered, and nobody whose address it hides logs in", async () => {
  await using server = await InProcessServer.start({
    settings: { ...BEHIND, loginFailures: 3, anonymous: "read", registration: "open" },
  });
  using player = await Player.connect(server);
  await player.say('C bytes: "PROXY UNKNOWN\\r\\n"\n S: 220 *\n C: NOOP\n S: 200 *');
  await player.say("C: SYST\n S: 215 *\n C: AUTH TLS\n S: 234 *\n tls");
  for (const words of ["USER alice", "PASS x", "USER anonymous", "SITE REGISTER bob secret-word"]) {
    await player.say(`C: ${words}\n S: 530 The proxy you come through does not tell your address.`);
  }
  await player.say("log refused rule=traceable\n C: QUIT\n S: 221 *");
});

Deno.test("bans are of whom a proxy on this machine names, never of all who come through it", async () => {
  await using server = await InProcessServer.start({
    settings: { ...BEHIND, loginFailures: 3 },
  });
  const behind = (code: number, words: string) =>
    ControlLine.open(server.port, code, "127.0.0.1", `PROXY ${words}`);
  for (const named of ["203.0.113.7", "127.0.0.1"]) {
    const from = `TCP4 ${named} 198.51.100.1 40000 21`;
    using guesser = await behind(220, from);
    for (const [at, code] of [530, 530, 421].entries()) {
      await guesser.say(`USER name${at}`, 331);
      await guesser.say("PASS wrong", code);
    }
    using _banned = await behind(421, from);
    using _other = await behind(220, "TCP4 203.0.113.8 198.51.100.1 40000 21");
    using _healthCheck = await behind(220, "UNKNOWN");
  }
});

const DATA_HEADER = '"PROXY TCP4 203.0.113.7 198.51.100.1 41000 50000\\r\\n"';

Deno.test("PASV tells the address that the proxy was reached at, and the data comes through it", async () => {
  await using server = await InProcessServer.start({ settings: BEHIND });
  using player = await Player.connect(server);
  await player.say(`C bytes: "${HEADER}"\n S: 220 *\n login`);
  await player.say(`C: PASV\n S: 227 Entering Passive Mode (198,51,100,1,*).\n data connect`);
  await player.say(
    `C: STOR a\n S: 150 *\n data send ${DATA_HEADER}\n data send "hello"\n data close`,
  );
  await player.say('S: 226 *\n file /a "hello"');
});

Deno.test("data through the proxy under TLS comes behind the header, too", async () => {
  await using server = await InProcessServer.start({ settings: BEHIND });
  using player = await Player.connect(server);
  await player.say(`C bytes: "${HEADER}"\n S: 220 *\n C: AUTH TLS\n S: 234 *\n tls\n login`);
  await player.say(
    "C: PBSZ 0\n S: 200 *\n C: PROT P\n S: 200 *\n C: EPSV\n S: 229 *\n data connect",
  );
  await player.say(
    `C: STOR a\n S: 150 *\n data send ${DATA_HEADER}\n data tls\n data send "hello"`,
  );
  await player.say('data close\n S: 226 *\n file /a "hello"');
});

Deno.test("data for another client of the same proxy is dropped, and the waiting goes on", async () => {
  await using server = await InProcessServer.start({ settings: BEHIND });
  using player = await Player.connect(server);
  await player.say(`C bytes: "${HEADER}"\n S: 220 *\n login\n C: EPSV\n S: 229 *`);
  const foreign = '"PROXY TCP4 203.0.113.8 198.51.100.1 41000 50000\\r\\nstolen"';
  await player.say(`data connect\n C: STOR a\n S: 150 *\n data send ${foreign}\n data closed`);
  await player.say('data connect\n data send "USER x\\r\\nno header at all"\n data closed');
  await player.say(`data connect\n data send ${DATA_HEADER}\n data send "mine"\n data close`);
  await player.say('S: 226 *\n file /a "mine"');
});
