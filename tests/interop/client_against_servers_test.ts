// The client's library against servers we did not write, and against ours: plain and TLS, passive and active.

import assert from "node:assert/strict";
import { join } from "node:path";
import type { Client, Proof } from "../../client/client.ts";
import { connect } from "../../client/connect.ts";
import type { TrustPolicy } from "../../client/trust.ts";
import { Secret } from "../../shared/secret.ts";
import { digestTree, noise, sha256 } from "../support/file_tree.ts";
import { startProftpd } from "../support/peers/proftpd.ts";
import { startPureFtpd } from "../support/peers/pure_ftpd.ts";
import { startPyftpdlib } from "../support/peers/pyftpdlib.ts";
import { startVsftpd } from "../support/peers/vsftpd.ts";
import { startServer } from "../support/server_process.ts";
import { temporaryDirectory } from "../support/temporary_directory.ts";

/** A server to try, wherever it comes from. */
interface Subject extends AsyncDisposable {
  /** 127.0.0.1 where it is left out. */
  readonly address?: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  /** A directory that may be written to, with a `/` at its end. */
  readonly writable: string;
}

/** Says yes to the first certificate; data connections must then present the same. */
const BELIEVING: TrustPolicy = {
  kind: "known",
  memory: { recall: () => Promise.resolve(undefined), remember: () => Promise.resolve() },
  ask: () => Promise.resolve(true),
};

/** How a server is tried, and what can prove a transfer there. */
interface Case {
  readonly name: string;
  readonly tls: "off" | "required" | "implicit";
  readonly proof: Proof;
  /** Whether ABOR during a transfer is always answered so that the connection can be used on. */
  readonly hearsAbort?: boolean;
  start(): Promise<Subject>;
}

async function ours(): Promise<Subject> {
  const server = await startServer({ users: { ada: "difference engine" } });
  return {
    port: server.port,
    user: "ada",
    password: "difference engine",
    writable: "/",
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

const CASES: readonly Case[] = [
  { name: "vsftpd", tls: "off", proof: "size", start: () => startVsftpd() },
  {
    name: "vsftpd that demands the control connection's TLS session",
    tls: "required",
    proof: "size",
    start: () => startVsftpd({ tls: true, requireSessionReuse: true }),
  },
  { name: "pyftpdlib", tls: "off", proof: "size", start: () => startPyftpdlib() },
  {
    name: "pyftpdlib with TLS",
    tls: "required",
    proof: "size",
    start: () => startPyftpdlib({ tls: true }),
  },
  { name: "ProFTPD", tls: "off", proof: "size", start: () => startProftpd() },
  {
    name: "ProFTPD with implicit TLS",
    tls: "implicit",
    proof: "size",
    // One time in twenty its write meets the closed data connection before it has read the ABOR, and then
    // mod_tls ends the whole session ("unexpected OpenSSL error, disconnecting").
    hearsAbort: false,
    start: () => startProftpd({ implicitTls: true }),
  },
  {
    name: "ProFTPD over IPv6",
    tls: "off",
    proof: "size",
    start: () => startProftpd({ address: "::1" }),
  },
  { name: "Pure-FTPd", tls: "off", proof: "size", hearsAbort: false, start: () => startPureFtpd() },
  {
    name: "Pure-FTPd with TLS",
    tls: "required",
    proof: "size",
    hearsAbort: false,
    start: () => startPureFtpd({ tls: true }),
  },
  { name: "our server", tls: "off", proof: "SHA-256", start: ours },
  { name: "our server with TLS", tls: "required", proof: "SHA-256", start: ours },
];

async function open(subject: Subject, tls: Case["tls"], active: boolean): Promise<Client> {
  const client = await connect({
    host: subject.address ?? "127.0.0.1",
    port: subject.port,
    tls,
    trust: BELIEVING,
    active,
  });
  await client.login(subject.user, new Secret(subject.password));
  return client;
}

/** Larger than every buffer on the way, and not a multiple of any. */
const LARGE_BYTES = 5 * 1024 * 1024 + 77;

for (const { name, tls, proof, hearsAbort = true, start } of CASES) {
  for (const mode of ["passive", "active"] as const) {
    Deno.test(`files of all sizes go up and come down again: ${name}, ${mode}`, async () => {
      await using subject = await start();
      await using local = await temporaryDirectory();
      await using client = await open(subject, tls, mode === "active");
      assert.equal(client.dataSecure, tls !== "off");
      const folder = `${subject.writable}tree`;
      await client.createDirectory(folder);
      for (const [at, size] of [0, 1, 65_536, LARGE_BYTES].entries()) {
        const file = `${at} größe 文 "quoted".bin`;
        await Deno.writeFile(join(local.path, "up"), noise(size, at + 1));
        const up = await client.upload({ path: join(local.path, "up") }, `${folder}/${file}`);
        assert.deepEqual([up.size, up.movedBytes, up.verified], [size, size, proof]);
        const target = join(local.path, `down${at}`);
        const down = await client.download(`${folder}/${file}`, { path: target });
        assert.deepEqual([down.size, down.movedBytes, down.verified], [size, size, proof]);
        assert.equal(sha256(await Deno.readFile(target)), sha256(noise(size, at + 1)));
        assert.equal((await client.stat(`${folder}/${file}`)).size, size);
      }
      const entries = await Array.fromAsync(client.list(folder));
      assert.deepEqual(entries.map((entry) => entry.size).sort(), [0, 1, LARGE_BYTES, 65_536]);
      for (const entry of entries) await client.removeFile(`${folder}/${entry.name}`);
      await client.removeDirectory(folder);
      await assert.rejects(client.stat(folder), { name: "Refused" });
    });
  }

  Deno.test(`what was interrupted goes on where it stopped: ${name}`, async () => {
    await using subject = await start();
    await using local = await temporaryDirectory();
    await using client = await open(subject, tls, false);
    const bytes = noise(LARGE_BYTES);
    const source = join(local.path, "source");
    const remote = `${subject.writable}remote.bin`;
    await Deno.writeFile(source, bytes);
    await Deno.writeFile(join(local.path, "half"), bytes.subarray(0, LARGE_BYTES / 2));
    await client.upload({ path: join(local.path, "half") }, remote);
    const up = await client.upload({ path: source }, remote);
    assert.equal(up.resumedFrom, Math.floor(LARGE_BYTES / 2));
    assert.equal(up.size, LARGE_BYTES);

    await Deno.writeFile(join(local.path, ".copy.part"), bytes.subarray(0, 1_000_000));
    const down = await client.download(remote, { path: join(local.path, "copy") });
    assert.equal(down.resumedFrom, 1_000_000);
    assert.equal(sha256(await Deno.readFile(join(local.path, "copy"))), sha256(bytes));

    const other = noise(LARGE_BYTES, 9);
    await Deno.writeFile(join(local.path, ".again.part"), other.subarray(0, 1_000_000));
    const target = { path: join(local.path, "again") };
    const again = await client.download(remote, target).catch(async (error) => {
      if (hearsAbort) throw error;
      await using next = await open(subject, tls, false);
      return await next.download(remote, target);
    });
    assert.equal(again.resumedFrom, 0);
    const digests = await digestTree(local.path);
    assert.equal(digests["again"], sha256(bytes));
    assert.equal(digests[".again.part"], undefined);
  });

  Deno.test(`a transfer that is stopped leaves the connection and the part: ${name}`, async () => {
    await using subject = await start();
    await using local = await temporaryDirectory();
    await using client = await open(subject, tls, false);
    const bytes = noise(4 * LARGE_BYTES);
    await Deno.writeFile(join(local.path, "source"), bytes);
    const remote = `${subject.writable}remote.bin`;
    await client.upload({ path: join(local.path, "source") }, remote);
    const stop = new AbortController();
    const target = { path: join(local.path, "target") };
    const stopped = client.download(remote, target, {
      signal: stop.signal,
      onProgress: ({ doneBytes }) => doneBytes > 0 && stop.abort(),
    });
    await assert.rejects(stopped, { name: "Fault", kind: "aborted" });
    const { size } = await Deno.stat(join(local.path, ".target.part"));
    assert.ok(size > 0 && size < bytes.length, `${size} bytes`);
    if (hearsAbort) assert.equal(client.broken, undefined);
    await using next = client.broken ? await open(subject, tls, false) : client;
    const result = await next.download(remote, target);
    assert.equal(result.resumedFrom, size);
    assert.equal(sha256(await Deno.readFile(target.path)), sha256(bytes));
  });
}

Deno.test("100 MiB over TLS end cleanly for a reader that is slow", async () => {
  await using subject = await startVsftpd({ tls: true, requireSessionReuse: true });
  await using local = await temporaryDirectory();
  await using client = await open(subject, "required", false);
  const bytes = noise(100 * 1024 * 1024);
  await Deno.writeFile(join(local.path, "source"), bytes);
  const remote = `${subject.writable}remote.bin`;
  await client.upload({ path: join(local.path, "source") }, remote);
  let taken = 0;
  const slow = {
    write: async (part: Uint8Array) => {
      taken += part.length;
      // A turn of the event loop for each part: everything else on the way is faster.
      await new Promise((resolve) => setTimeout(resolve, 0));
    },
  };
  const result = await client.download(remote, { sink: slow });
  assert.deepEqual([taken, result.size], [bytes.length, bytes.length]);
});
