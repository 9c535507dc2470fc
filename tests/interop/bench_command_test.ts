// ftp bench at servers: six measurements, bounded in bytes and time, and nothing of them left.

import assert from "node:assert/strict";
import { define } from "../../client/commands/bench.ts";
import { quantile } from "../../client/bench/measure.ts";
import { runInProcess } from "../support/command_in_process.ts";
import { InProcessServer, PASSWORD, READER, USER } from "../support/in_process_server.ts";
import { startPureFtpd } from "../support/peers/pure_ftpd.ts";
import { startPyftpdlib } from "../support/peers/pyftpdlib.ts";
import { startVsftpd } from "../support/peers/vsftpd.ts";

const SMALL = [
  "--size",
  "300K",
  "--files",
  "9",
  "--file-size",
  "100",
  "-j",
  "3",
  "--time",
  "300ms",
];

const CASES = [
  { name: "vsftpd", tls: "off", start: () => startVsftpd() },
  { name: "vsftpd with TLS", tls: "required", start: () => startVsftpd({ tls: true }) },
  { name: "pyftpdlib", tls: "off", start: () => startPyftpdlib() },
  { name: "Pure-FTPd", tls: "off", start: () => startPureFtpd() },
] as const;

for (const { name, tls, start } of CASES) {
  Deno.test(`six measurements at ${name} leave nothing there`, async () => {
    await using peer = await start();
    const { code, stdout, stderr } = await runInProcess(
      { define },
      [
        ...["bench", `ftp://${peer.user}@127.0.0.1:${peer.port}/${peer.writable}`, ...SMALL],
        ...["--tls", tls, "--insecure", "--json"],
      ],
      { env: { FTP_PASSWORD: peer.password } },
    );
    assert.deepEqual([code, stderr], [0, ""]);
    const told = stdout.trim().split("\n").map((line) => JSON.parse(line));
    assert.deepEqual(told.map(({ measure }) => measure), [
      ...["round_trip", "login", "upload", "download", "upload_files", "download_files"],
    ]);
    const [trips, logins, up, down, filesUp, filesDown] = told;
    assert.ok(trips.count > 0 && trips.median_ms > 0 && trips.p99_ms >= trips.median_ms);
    assert.ok(logins.count > 0 && logins.count <= 20 && logins.per_second > 0);
    for (const each of [up, down]) {
      assert.ok(each.bytes > 0 && each.bytes <= 300 * 1024 && each.bytes_per_second > 0);
    }
    for (const each of [filesUp, filesDown]) {
      assert.deepEqual([each.file_bytes, each.connections], [100, 3]);
      assert.ok(each.files > 0 && each.files <= 9 && each.files_per_second > 0);
    }
    assert.deepEqual(await Array.fromAsync(Deno.readDir(`${peer.root}/files`)), []);
  });
}

Deno.test("an upload is cut when the time is over, and what was sent is the file", async () => {
  await using server = await InProcessServer.start();
  const { code, stdout } = await runInProcess(
    { define },
    [
      ...["bench", `${USER}@127.0.0.1:${server.port}`, "--tls", "off", "--json"],
      ...["--size", "1T", "--files", "1", "--time", "20ms"],
    ],
    { env: { FTP_PASSWORD: PASSWORD } },
  );
  assert.equal(code, 0);
  const up = stdout.split("\n").find((line) => line.includes('"upload"'));
  assert.ok(JSON.parse(up ?? "{}").bytes < 1024 ** 4);
  assert.deepEqual(await Array.fromAsync(Deno.readDir(server.root)), []);
});

Deno.test("who may only read learns how soon the server answers, and gets its refusal", async () => {
  await using server = await InProcessServer.start();
  const { code, stdout, stderr } = await runInProcess(
    { define },
    ["bench", `${READER}@127.0.0.1:${server.port}`, "--tls", "off", "--time", "50ms"],
    { env: { FTP_PASSWORD: PASSWORD } },
  );
  assert.equal(code, 6, stderr);
  assert.match(stdout, /^round trip .*\nlogin .*\n$/);
  assert.match(stderr, /^ftp: measure 127\.0\.0\.1:\d+: 550 /);
});

Deno.test("Ctrl-C in the middle leaves nothing at the server", async () => {
  await using server = await InProcessServer.start();
  const ctrlC = new AbortController();
  const { code } = await runInProcess(
    { define },
    ["bench", `${USER}@127.0.0.1:${server.port}`, "--tls", "off", "--size", "1T", "-v"],
    {
      env: { FTP_PASSWORD: PASSWORD },
      interrupt: ctrlC.signal,
      onPrint: (text) => text.startsWith("< 150 Receiving") && ctrlC.abort(),
    },
  );
  assert.equal(code, 130);
  assert.deepEqual(await Array.fromAsync(Deno.readDir(server.root)), []);
});

Deno.test("a quantile is one of the values", () => {
  const values = Array.from({ length: 100 }, (_, at) => 100 - at);
  assert.deepEqual([0.5, 0.99, 1].map((share) => quantile(values, share)), [50, 99, 100]);
  assert.equal(quantile([], 0.5), 0);
});
