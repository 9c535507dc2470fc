// The log: its two forms, what no value can do to it, and that its lines arrive.

import assert from "node:assert/strict";
import { join } from "node:path";
import fc from "fast-check";
import { consoleLog } from "../../shared/console_log.ts";
import type { LogFields } from "../../shared/log.ts";
import { batchingSink, fileSink, type LogSink } from "../../shared/log_sink.ts";
import { Secret } from "../../shared/secret.ts";
import { temporaryDirectory } from "../support/temporary_directory.ts";

const NOW_MS = Date.UTC(2026, 10, 21, 16, 6, 49, 123);

Deno.test("a text line tells time, level, event and fields", () => {
  const { log, lines } = keptLog("text");
  log.with({ session: "a1" }).write("info", "login", {
    name: "ann lee",
    tls: true,
    left: undefined,
  });
  assert.deepEqual(lines, [
    '2026-11-21T16:06:49.123Z info  login session=a1 name="ann lee" tls=true\n',
  ]);
});

Deno.test("a JSON line is one object with time, level, event and fields", () => {
  const { log, lines } = keptLog("json");
  log.with({ session: "a1" }).write("warn", "login refused", { name: "ann", tries: 3 });
  assert.deepEqual(lines.map((line) => JSON.parse(line)), [{
    time: "2026-11-21T16:06:49.123Z",
    level: "warn",
    event: "login refused",
    session: "a1",
    name: "ann",
    tries: 3,
  }]);
});

Deno.test("events below the lowest level are left out", () => {
  const { log, lines } = keptLog("text");
  log.write("debug", "detail");
  log.write("info", "event");
  assert.equal(lines.length, 1);
});

Deno.test("whatever a value holds, an event is one line and no value looks like a field", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (value) => {
    const text = keptLog("text");
    text.log.write("info", "event", { value, last: "end" });
    const [line = ""] = text.lines;
    // deno-lint-ignore no-control-regex -- what must not be there
    assert.match(line, /^[^\0-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e]*\n$/);
    const shown = /^2026-11-21T16:06:49.123Z info {2}event value=(\S+|".*") last=end\n$/.exec(line);
    assert.ok(shown, line);
    const json = keptLog("json");
    json.log.write("info", "event", { value });
    assert.deepEqual(json.lines.length, 1);
    assert.equal(JSON.parse(json.lines[0] ?? "").value, value);
  }));
});

Deno.test("a field cannot take the place of time, level or event", () => {
  const { log, lines } = keptLog("json");
  log.write("info", "event", { level: "error", time: "never", event: "other" });
  const { level, event } = JSON.parse(lines[0] ?? "");
  assert.deepEqual({ level, event }, { level: "info", event: "event" });
});

Deno.test("a secret that got among the fields stays masked", () => {
  const fields = { password: new Secret("hunter2") } as unknown as LogFields;
  for (const form of ["text", "json"] as const) {
    const { log, lines } = keptLog(form);
    log.write("info", "event", fields);
    assert.ok(!lines.join("").includes("hunter2"));
    assert.ok(lines.join("").includes("[secret]"));
  }
});

Deno.test("a value beyond all measure is cut", () => {
  const { log, lines } = keptLog("text");
  log.write("info", "event", { value: "x".repeat(1_000_000) });
  assert.ok((lines[0] ?? "").length < 2000);
});

Deno.test("all lines are in the file, in order, when the log is closed", async () => {
  await using directory = await temporaryDirectory();
  const path = join(directory.path, "log");
  {
    await using sink = fileSink(path);
    for (let at = 0; at < 10_000; at++) sink.write(`line ${at}\n`, at % 100 === 0);
  }
  const expected = Array.from({ length: 10_000 }, (_, at) => `line ${at}\n`).join("");
  assert.equal(await Deno.readTextFile(path), expected);
});

Deno.test("a log file that was moved away is followed by a new one", async () => {
  await using directory = await temporaryDirectory();
  const path = join(directory.path, "log");
  {
    await using sink = fileSink(path);
    sink.write("before\n", true);
    await Deno.rename(path, `${path}.1`);
    sink.reopen();
    sink.write("after\n", false);
  }
  assert.equal(
    await Deno.readTextFile(`${path}.1`) + await Deno.readTextFile(path),
    "before\nafter\n",
  );
  assert.match(await Deno.readTextFile(path), /after/);
});

Deno.test("no line is lost that comes just as a batch has been written", async () => {
  for (let turns = 0; turns < 12; turns++) {
    let written = "";
    const sink = batchingSink(() => ({
      write(bytes) {
        written += new TextDecoder().decode(bytes);
        return Promise.resolve();
      },
      [Symbol.dispose]() {},
    }));
    sink.write("first\n", true);
    for (let turn = 0; turn < turns; turn++) await Promise.resolve();
    sink.write("second\n", false);
    await sink[Symbol.asyncDispose]();
    assert.equal(written, "first\nsecond\n", `after ${turns} turns`);
  }
});

Deno.test("a reader that stands still costs lines, not memory, and the loss is told", async () => {
  const stuck = Promise.withResolvers<void>();
  const written: string[] = [];
  const sink = batchingSink(() => ({
    async write(bytes) {
      written.push(new TextDecoder().decode(bytes));
      if (written.length === 1) await stuck.promise;
    },
    [Symbol.dispose]() {},
  }));
  sink.write("first\n", true);
  const line = `${"x".repeat(999)}\n`;
  for (let at = 0; at < 5000; at++) sink.write(line, false);
  stuck.resolve();
  await sink[Symbol.asyncDispose]();
  const all = written.join("");
  assert.ok(all.length < 1_200_000, `${all.length} characters were kept`);
  const lost = /\{"level":"warn","event":"lines dropped","count":(\d+)\}\n$/.exec(all)?.[1];
  assert.equal(Number(lost) + all.split(line).length - 1, 5000);
});

Deno.test("a full disk costs lines and nothing else", async () => {
  let calls = 0;
  const sink = batchingSink(() => ({
    write() {
      calls++;
      return Promise.reject(new Error("no space"));
    },
    [Symbol.dispose]() {},
  }));
  sink.write("one\n", true);
  await sink[Symbol.asyncDispose]();
  assert.equal(calls, 1);
});

function keptLog(form: "text" | "json") {
  const lines: string[] = [];
  const sink: LogSink = {
    write: (line) => void lines.push(line),
    reopen() {},
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  return { lines, log: consoleLog({ form, sink, now: () => NOW_MS }) };
}
