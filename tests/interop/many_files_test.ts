// Many small files over several connections, and a long transfer's NOOP, at servers that we did not write.

import assert from "node:assert/strict";
import { join } from "node:path";
import { connect } from "../../client/connect.ts";
import { Secret } from "../../shared/secret.ts";
import { delayingProxy } from "../support/delaying_proxy.ts";
import { digestTree, noise, sha256 } from "../support/file_tree.ts";
import type { Peer } from "../support/peers/peer_process.ts";
import { startProftpd } from "../support/peers/proftpd.ts";
import { startPureFtpd } from "../support/peers/pure_ftpd.ts";
import { startPyftpdlib } from "../support/peers/pyftpdlib.ts";
import { startVsftpd } from "../support/peers/vsftpd.ts";
import { runFtp } from "../support/program.ts";
import { temporaryDirectory } from "../support/temporary_directory.ts";

interface Case {
  readonly name: string;
  readonly tls: "off" | "required";
  start(): Promise<Peer>;
}

const CASES: readonly Case[] = [
  { name: "vsftpd", tls: "off", start: () => startVsftpd() },
  {
    name: "vsftpd with TLS",
    tls: "required",
    start: () => startVsftpd({ tls: true, requireSessionReuse: true }),
  },
  { name: "pyftpdlib", tls: "off", start: () => startPyftpdlib() },
  { name: "pyftpdlib with TLS", tls: "required", start: () => startPyftpdlib({ tls: true }) },
  { name: "ProFTPD", tls: "off", start: () => startProftpd() },
  { name: "Pure-FTPd", tls: "off", start: () => startPureFtpd() },
  { name: "Pure-FTPd with TLS", tls: "required", start: () => startPureFtpd({ tls: true }) },
];

const FILES = 24;

async function makeFiles(folder: string): Promise<void> {
  await Deno.mkdir(folder);
  for (let at = 0; at < FILES; at++) {
    await Deno.writeFile(join(folder, `file ${at}`), noise(at * 300, at + 1));
  }
}

/** Up and down again, each over three connections; what came back must be what went. */
async function thereAndBack(peer: Peer, address: string, tls: Case["tls"]): Promise<void> {
  await using here = await temporaryDirectory();
  await makeFiles(join(here.path, "up"));
  const flags = ["-s", address, "-u", peer.user, "--tls", tls, "--insecure", "-j", "3"];
  const options = {
    cwd: here.path,
    env: { FTP_PASSWORD: peer.password },
  };
  const remote = `${peer.writable}many`;
  const up = await runFtp(["mirror", "-R", "up", remote, ...flags, "--retries", "0"], options);
  assert.equal(up.code, 0, up.stderr);
  const down = await runFtp(["mirror", remote, "down", ...flags, "--retries", "0"], options);
  assert.equal(down.code, 0, down.stderr);
  const came = await digestTree(join(here.path, "down"));
  assert.equal(Object.keys(came).length, FILES);
  assert.deepEqual(came, await digestTree(join(here.path, "up")));
}

for (const { name, tls, start } of CASES) {
  Deno.test(`many small files travel over three connections, both ways: ${name}`, async () => {
    await using peer = await start();
    await thereAndBack(peer, `${peer.address ?? "127.0.0.1"}:${peer.port}`, tls);
  });

  Deno.test(`NOOP beside a long transfer disturbs neither: ${name}`, async () => {
    await using peer = await start();
    await using here = await temporaryDirectory();
    await using client = await connect({
      host: peer.address ?? "127.0.0.1",
      port: peer.port,
      tls,
      trust: { kind: "anything" },
      limits: { keepAliveMs: 40 },
    });
    await client.login(peer.user, new Secret(peer.password));
    const bytes = noise(1_000_000);
    const [source, target] = [join(here.path, "source"), join(here.path, "target")];
    await Deno.writeFile(source, bytes);
    const remote = `${peer.writable}long`;
    const limitRate = 4 * 1024 * 1024;
    const up = await client.upload({ path: source }, remote, { limitRate });
    const down = await client.download(remote, { path: target }, { limitRate });
    assert.deepEqual([up.size, down.size], [bytes.length, bytes.length]);
    assert.equal(sha256(await Deno.readFile(target)), sha256(bytes));
    // Every answer was counted: what is asked now gets its own.
    assert.match(await client.workingDirectory(), /^\//);
    assert.equal((await client.stat(remote)).size, bytes.length);
  });
}

Deno.test("vsftpd's held-back replies and a long way lose nothing", async () => {
  await using peer = await startVsftpd();
  await using way = delayingProxy(peer.port, 20);
  await thereAndBack(peer, `${way.hostname}:${way.port}`, "off");
});
