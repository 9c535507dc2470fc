// Rule 3 over the wire: few ports for many clients, one listener a session, nothing left behind.

import assert from "node:assert/strict";
import { join } from "node:path";
import { parseExtendedPassiveReply } from "../../shared/host_port.ts";
import type { PortRange } from "../../server/settings.ts";
import { ControlLine } from "../support/control_line.ts";
import { noise } from "../support/file_tree.ts";
import { InProcessServer, PASSWORD, USER } from "../support/in_process_server.ts";
import { listeningPorts } from "../support/listening_ports.ts";
import { assertSameBytes } from "../support/same_bytes.ts";

const CLIENTS = 20;
const PORTS = 3;
/** As the kernel's table of connections names it. */
const KEEP_ALIVE_TIMER = "02";

/** Of which each of these tests has one of its own: on it nobody else takes a port or is counted. */
const ADDRESSES = { fewPorts: "127.0.0.31", oneListener: "127.0.0.32" } as const;

/** Ports in a row, below those that systems hand out to whoever asks for any. */
function portsInARow(count: number): PortRange {
  return { first: 20_000, last: 20_000 + count - 1 };
}

async function loggedIn(server: InProcessServer, host = "127.0.0.1"): Promise<ControlLine> {
  const line = await ControlLine.open(server.port, 220, host);
  await line.say(`USER ${USER}`, 331);
  await line.say(`PASS ${PASSWORD}`, 230);
  await line.say("TYPE I", 200);
  return line;
}

/** Asks for a port until one of the few is free. */
async function passivePort(line: ControlLine): Promise<number> {
  for (;;) {
    const answer = await line.ask("EPSV");
    if (answer.startsWith("425 ")) continue;
    const target = parseExtendedPassiveReply(answer);
    assert.ok(target.ok, answer);
    return target.value;
  }
}

async function read(port: number, hostname = "127.0.0.1"): Promise<Uint8Array> {
  using conn = await Deno.connect({ hostname, port });
  return new Uint8Array(await new Response(conn.readable).arrayBuffer());
}

Deno.test(`rule 3: ${PORTS} ports serve ${CLIENTS} clients, each its own file`, async () => {
  const host = ADDRESSES.fewPorts;
  const passivePorts = portsInARow(PORTS);
  await using server = await InProcessServer.start({ host, settings: { passivePorts } });
  const files = Array.from({ length: CLIENTS }, (_, at) => noise(40_000 + at, at + 1));
  for (const [at, bytes] of files.entries()) {
    await Deno.writeFile(join(server.root, `${at}`), bytes);
  }
  await Promise.all(files.map(async (bytes, at) => {
    using line = await loggedIn(server, host);
    const port = await passivePort(line);
    assert.ok(port >= passivePorts.first && port <= passivePorts.last);
    await line.say(`RETR ${at}`, 150);
    assertSameBytes(await read(port, host), bytes);
    assert.equal(await line.reply(), 226);
  }));
});

Deno.test({
  name: "rule 3: a session has one listener, and none is left when it ends",
  // Whose descriptors they are only Linux tells. To try the ports is no way to count: for a moment each
  // program that another test starts has whatever is open here, closed here or not.
  ignore: Deno.build.os !== "linux",
  async fn() {
    const host = ADDRESSES.oneListener;
    const passivePorts = portsInARow(10);
    await using server = await InProcessServer.start({ host, settings: { passivePorts } });
    const listening = () => listeningPorts(host).filter((port) => port !== server.port);
    using line = await loggedIn(server, host);
    for (let round = 0; round < 15; round++) {
      const port = await passivePort(line);
      assert.deepEqual(listening(), [port]);
    }
    await line.say("ABOR", 226);
    await line.say("NOOP", 200);
    assert.deepEqual(listening(), []);
    await passivePort(line);
    await line.say("QUIT", 221);
    await line.ended();
    await server.log.seen(({ event }) => event === "disconnected");
    assert.deepEqual(listening(), []);
  },
});

Deno.test("rule 3: ports are not foretold: of 30 hardly two follow each other", async () => {
  const passivePorts = { first: 20_000, last: 60_000 };
  await using server = await InProcessServer.start({ settings: { passivePorts } });
  using line = await loggedIn(server);
  const ports: number[] = [];
  for (let round = 0; round < 30; round++) ports.push(await passivePort(line));
  const steps = ports.slice(1).filter((port, at) => Math.abs(port - ports[at]!) <= 1);
  assert.ok(steps.length < 5, `${ports}`);
});

Deno.test("rule 3: everything works over IPv6", async () => {
  await using server = await InProcessServer.start({ host: "::1" });
  await Deno.writeTextFile(join(server.root, "f"), "over IPv6");
  using line = await loggedIn(server, "::1");
  assert.match(await line.ask("PASV"), /^425 .*EPSV/);
  assert.match(await line.ask("EPSV 1"), /^522 .*\(2\)/);
  const port = await passivePort(line);
  await line.say("RETR f", 150);
  assert.equal(new TextDecoder().decode(await read(port, "::1")), "over IPv6");
  assert.equal(await line.reply(), 226);

  using listener = Deno.listen({ hostname: "::1", port: 0 });
  await line.say(`EPRT |2|::1|${listener.addr.port}|`, 200);
  await line.say("RETR f", 150);
  using conn = await listener.accept();
  assert.equal(await new Response(conn.readable).text(), "over IPv6");
  assert.equal(await line.reply(), 226);
  await line.say(`EPRT |2|2001:db8::1|${listener.addr.port}|`, 504);
});

Deno.test({
  name: "rule 3: TCP keep-alive is on, so that a peer that vanished is noticed",
  // The kernel's table of connections tells; other systems have no such file.
  ignore: Deno.build.os !== "linux",
  async fn() {
    await using server = await InProcessServer.start();
    using line = await loggedIn(server);
    await line.say("NOOP", 200);
    let timer = await timerOf(server.port);
    // A retransmission's, until the last reply has been acknowledged.
    while (timer === "01") timer = await timerOf(server.port);
    assert.equal(timer, KEEP_ALIVE_TIMER);
  },
});

/** Which timer runs for the server's end of its connection. */
async function timerOf(serverPort: number): Promise<string | undefined> {
  const port = serverPort.toString(16).toUpperCase().padStart(4, "0");
  const table = await Deno.readTextFile("/proc/self/net/tcp");
  const rows = table.split("\n").map((row) => row.trim().split(/ +/));
  const row = rows.find(([, local, , state]) => local?.endsWith(`:${port}`) && state === "01");
  return row?.[5]?.slice(0, 2);
}

Deno.test("where any port will do it is one of those that clients of this machine are not given", async () => {
  await using server = await InProcessServer.start();
  using line = await loggedIn(server);
  const ports = new Set<number>();
  for (let time = 0; time < 20; time++) ports.add(await passivePort(line));
  assert.ok(ports.size > 10, `${[...ports]}`);
  for (const port of ports) assert.ok(port >= 49152 && port % 2 === 1, `${port}`);
});
