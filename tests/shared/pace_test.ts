// Several transfers in one thread let it hear its sockets, however ready all their work is.

import assert from "node:assert/strict";
import { BufferPool } from "../../shared/buffer_pool.ts";
import { Pace } from "../../shared/pace.ts";
import { pump } from "../../shared/pump.ts";

/** More than several seconds' worth: whoever is not heard meanwhile is not heard at all. */
const LIMIT_READS = 2_000_000;

Deno.test("beside transfers whose work is always ready a line is heard", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const arriving = listener.accept();
  using sender = await Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port });
  using receiver = await arriving;
  let isHeard = false;
  const heard = receiver.read(new Uint8Array(16)).then(() => void (isHeard = true));
  let reads = 0;
  const source = {
    read: (into: Uint8Array) =>
      Promise.resolve(isHeard || ++reads > LIMIT_READS ? null : into.length),
  };
  const sink = { write: () => Promise.resolve(), finish: () => Promise.resolve() };
  const options = {
    signal: new AbortController().signal,
    stallMs: 60_000,
    buffers: new BufferPool(),
  };
  const transfers = [1, 2, 3].map(() => pump(source, sink, options));
  await sender.write(new TextEncoder().encode("NOOP\r\n"));
  await Promise.all(transfers);
  assert.ok(reads <= LIMIT_READS, "the transfers ended before the line was heard");
  await heard;
});

Deno.test("a transfer that is alone never rests, and several rest together", async () => {
  const pace = new Pace();
  using _one = pace.join();
  assert.equal(pace.rest(), undefined);
  using _other = pace.join();
  const rest = pace.rest();
  assert.ok(rest !== undefined);
  assert.equal(pace.rest(), rest);
  await rest;
  assert.equal(pace.rest(), undefined, "it has just rested");
});

Deno.test("a listing rests though it is alone, and takes no transfer's share", async () => {
  const pace = new Pace();
  {
    using _listing = pace.joinListing();
    assert.equal(pace.running, 0);
    const rest = pace.rest();
    assert.ok(rest !== undefined);
    await rest;
  }
  using _transfer = pace.join();
  assert.equal(pace.rest(), undefined);
});

Deno.test("when the others end in the middle of a rest, it ends", async () => {
  const pace = new Pace();
  using _one = pace.join();
  const other = pace.join();
  const rest = pace.rest();
  other[Symbol.dispose]();
  await rest;
});
