// ftp get --segments at servers we did not write, some of which do not hear ABOR.

import assert from "node:assert/strict";
import { join } from "node:path";
import { define } from "../../client/commands/get.ts";
import { runInProcess } from "../support/command_in_process.ts";
import { noise, sha256 } from "../support/file_tree.ts";
import { startProftpd } from "../support/peers/proftpd.ts";
import { startPureFtpd } from "../support/peers/pure_ftpd.ts";
import { startPyftpdlib } from "../support/peers/pyftpdlib.ts";
import { startVsftpd } from "../support/peers/vsftpd.ts";
import { temporaryDirectory } from "../support/temporary_directory.ts";

/** Far more than the buffers on the way hold, so that each segment has to be stopped. */
const CONTENT = noise(24 * 1024 * 1024 + 77);

const CASES = [
  { name: "vsftpd", tls: "off", start: () => startVsftpd() },
  { name: "vsftpd with TLS", tls: "required", start: () => startVsftpd({ tls: true }) },
  { name: "pyftpdlib with TLS", tls: "required", start: () => startPyftpdlib({ tls: true }) },
  { name: "ProFTPD", tls: "off", start: () => startProftpd() },
  // Its answer to ABOR comes after the transfer only: each stopped segment costs three seconds and a login.
  { name: "Pure-FTPd", tls: "off", start: () => startPureFtpd() },
] as const;

for (const { name, tls, start } of CASES) {
  Deno.test(`three segments make one file: ${name}`, async () => {
    await using peer = await start();
    await using folder = await temporaryDirectory();
    await Deno.writeFile(`${peer.root}/files/large`, CONTENT);
    await Deno.chmod(`${peer.root}/files/large`, 0o644);
    const target = join(folder.path, "copy");
    const { code, stdout, stderr } = await runInProcess(
      { define },
      [
        ...["get", `${peer.writable}large`, "-o", target, "--segments", "3", "--json"],
        ...["-s", `${peer.user}@127.0.0.1:${peer.port}`, "--tls", tls, "--insecure"],
      ],
      { env: { FTP_PASSWORD: peer.password } },
    );
    assert.deepEqual([code, stderr], [0, ""]);
    const { size, moved, verified } = JSON.parse(stdout);
    assert.deepEqual([size, moved, verified], [CONTENT.length, CONTENT.length, "size"]);
    assert.equal(sha256(await Deno.readFile(target)), sha256(CONTENT));
    const names = await Array.fromAsync(Deno.readDir(folder.path), (entry) => entry.name);
    assert.deepEqual(names, ["copy"]);
  });
}

Deno.test("Ctrl-C in the middle of three segments, and the same command makes the file: vsftpd with TLS", async () => {
  await using peer = await startVsftpd({ tls: true });
  await using folder = await temporaryDirectory();
  await Deno.writeFile(`${peer.root}/files/large`, CONTENT);
  await Deno.chmod(`${peer.root}/files/large`, 0o644);
  const target = join(folder.path, "copy");
  const ctrlC = new AbortController();
  const words = [
    ...["get", `${peer.writable}large`, "-o", target, "--segments", "3", "--insecure", "-v"],
    ...["-s", `${peer.user}@127.0.0.1:${peer.port}`],
  ];
  const env = { FTP_PASSWORD: peer.password };
  let begun = 0;
  const stopped = await runInProcess({ define }, [...words, "--limit-rate", "20M"], {
    env,
    interrupt: ctrlC.signal,
    onPrint: (text) => text.startsWith("< 150") && ++begun === 3 && ctrlC.abort(),
  });
  assert.equal(stopped.code, 130, stopped.stderr);
  const { code, stderr } = await runInProcess({ define }, words, { env });
  assert.equal(code, 0, stderr);
  assert.equal(sha256(await Deno.readFile(target)), sha256(CONTENT));
  const names = await Array.fromAsync(Deno.readDir(folder.path), (entry) => entry.name);
  assert.deepEqual(names, ["copy"]);
});
