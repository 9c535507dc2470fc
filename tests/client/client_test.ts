// The client's library against the real server in this process: trust, login, verbs, resume, abort.

import assert from "node:assert/strict";
import { join } from "node:path";
import type { Client, ConnectOptions } from "../../client/client.ts";
import { connect } from "../../client/connect.ts";
import { knownCertificates } from "../../client/known_certificates.ts";
import { fingerprintOf } from "../../server/certificate.ts";
import { Secret } from "../../shared/secret.ts";
import { noise, sha256 } from "../support/file_tree.ts";
import { InProcessServer, PASSWORD, USER } from "../support/in_process_server.ts";
import { temporaryDirectory } from "../support/temporary_directory.ts";

const WRONG_PIN = `sha256:${"00".repeat(32)}`;

function to(server: InProcessServer, options: Partial<ConnectOptions> = {}): Promise<Client> {
  return connect({
    host: "localhost",
    port: server.port,
    tls: "auto",
    trust: { kind: "anything" },
    ...options,
  });
}

async function loggedIn(
  server: InProcessServer,
  options: Partial<ConnectOptions> = {},
): Promise<Client> {
  const client = await to(server, options);
  await client.login(USER, new Secret(PASSWORD));
  return client;
}

Deno.test("auto takes TLS where it is offered, and protects the data too", async () => {
  await using server = await InProcessServer.start();
  await using client = await loggedIn(server);
  assert.equal(client.secure, true);
  assert.equal(client.dataSecure, true);
  assert.equal(client.tlsVersion, "TLSv1.3");
  assert.equal(client.certificate?.fingerprint, fingerprintOf(server.certificatePem));
  assert.equal(client.certificate?.name, "ftp server");
  assert.equal(client.user, USER);
  assert.equal(client.features.machineListings, true);
});

Deno.test("off stays in clear", async () => {
  await using server = await InProcessServer.start();
  await using client = await loggedIn(server, { tls: "off" });
  assert.equal(client.secure, false);
  assert.equal(client.certificate, undefined);
});

Deno.test("implicit TLS speaks it from the first byte", async () => {
  await using server = await InProcessServer.start({ implicitTls: true });
  await using client = await loggedIn(server, { tls: "implicit" });
  assert.equal(client.secure, true);
  assert.equal(await client.workingDirectory(), "/");
});

Deno.test("a server that speaks no TLS fails the handshake of implicit TLS", async () => {
  await using server = await InProcessServer.start();
  await assert.rejects(to(server, { tls: "implicit" }), { name: "Broken", reason: "tls" });
});

Deno.test("the pin of the certificate lets it in, another one does not", async () => {
  await using server = await InProcessServer.start();
  const fingerprint = fingerprintOf(server.certificatePem);
  await using client = await loggedIn(server, { trust: { kind: "pin", fingerprint } });
  assert.equal(client.secure, true);
  const wrong = to(server, { trust: { kind: "pin", fingerprint: WRONG_PIN } });
  await assert.rejects(wrong, { name: "NotTrusted", reason: "not-pinned", expected: WRONG_PIN });
});

Deno.test("an authority lets in what it signed for the host's name only", async () => {
  await using server = await InProcessServer.start();
  const trust = { kind: "authority", authorities: [server.certificatePem] } as const;
  await using client = await loggedIn(server, { trust });
  assert.equal(client.certificate?.signedForHost, true);
  await client.upload({ source: { read: () => Promise.resolve(null) } }, "empty");
  await using other = await InProcessServer.start();
  await assert.rejects(to(other, { trust }), { name: "NotTrusted", reason: "not-signed" });
});

Deno.test("an unknown certificate is asked about once, remembered, and refused when it changes", async () => {
  await using folder = await temporaryDirectory();
  const memory = knownCertificates(join(folder.path, "known"));
  await using server = await InProcessServer.start();
  await assert.rejects(to(server, { trust: { kind: "known", memory } }), {
    name: "NotTrusted",
    reason: "unknown",
  });
  const asked: string[] = [];
  const ask = (question: { certificate: { fingerprint: string } }) => {
    asked.push(question.certificate.fingerprint);
    return Promise.resolve(true);
  };
  await using first = await to(server, { trust: { kind: "known", memory, ask } });
  await using second = await to(server, { trust: { kind: "known", memory, ask } });
  assert.equal(first.secure && second.secure, true);
  assert.deepEqual(asked, [fingerprintOf(server.certificatePem)]);
  await memory.remember("localhost", server.port, WRONG_PIN);
  await assert.rejects(to(server, { trust: { kind: "known", memory, ask } }), {
    name: "NotTrusted",
    reason: "changed",
  });
  assert.equal(asked.length, 1);
});

Deno.test("nobody listening is told as unreachable", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  const options = { host: "127.0.0.1", port, tls: "off", trust: { kind: "anything" } } as const;
  await assert.rejects(connect(options), { reason: "unreachable", message: "connection refused" });
});

Deno.test("a server that says nothing is given up in time", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const accepted = listener.accept();
  const limits = { connectMs: 100, replyMs: 100 };
  const { port } = listener.addr;
  const options = { host: "127.0.0.1", port, tls: "off", trust: { kind: "anything" } } as const;
  await assert.rejects(connect({ ...options, limits }), { name: "Broken", reason: "timed-out" });
  (await accepted).close();
});

Deno.test("the dialogue shows every line and no password", async () => {
  await using server = await InProcessServer.start();
  const lines: string[] = [];
  const dialogue = (line: { from: string; text: string }) => void lines.push(line.text);
  const client = await loggedIn(server, { tls: "off", dialogue });
  await client.close();
  assert.ok(lines.includes("PASS ****"), lines.join("\n"));
  assert.ok(lines.includes(`USER ${USER}`));
  assert.ok(lines.some((line) => line.startsWith("221 ")));
  assert.doesNotMatch(lines.join("\n"), new RegExp(PASSWORD));
});

Deno.test("a wrong password is refused and the right one accepted on the same connection", async () => {
  await using server = await InProcessServer.start();
  await using client = await to(server);
  const refused = client.login(USER, new Secret("wrong"));
  await assert.rejects(refused, { name: "LoginRefused", user: USER });
  await client.login(USER, new Secret(PASSWORD));
  assert.equal(client.user, USER);
});

Deno.test("directories are made, entered, renamed and removed", async () => {
  await using server = await InProcessServer.start();
  await using client = await loggedIn(server);
  await client.createDirectory('a "b"');
  await client.changeDirectory('a "b"');
  assert.equal(await client.workingDirectory(), '/a "b"');
  await client.changeDirectory("/");
  await client.rename('a "b"', "c");
  assert.equal((await client.stat("c")).type, "directory");
  await client.removeDirectory("c");
  await assert.rejects(client.stat("c"), { name: "Refused" });
  assert.equal((await client.quote("NOOP")).code, 200);
  assert.equal((await client.quote("NONSENSE")).code, 500);
});

Deno.test("the modification time travels both ways", async () => {
  await using server = await InProcessServer.start();
  await using local = await temporaryDirectory();
  await using client = await loggedIn(server);
  const path = join(local.path, "a");
  await Deno.writeTextFile(path, "text");
  await Deno.utime(path, 1_000_000_000, 1_000_000_000);
  await client.upload({ path }, "a");
  assert.equal((await client.stat("a")).modifiedMs, 1_000_000_000_000);
  await client.download("a", { path: join(local.path, "b") });
  assert.equal((await Deno.stat(join(local.path, "b"))).mtime?.getTime(), 1_000_000_000_000);
});

Deno.test("a second operation while one runs is a mistake that is told", async () => {
  await using server = await InProcessServer.start();
  await using client = await loggedIn(server);
  const running = client.noop();
  await assert.rejects(client.noop(), /one thing at a time/);
  await running;
});

Deno.test("a listing that is left early leaves the connection in step", async () => {
  await using server = await InProcessServer.start();
  for (let at = 0; at < 3000; at++) {
    await Deno.create(join(server.root, `${at}`)).then((f) => f.close());
  }
  await using client = await loggedIn(server);
  for await (const _entry of client.list("/")) break;
  assert.equal((await Array.fromAsync(client.list("/"))).length, 3000);
});

Deno.test("digests are of the whole, of a part, and of a kind", async () => {
  await using server = await InProcessServer.start();
  const bytes = noise(100_000);
  await Deno.writeFile(join(server.root, "a"), bytes);
  await using client = await loggedIn(server);
  assert.deepEqual(await client.digest("a"), { algorithm: "SHA-256", hex: sha256(bytes) });
  const md5 = await client.digest("a", { algorithm: "MD5" });
  assert.equal(md5?.hex.length, 32);
  const part = await client.digest("a", { range: { start: 10, end: 20 } });
  assert.equal(part?.hex, sha256(bytes.subarray(10, 20)));
  await assert.rejects(client.digest("none"), { name: "Refused" });
});

Deno.test("what is there already is judged: the same, another, or one too many", async () => {
  await using server = await InProcessServer.start();
  await using local = await temporaryDirectory();
  const bytes = noise(300_000);
  const path = join(local.path, "a");
  await Deno.writeFile(path, bytes);
  await Deno.writeFile(join(server.root, "a"), bytes);
  await Deno.writeFile(join(server.root, "other"), noise(300_000, 5));
  await using client = await loggedIn(server);
  assert.equal((await client.compare(path, "a")).relation, "same");
  assert.equal((await client.compare(path, "other")).relation, "different");
  assert.equal((await client.download("a", { path })).movedBytes, 0);
  assert.equal((await client.upload({ path }, "a")).movedBytes, 0);
  const different = { name: "AlreadyThere", why: "different" };
  await assert.rejects(client.download("other", { path }), different);
  await assert.rejects(client.upload({ path }, "other"), different);
  await assert.rejects(client.download("a", { path }, { existing: "refuse" }), { why: "refused" });
  await assert.rejects(client.upload({ path }, "a", { existing: "refuse" }), { why: "refused" });
  const replaced = await client.download("other", { path }, { existing: "replace" });
  assert.equal(replaced.digest?.hex, sha256(noise(300_000, 5)));
  assert.equal(sha256(await Deno.readFile(path)), sha256(noise(300_000, 5)));
});

Deno.test("an interrupted upload is carried on where its proven part ends", async () => {
  await using server = await InProcessServer.start();
  await using local = await temporaryDirectory();
  // More than all the buffers on the way hold: some of it has arrived when it is stopped.
  const bytes = noise(32 * 1024 * 1024);
  const path = join(local.path, "a");
  await Deno.writeFile(path, bytes);
  await using client = await loggedIn(server, { tls: "required" });
  const stop = new AbortController();
  const stopped = client.upload({ path }, "a", {
    signal: stop.signal,
    onProgress: ({ doneBytes }) => doneBytes > 24_000_000 && stop.abort(),
  });
  await assert.rejects(stopped, { name: "Fault", kind: "aborted" });
  assert.equal(client.broken, undefined);
  await assert.rejects(Deno.stat(join(server.root, "a")), Deno.errors.NotFound);
  const result = await client.upload({ path }, "a");
  assert.ok(result.resumedFrom > 0, "from the beginning");
  assert.equal(result.verified, "SHA-256");
  assert.equal(sha256(await Deno.readFile(join(server.root, "a"))), sha256(bytes));
});

Deno.test("an interrupted upload of another content is carried on from the first block that differs", async () => {
  await using server = await InProcessServer.start();
  await using local = await temporaryDirectory();
  const bytes = noise(32 * 1024 * 1024);
  const path = join(local.path, "a");
  await Deno.writeFile(path, bytes);
  const said: string[] = [];
  await using client = await loggedIn(server, { dialogue: ({ text }) => void said.push(text) });
  const stop = new AbortController();
  const stopped = client.upload({ path }, "a", {
    signal: stop.signal,
    onProgress: ({ doneBytes }) => doneBytes > 24_000_000 && stop.abort(),
  });
  await assert.rejects(stopped, { name: "Fault", kind: "aborted" });
  const same = 5 * 1024 * 1024;
  bytes.fill(0, same + 1);
  await Deno.writeFile(path, bytes);
  const result = await client.upload({ path }, "a");
  assert.equal(result.resumedFrom, same);
  assert.ok(said.some((text) => text.startsWith("RANG ")));
  assert.equal(sha256(await Deno.readFile(join(server.root, "a"))), sha256(bytes));
});

Deno.test("a download to a sink starts at its offset", async () => {
  await using server = await InProcessServer.start();
  await Deno.writeTextFile(join(server.root, "a"), "hello world");
  await using client = await loggedIn(server);
  let text = "";
  const sink = {
    write: (bytes: Uint8Array) => Promise.resolve(void (text += new TextDecoder().decode(bytes))),
  };
  await client.download("a", { sink }, { offset: 6 });
  assert.equal(text, "world");
});

Deno.test("append adds to the end", async () => {
  await using server = await InProcessServer.start();
  await using local = await temporaryDirectory();
  const path = join(local.path, "a");
  await Deno.writeTextFile(path, "more");
  await Deno.writeTextFile(join(server.root, "a"), "and ");
  await using client = await loggedIn(server);
  assert.equal((await client.append({ path }, "a")).size, 8);
  assert.equal(await Deno.readTextFile(join(server.root, "a")), "and more");
});

Deno.test("a limited rate is kept", async () => {
  await using server = await InProcessServer.start();
  await Deno.writeFile(join(server.root, "a"), noise(200_000));
  await using client = await loggedIn(server, { tls: "off" });
  const sink = { write: () => Promise.resolve() };
  const { elapsedMs } = await client.download("a", { sink }, {
    limitRate: 400_000,
    verify: "never",
  });
  assert.ok(elapsedMs >= 200, `${elapsedMs} ms`);
});

Deno.test("what goes wrong on the local disk is told as it is and leaves the connection in step", async () => {
  await using server = await InProcessServer.start();
  await Deno.writeTextFile(join(server.root, "a"), "hello");
  await using client = await loggedIn(server);
  const sink = { write: () => Promise.reject(new Deno.errors.PermissionDenied("no")) };
  await assert.rejects(client.download("a", { sink }), Deno.errors.PermissionDenied);
  await assert.rejects(client.upload({ path: "/does/not/exist" }, "b"), Deno.errors.NotFound);
  await client.noop();
});

Deno.test("two downloads to one target do not mix", async () => {
  await using server = await InProcessServer.start();
  await using local = await temporaryDirectory();
  await Deno.writeFile(join(server.root, "a"), noise(2_000_000));
  await using one = await loggedIn(server);
  await using other = await loggedIn(server);
  const target = { path: join(local.path, "a") };
  const second = Promise.withResolvers<unknown>();
  await one.download("a", target, {
    limitRate: 20_000_000,
    onProgress: ({ doneBytes }) => {
      if (doneBytes === 0) other.download("a", target).then(second.resolve, second.resolve);
    },
  });
  assert.equal((await second.promise as { kind: string }).kind, "busy");
  assert.equal(sha256(await Deno.readFile(target.path)), sha256(noise(2_000_000)));
});

Deno.test("a server that stops tells it, and everything after fails the same way", async () => {
  const server = await InProcessServer.start();
  await using client = await loggedIn(server);
  await server[Symbol.asyncDispose]();
  await assert.rejects(client.noop(), { name: "Broken" });
  await assert.rejects(client.noop(), client.broken);
});
