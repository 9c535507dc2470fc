// Replies on their way out: one write for all that is ready, in order, one at a time.

import assert from "node:assert/strict";
import { Outbox, OUTBOX_LIMIT_CHARACTERS } from "../../server/outbox.ts";
import type { ByteSink } from "../../shared/byte_stream.ts";

/** A sink whose writes end when the test says so. */
class SlowSink implements ByteSink {
  readonly written: string[] = [];
  readonly #open: (() => void)[] = [];

  write(bytes: Uint8Array): Promise<void> {
    this.written.push(new TextDecoder().decode(bytes));
    return new Promise((resolve) => this.#open.push(resolve));
  }

  letThrough(): void {
    this.#open.shift()?.();
  }
}

Deno.test("what was put before a flush leaves in one write", async () => {
  const sink = new SlowSink();
  using outbox = new Outbox(sink);
  outbox.put("200 a\r\n");
  outbox.put("200 ü\r\n");
  const flushed = outbox.flush();
  sink.letThrough();
  await flushed;
  assert.deepEqual(sink.written, ["200 a\r\n200 ü\r\n"]);
  assert.equal(outbox.isEmpty, true);
});

Deno.test("what is put during a write leaves after it, and both flushes wait for it", async () => {
  const sink = new SlowSink();
  using outbox = new Outbox(sink);
  outbox.put("1");
  const first = outbox.flush();
  outbox.put("2");
  const second = outbox.flush();
  assert.deepEqual(sink.written, ["1"]);
  sink.letThrough();
  // The second write starts when the first has ended, some turns later.
  for (let turn = 0; turn < 100 && sink.written.length < 2; turn++) await Promise.resolve();
  assert.deepEqual(sink.written, ["1", "2"]);
  sink.letThrough();
  await Promise.all([first, second]);
});

Deno.test("it is full before it holds much", () => {
  using outbox = new Outbox(new SlowSink());
  outbox.put("x".repeat(OUTBOX_LIMIT_CHARACTERS - 1));
  assert.equal(outbox.isFull, false);
  outbox.put("x");
  assert.equal(outbox.isFull, true);
});
