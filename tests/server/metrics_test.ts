// Metrics: what the log is told is counted, over all threads and their deaths, and served as Prometheus reads it.

import assert from "node:assert/strict";
import { join } from "node:path";
import { type Counts, EventCounts, NO_COUNTS } from "../../server/metrics/event_counts.ts";
import { metricsText } from "../../server/metrics/metrics_text.ts";
import { ThreadCounts } from "../../server/metrics/thread_counts.ts";
import { ControlLine } from "../support/control_line.ts";
import { RecordedLog } from "../support/in_process_server.ts";
import { runWell } from "../support/program.ts";
import { startServer } from "../support/server_process.ts";
import { temporaryDirectory } from "../support/temporary_directory.ts";

Deno.test("events of the log are counted, those of sessions apart from those at the door", () => {
  const events = new EventCounts();
  const written = new RecordedLog();
  const log = events.watching(written);
  const session = log.with({ session: "1" });
  log.write("warn", "refused", { rule: "max-sessions" });
  session.write("debug", "connected");
  session.write("info", "refused", { rule: "known" });
  session.write("warn", "login refused");
  session.write("info", "login");
  session.write("info", "transfer", { sends: true, bytes: 5, outcome: "done" });
  session.write("info", "transfer", { sends: false, bytes: 7, outcome: "truncated" });
  session.write("error", "bug");
  assert.deepEqual(events.counts, {
    ...NO_COUNTS,
    refused: 1,
    sessionsBegun: 1,
    failedLogins: 1,
    logins: 1,
    sent: 1,
    sentBytes: 5,
    receivedBytes: 7,
    failedTransfers: 1,
    errors: 1,
  });
  assert.equal(written.lines.length, 8);
  assert.deepEqual(written.lines[1]?.fields, { session: "1" });
});

Deno.test("what a dead thread counted stays, but its sessions are gone", async () => {
  const thread = (counts: Partial<Counts>) => ({
    counts: () => Promise.resolve({ ...NO_COUNTS, ...counts }),
  });
  const dying = thread({ sessionsBegun: 5, sessionsEnded: 2, logins: 4 });
  const living = thread({ sessionsBegun: 2, sessionsEnded: 1, logins: 1 });
  const all = new ThreadCounts();
  assert.equal((await all.ask([dying, living])).sessions, 4);
  const { counts, sessions } = await all.ask([living, thread({ logins: 10 })]);
  assert.deepEqual([counts.logins, counts.sessionsBegun, sessions], [15, 7, 1]);
});

Deno.test("the text names every metric once, with help and type", () => {
  const text = metricsText({ counts: { ...NO_COUNTS, sentBytes: 3 }, sessions: 2 });
  assert.match(text, /^# HELP ftp_sessions .+\n# TYPE ftp_sessions gauge\nftp_sessions 2\n/);
  assert.match(text, /\nftp_transferred_bytes_total\{direction="sent"\} 3\n/);
  const names = [...text.matchAll(/^# TYPE (\S+) /gm)].map(([, name]) => name);
  assert.equal(new Set(names).size, names.length);
});

Deno.test("all workers' sessions are in the metrics, and their files in one xferlog", async () => {
  await using directory = await temporaryDirectory();
  const xferlog = join(directory.path, "xferlog");
  await using server = await startServer({
    users: { ann: "a" },
    flags: ["--workers", "2", "--metrics", "127.0.0.1:0", "--xferlog", xferlog],
  });
  await server.logged(/serving metrics url=\S+/);
  const url = /serving metrics url="?(http:\/\/127\.0\.0\.1:\d+\/metrics)/.exec(server.log)?.[1];
  assert.ok(url !== undefined);
  const local = join(directory.path, "a file");
  await Deno.writeTextFile(local, "twelve bytes");
  const name = encodeURIComponent("a file");
  for (let count = 0; count < 12; count++) {
    const target = `ftp://ann:a@127.0.0.1:${server.port}/${name}`;
    await runWell("curl", ["-sS", "-T", local, target]);
  }
  using peer = await ControlLine.open(server.port);
  await peer.say("NOOP", 200);
  const text = await (await fetch(url)).text();
  assert.match(text, /^ftp_sessions 1$/m);
  assert.match(text, /^ftp_sessions_total 13$/m);
  assert.match(text, /^ftp_logins_total 12$/m);
  assert.match(text, /^ftp_transfers_total\{direction="received"\} 12$/m);
  assert.match(text, /^ftp_transferred_bytes_total\{direction="received"\} 144$/m);
  assert.equal(
    (await fetch(new URL("/", url)).then((r) => r.body?.cancel().then(() => r)))?.status,
    404,
  );

  assert.equal(await server.stop(), 0);
  const lines = (await Deno.readTextFile(xferlog)).trim().split("\n");
  assert.equal(lines.length, 12);
  for (const line of lines) {
    assert.match(
      line,
      /^\w{3} \w{3} [ \d]\d \S{8} \d{4} \d+ 127\.0\.0\.1 12 \/a_file b _ i r ann ftp 0 \* c$/,
    );
  }
});
