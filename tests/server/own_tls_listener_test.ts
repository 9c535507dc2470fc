// The loopback listener through which a thread connects to itself: what strangers and leavers do to it.

import assert from "node:assert/strict";
import { OwnTlsListener } from "../../server/own_tls_listener.ts";
import { selfSigned } from "../../server/self_signed.ts";
import { within } from "../../shared/deadline.ts";
import { isFault } from "../../shared/fault.ts";
import { never, PEER } from "../support/data_channels.ts";
import { listeningPorts } from "../support/listening_ports.ts";

const { certificatePem: cert, keyPem: key } = selfSigned("box.example", Date.now());
const OPTIONS = { limitMs: 8000, signal: never() };
/** More than the system keeps of those whom nobody has accepted yet. */
const CROWD = 600;

function ownListener(): OwnTlsListener {
  return new OwnTlsListener({ cert, key, alpnProtocols: [] });
}

/** Shows that both ends are one connection. */
async function connects(own: OwnTlsListener): Promise<void> {
  const { inner, conn } = await own.connect(OPTIONS);
  using _conn = conn;
  using _inner = inner;
  assert.equal(conn.remoteAddr.port, inner.local.port);
}

Deno.test({
  // The system looks again after a second whether there is room for one more.
  name: "strangers who fill the queue of the loopback port keep nobody from connecting",
  ignore: Deno.build.os !== "linux",
  async fn() {
    const others = listeningPorts(PEER);
    using own = ownListener();
    const [port = 0] = listeningPorts(PEER).filter((each) => !others.includes(each));
    const strangers = Array.from({ length: CROWD }, () => Deno.connect({ hostname: PEER, port }));
    const all = Promise.all(strangers);
    await assert.rejects(within(all, { limitMs: 300 }), (e) => isFault(e, "timed-out"));
    await connects(own);
    // What was let in while room was made is not ours either, and waits to be turned away.
    for (const stranger of await all) stranger.close();
    await connects(own);
  },
});

Deno.test("those who left before their turn fill no queue", async () => {
  using own = ownListener();
  const gone = { ...OPTIONS, signal: AbortSignal.abort() };
  for (let each = 0; each < CROWD; each++) {
    await assert.rejects(own.connect(gone), (e) => isFault(e, "aborted"));
  }
  await connects(own);
});

Deno.test("who leaves in the middle of a turn takes nobody's connection along", async () => {
  using own = ownListener();
  for (let ms = 0; ms < 20; ms++) {
    const leaving = new AbortController();
    const left = own.connect({ ...OPTIONS, signal: leaving.signal }).then(({ inner, conn }) => {
      inner.close();
      conn.close();
    }, (error) => assert.ok(isFault(error, "aborted"), String(error)));
    const next = connects(own);
    for (let tick = 0; tick < ms; tick++) await Promise.resolve();
    leaving.abort();
    await Promise.all([left, next]);
  }
});
