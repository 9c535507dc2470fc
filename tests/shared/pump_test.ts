// Bytes moved from a source to a sink: whole, in order, bounded, and nothing lost when it breaks off.

import assert from "node:assert/strict";
import fc from "fast-check";
import {
  BufferPool,
  LARGEST_BUFFER_BYTES,
  nextBufferBytes,
  SMALLEST_BUFFER_BYTES,
} from "../../shared/buffer_pool.ts";
import type { ByteSink, ByteSource } from "../../shared/byte_stream.ts";
import { Fault, isFault } from "../../shared/fault.ts";
import { pump, type PumpOptions } from "../../shared/pump.ts";
import { joined } from "../support/pieces.ts";
import { assertSameBytes } from "../support/same_bytes.ts";

const STALL_MS = 5000;

function options(more: Partial<PumpOptions> = {}): PumpOptions {
  return { signal: new AbortController().signal, stallMs: STALL_MS, ...more };
}

/** Bytes that tell where they are from. */
function pattern(bytes: number): Uint8Array {
  return Uint8Array.from({ length: bytes }, (_, at) => (at * 31 + (at >> 8)) & 0xff);
}

/** Gives `bytes` in pieces of these sizes, over and over; then `end`, or never anything. */
function sourceOf(
  bytes: Uint8Array,
  pieces: readonly number[],
  end: () => Promise<number | null> = () => Promise.resolve(null),
): ByteSource {
  let at = 0;
  let turn = 0;
  return {
    read(into) {
      if (at === bytes.length) return end();
      const piece = pieces[turn++ % pieces.length] ?? 1;
      const part = bytes.subarray(at, at + Math.min(piece, into.length));
      into.set(part);
      at += part.length;
      return Promise.resolve(part.length);
    },
  };
}

/**
 * Keeps what it is given, as it is a turn later: a write that overlaps another, or a buffer that is
 * filled anew too early, shows. Fails at the write of that number.
 */
function keepingSink(failsAt = Infinity): ByteSink & { content(): Uint8Array } {
  const pieces: Uint8Array[] = [];
  let writes = 0;
  let isWriting = false;
  return {
    async write(bytes) {
      assert.equal(isWriting, false);
      isWriting = true;
      await new Promise((resolve) => setTimeout(resolve));
      isWriting = false;
      if (writes++ === failsAt) throw new Fault("no-space");
      pieces.push(bytes.slice());
    },
    content: () => Uint8Array.from(pieces.flatMap((piece) => [...piece])),
  };
}

const never = () => new Promise<never>(() => {});
const sizes = fc.array(fc.integer({ min: 1, max: 70_000 }), { minLength: 1, maxLength: 8 });

Deno.test("however the reads are split, the sink gets the same bytes", async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: 300_000 }), sizes, async (total, pieces) => {
      const bytes = pattern(total);
      const sink = keepingSink();
      let told = 0;
      const shown: Uint8Array[] = [];
      const buffers = new BufferPool();
      const moved = await pump(
        sourceOf(bytes, pieces),
        sink,
        options({
          buffers,
          onRead: (read) => void shown.push(read.slice()),
          onMoved: (more) => told += more,
        }),
      );
      assert.equal(moved, total);
      assert.equal(told, total);
      assertSameBytes(sink.content(), bytes);
      assertSameBytes(joined(shown), bytes);
      assert.equal(buffers.inUseBytes, 0);
    }),
    { numRuns: 20 },
  );
});

Deno.test("whatever fails in the source, what was read before is in the sink", async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: 200_000 }), sizes, async (total, pieces) => {
      const bytes = pattern(total);
      const sink = keepingSink();
      const buffers = new BufferPool();
      const broken = () => Promise.reject(new Fault("truncated"));
      await assert.rejects(
        pump(sourceOf(bytes, pieces, broken), sink, options({ buffers, salvage: true })),
        (e) => isFault(e, "truncated"),
      );
      assertSameBytes(sink.content(), bytes);
      assert.equal(buffers.inUseBytes, 0);
    }),
    { numRuns: 20 },
  );
});

Deno.test("a sink that fails at any write is told and gets nothing more", async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: 5 }), sizes, async (failsAt, pieces) => {
      const bytes = pattern(1_000_000);
      const sink = keepingSink(failsAt);
      const largestBufferBytes = SMALLEST_BUFFER_BYTES;
      const moving = pump(
        sourceOf(bytes, pieces),
        sink,
        options({ salvage: true, largestBufferBytes }),
      );
      await assert.rejects(moving, (e) => isFault(e, "no-space"));
      const kept = sink.content();
      assert.equal(kept.length, failsAt * SMALLEST_BUFFER_BYTES);
      assertSameBytes(kept, bytes.subarray(0, kept.length));
    }),
    { numRuns: 10 },
  );
});

Deno.test("a sink that keeps what it took has taken it when a failure is told, though nothing more came", async () => {
  const isWriting = Promise.withResolvers<void>();
  let sent = false;
  let hasWritten = false;
  const source: ByteSource = {
    async read(into) {
      if (!sent) {
        sent = true;
        return into.length;
      }
      await isWriting.promise;
      throw new Fault("truncated");
    },
  };
  const slow: ByteSink = {
    async write() {
      isWriting.resolve();
      // Far more turns than the failure needs to get out.
      for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
      hasWritten = true;
    },
  };
  await assert.rejects(pump(source, slow, options({ salvage: true })), { kind: "truncated" });
  assert.equal(hasWritten, true);
});

Deno.test("a sink that fails ends a source that gives nothing", async () => {
  const source = sourceOf(pattern(SMALLEST_BUFFER_BYTES), [SMALLEST_BUFFER_BYTES], never);
  await assert.rejects(pump(source, keepingSink(0), options()), (e) => isFault(e, "no-space"));
});

Deno.test("an abort in mid-read ends at once, and what was read before is in the sink", async () => {
  const abort = new AbortController();
  const bytes = pattern(100_000);
  const sink = keepingSink();
  const source = sourceOf(bytes, [7000], () => {
    abort.abort("ABOR");
    return never();
  });
  await assert.rejects(
    pump(source, sink, options({ signal: abort.signal, salvage: true })),
    (e) => isFault(e, "aborted"),
  );
  assertSameBytes(sink.content(), bytes);
});

Deno.test("after an abort nothing more is read", async () => {
  const abort = new AbortController();
  let reads = 0;
  const source: ByteSource = {
    read() {
      if (++reads === 3) abort.abort();
      return Promise.resolve(1);
    },
  };
  await assert.rejects(
    pump(source, keepingSink(), options({ signal: abort.signal })),
    (e) => isFault(e, "aborted"),
  );
  await new Promise((resolve) => setTimeout(resolve));
  assert.equal(reads, 3);
});

Deno.test("an abort does not wait for a peer that takes nothing", async () => {
  const abort = new AbortController();
  const sink: ByteSink = {
    write() {
      abort.abort();
      return never();
    },
  };
  const source = sourceOf(pattern(1_000_000), [1_000_000]);
  await assert.rejects(
    pump(source, sink, options({ signal: abort.signal })),
    (e) => isFault(e, "aborted"),
  );
});

Deno.test("a signal that has fired already moves nothing", async () => {
  const sink = keepingSink();
  const signal = AbortSignal.abort("too late");
  await assert.rejects(
    pump(sourceOf(pattern(10), [10]), sink, options({ signal })),
    (e) => isFault(e, "aborted"),
  );
  assert.equal(sink.content().length, 0);
});

Deno.test("a source that stands still is timed out, and what it gave is in the sink", async () => {
  const bytes = pattern(50_000);
  const sink = keepingSink();
  await assert.rejects(
    pump(sourceOf(bytes, [999], never), sink, options({ stallMs: 30, salvage: true })),
    (e) => isFault(e, "timed-out"),
  );
  assertSameBytes(sink.content(), bytes);
});

Deno.test("a sink that stands still is timed out, rescue or not", async () => {
  const source = () => sourceOf(pattern(1_000_000), [1_000_000]);
  const stuck: ByteSink = { write: never };
  for (const salvage of [false, true]) {
    await assert.rejects(
      pump(source(), stuck, options({ stallMs: 30, salvage })),
      (e) => isFault(e, "timed-out"),
    );
  }
});

Deno.test("a transfer that is slow and moves is not timed out", async () => {
  const stallMs = 400;
  let left = 30;
  const slow: ByteSource = {
    async read(into) {
      if (left-- === 0) return null;
      await new Promise((resolve) => setTimeout(resolve, stallMs / 20));
      into[0] = left;
      return 1;
    },
  };
  assert.equal(await pump(slow, keepingSink(), options({ stallMs })), 30);
});

Deno.test("what a source gives slowly after much in haste goes on before a buffer is full", async () => {
  const MIB = 1024 * 1024;
  let hastyBytes = 8 * MIB, slowReads = 0, passedOn = 0;
  const source: ByteSource = {
    async read(into) {
      const bytes = Math.min(into.length, hastyBytes);
      hastyBytes -= bytes;
      if (bytes > 0) return bytes;
      if (passedOn > 8 * MIB) return null;
      await new Promise((resolve) => setTimeout(resolve, 20));
      if (++slowReads === 100) assert.fail("nothing came through");
      return 1;
    },
  };
  const sink: ByteSink = {
    write: ({ length }) => Promise.resolve(void (passedOn += length)),
  };
  assert.ok(
    await pump(source, sink, options()) > 8 * MIB,
  );
});

Deno.test("a source is read two buffers ahead of its sink at most", async () => {
  let readBytes = 0;
  const endless: ByteSource = {
    read(into) {
      readBytes += into.length;
      return Promise.resolve(into.length);
    },
  };
  const abort = new AbortController();
  const moving = pump(endless, { write: never }, options({ signal: abort.signal }));
  // Everything that can happen without the sink happens within the microtasks of one turn.
  await new Promise((resolve) => setTimeout(resolve));
  assert.ok(readBytes > 0 && readBytes <= 3 * SMALLEST_BUFFER_BYTES, `${readBytes} bytes`);
  abort.abort();
  await assert.rejects(moving, (e) => isFault(e, "aborted"));
});

Deno.test("a source that gives nothing and does not end is a bug that is told", async () => {
  const empty: ByteSource = { read: () => Promise.resolve(0) };
  await assert.rejects(pump(empty, keepingSink(), options()), /read nothing/);
});

Deno.test("a sink that wants small pieces gets no larger ones, and each counts as moved", async () => {
  const bytes = pattern(600_000);
  const sink = keepingSink();
  const moved: number[] = [];
  await pump(sourceOf(bytes, [bytes.length]), sink, {
    ...options(),
    largestWriteBytes: 50_000,
    onMoved: (count) => moved.push(count),
  });
  assertSameBytes(sink.content(), bytes);
  assert.ok(moved.every((count) => count <= 50_000), `${moved}`);
  assert.ok(moved.includes(50_000));
});

Deno.test("buffers grow while they are fast, shrink when they are slow, within their bounds", () => {
  const fast = [SMALLEST_BUFFER_BYTES];
  for (let i = 0; i < 8; i++) {
    fast.push(nextBufferBytes(fast.at(-1) ?? 0, 1, LARGEST_BUFFER_BYTES));
  }
  assert.equal(fast.at(1), 2 * SMALLEST_BUFFER_BYTES);
  assert.equal(fast.at(-1), LARGEST_BUFFER_BYTES);
  assert.equal(nextBufferBytes(262_144, 1, 262_144), 262_144);
  assert.equal(nextBufferBytes(65_536, 100, LARGEST_BUFFER_BYTES), 65_536);
  assert.equal(nextBufferBytes(65_536, 1000, LARGEST_BUFFER_BYTES), 32_768);
  assert.equal(nextBufferBytes(SMALLEST_BUFFER_BYTES, 1000, LARGEST_BUFFER_BYTES), 32_768);
});

Deno.test("the pool hands a buffer out again, and small ones when much is in use", () => {
  const pool = new BufferPool();
  const first = pool.take(SMALLEST_BUFFER_BYTES);
  pool.give(first);
  assert.equal(pool.take(SMALLEST_BUFFER_BYTES), first);
  let large = 0;
  while (pool.take(LARGEST_BUFFER_BYTES).length === LARGEST_BUFFER_BYTES) large++;
  assert.equal(large, 127);
  assert.equal(pool.take(LARGEST_BUFFER_BYTES).length, SMALLEST_BUFFER_BYTES);
});

Deno.test("transfers that wait for each other are not slow for that, and share what memory there is", () => {
  const [size, largest] = [65_536, LARGEST_BUFFER_BYTES];
  assert.equal(nextBufferBytes(size, 100, largest, 1), size);
  assert.equal(nextBufferBytes(size, 100, largest, 8), 2 * size);
  assert.equal(nextBufferBytes(size, 1000, largest, 300), size / 2);
  assert.equal(nextBufferBytes(4 * size, 100, size, 1), size);
  const buffers = new BufferPool();
  using transfers = new DisposableStack();
  const alone = buffers.shareBytes;
  for (let count = 0; count < 300; count++) transfers.use(buffers.pace.join());
  assert.ok(alone >= LARGEST_BUFFER_BYTES);
  assert.equal(buffers.shareBytes, 128 * 1024);
  for (let count = 300; count < 10_000; count++) transfers.use(buffers.pace.join());
  assert.equal(buffers.shareBytes, SMALLEST_BUFFER_BYTES);
});

Deno.test("buffers that come back are used again while others move, and few are kept after them", () => {
  const buffers = new BufferPool();
  const size = 128 * 1024;
  const taken = Array.from({ length: 300 }, () => buffers.take(size));
  const [last, ...others] = taken;
  others.forEach((each) => buffers.give(each));
  const again = others.map(() => buffers.take(size));
  assert.deepEqual(new Set(again), new Set(others));
  again.forEach((each) => buffers.give(each));
  buffers.give(last!);
  const known = new Set(taken);
  const kept = taken.filter(() => known.has(buffers.take(size)));
  assert.equal(kept.length, 16 * 1024 * 1024 / size);
});

Deno.test("a buffer that a read may still fill is never handed out again", async () => {
  const buffers = new BufferPool();
  const abort = new AbortController();
  let pending: Uint8Array | undefined;
  const source: ByteSource = {
    read(into) {
      pending = into;
      abort.abort();
      return never();
    },
  };
  await assert.rejects(
    pump(source, keepingSink(), options({ signal: abort.signal, buffers })),
    (e) => isFault(e, "aborted"),
  );
  assert.equal(buffers.inUseBytes, 0);
  assert.notEqual(buffers.take(SMALLEST_BUFFER_BYTES).buffer, pending?.buffer);
});
