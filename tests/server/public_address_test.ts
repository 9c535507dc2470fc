// What PASV tells to whom: peers inside, outside, in networks with an address of their own; names; the warning.

import assert from "node:assert/strict";
import { type Network, parseNetwork } from "../../server/network.ts";
import {
  parsePublicAddress,
  PublicAddresses,
  type PublicAddressWorld,
} from "../../server/public_address.ts";
import { InProcessServer, RecordedLog } from "../support/in_process_server.ts";
import { Player } from "../support/transcript_player.ts";

const LOCAL = "192.168.1.10";

function network(text: string): Network {
  const read = parseNetwork(text);
  assert.ok(read.ok);
  return read.value;
}

function addresses(...texts: string[]) {
  return texts.map((text) => {
    const read = parsePublicAddress(text);
    assert.ok(read.ok, text);
    return read.value;
  });
}

function teller(said: string[], rest: Partial<PublicAddressWorld> = {}) {
  const log = new RecordedLog();
  const news = new Set<string>();
  const told = new PublicAddresses({
    addresses: () => addresses(...said),
    log,
    isNews: (name) => !news.has(name) && news.add(name) !== undefined,
    ownNetworks: () => [network("192.168.1.0/24")],
    resolve: () => Promise.reject(new Error("no name was expected")),
    ...rest,
  });
  const tellTo = (address: string, local = LOCAL) =>
    told.tellTo({ local: { address: local, port: 21 }, peer: { address, port: 40_000 } });
  return { log, tellTo };
}

Deno.test("the public address is told to far clients only", async () => {
  const { tellTo } = teller(["203.0.113.5"]);
  assert.equal(await tellTo("198.51.100.7"), "203.0.113.5");
  assert.equal(await tellTo("192.168.1.77"), LOCAL);
  assert.equal(await tellTo("127.0.0.1", "127.0.0.1"), "127.0.0.1");
  assert.equal(await tellTo("10.0.0.9"), "203.0.113.5");
});

Deno.test("a network with an address of its own gets that, the narrowest one first", async () => {
  const { tellTo } = teller(["203.0.113.5", "10.0.0.0/8=10.0.0.1", "10.8.0.0/16=10.8.0.1"]);
  assert.equal(await tellTo("10.8.3.4"), "10.8.0.1");
  assert.equal(await tellTo("10.9.3.4"), "10.0.0.1");
  assert.equal(await tellTo("198.51.100.7"), "203.0.113.5");
});

Deno.test("an address named for our own network is told there, but never on this machine", async () => {
  const { tellTo } = teller(["192.168.0.0/16=203.0.113.5", "0.0.0.0/0=203.0.113.6"]);
  assert.equal(await tellTo("192.168.1.77"), "203.0.113.5");
  assert.equal(await tellTo("127.0.0.1", "127.0.0.1"), "127.0.0.1");
});

Deno.test("a name is asked for once a minute, and its last address stays when nobody answers", async () => {
  let asked = 0;
  let nowMs = 0;
  const { log, tellTo } = teller(["ftp.example.org"], {
    resolve: () =>
      ++asked > 2 ? Promise.reject(new Error("silence")) : Promise.resolve(`203.0.113.${asked}`),
    nowMs: () => nowMs,
  });
  const tellAt = (ms: number) => {
    nowMs = ms;
    return tellTo("198.51.100.7");
  };
  assert.equal(await tellAt(0), "203.0.113.1");
  assert.equal(await tellAt(59_999), "203.0.113.1");
  assert.equal(await tellAt(60_000), "203.0.113.2");
  assert.equal(await tellAt(120_000), "203.0.113.2");
  assert.equal(asked, 3);
  assert.deepEqual(log.lines.map(({ event }) => event), ["public address not resolved"]);
});

Deno.test("a name that has no address is told of in the log, and our own address is told", async () => {
  const resolve = () => Promise.reject(new Error("no such name"));
  const { log, tellTo } = teller(["ftp.example.org"], { resolve });
  assert.equal(await tellTo("198.51.100.7", "203.0.113.9"), "203.0.113.9");
  assert.equal(log.lines[0]?.event, "public address not resolved");
});

Deno.test("a private address told to a public client is warned about once, with what cures it", async () => {
  const { log, tellTo } = teller([]);
  await tellTo("10.0.0.9");
  assert.equal(log.lines.length, 0);
  await tellTo("198.51.100.7");
  await tellTo("198.51.100.8");
  assert.deepEqual(log.lines.map(({ event }) => event), [
    "private address told to a public client",
  ]);
  assert.match(String(log.lines[0]?.fields["cure"]), /--public-address ADDRESS/);
});

Deno.test("PASV tells it over the wire, also behind a proxy", async () => {
  await using server = await InProcessServer.start({
    settings: { publicAddresses: addresses("203.0.113.5"), proxyFrom: [network("127.0.0.1")] },
  });
  using player = await Player.connect(server);
  await player.say('C bytes: "PROXY TCP4 198.51.100.7 10.0.0.5 4000 21\\r\\n"\n S: 220 *\n login');
  await player.say("C: PASV\n S: 227 Entering Passive Mode (203,0,113,5,*).");
});
