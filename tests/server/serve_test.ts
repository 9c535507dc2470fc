// `ftp serve` as a process: its one line, its signals, its port, its workers.

import assert from "node:assert/strict";
import { join } from "node:path";
import { selfSigned } from "../../server/self_signed.ts";
import { ControlLine, fingerprintOverTls } from "../support/control_line.ts";
import { runFtp } from "../support/program.ts";
import { type ServerProcess, startServer } from "../support/server_process.ts";
import { temporaryDirectory } from "../support/temporary_directory.ts";

Deno.test("a server says one line, and after SIGTERM or SIGINT ends well", async () => {
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    await using server = await startServer({ flags: ["--workers", "2"] });
    assert.equal(await server.stop(signal), 0);
    assert.match(
      server.output,
      /^listening on ftp:\/\/127\.0\.0\.1:\d+\/ \(TLS: required, certificate sha256:[0-9a-f]{64}\)\n$/,
    );
    assert.match(server.log, /no account exists yet/);
    assert.match(server.log, /stopped\n$/);
  }
});

Deno.test("without TLS the line names no certificate", async () => {
  await using server = await startServer({ flags: ["--tls", "off", "--workers", "1"] });
  assert.match(server.output, /^listening on ftp:\/\/127\.0\.0\.1:\d+\/ \(TLS: off\)\n$/);
});

Deno.test("the first start makes the data directory for the owner alone, and keeps the certificate", async () => {
  await using directory = await temporaryDirectory();
  const home = join(directory.path, "new", "home");
  const fingerprints = [];
  for (let start = 0; start < 2; start++) {
    await using server = await startServer({ home, flags: ["--workers", "1"] });
    fingerprints.push(server.fingerprint);
  }
  assert.equal(fingerprints[0], fingerprints[1]);
  assert.equal(((await Deno.stat(join(home, ".ftp"))).mode ?? 0) & 0o777, 0o700);
});

Deno.test("both of two workers serve", async () => {
  await using server = await startServer({ users: { ann: "a" }, flags: ["--workers", "2"] });
  // The kernel spreads connections by their ports: a few dozen reach both for certain.
  for (let count = 0; count < 60; count++) {
    using peer = await ControlLine.open(server.port);
    await logIn(peer);
    await peer.say("QUIT", 221);
  }
  await server.logged(/ login worker=1 /);
  await server.logged(/ login worker=2 /);
});

Deno.test("a port that another server listens on is refused in one line, workers or not", async () => {
  await using first = await startServer({ flags: ["--workers", "2"] });
  for (const workers of ["1", "2"]) {
    await using directory = await temporaryDirectory();
    const listen = ["--host", "127.0.0.1", "--port", String(first.port)];
    const second = await runFtp(["serve", directory.path, "--workers", workers, ...listen]);
    assert.deepEqual(second, {
      code: 1,
      stdout: "",
      stderr: `ftp: listening on 127.0.0.1:${first.port}: another program uses that port\n` +
        "hint: --port N names another one, --port 0 takes any free one\n",
    });
  }
});

Deno.test("SIGHUP puts changed settings into effect; wrong ones are told and the old ones stay", async () => {
  await using directory = await temporaryDirectory();
  const config = join(directory.path, "ftp.ini");
  await Deno.writeTextFile(config, "[server]\nmax-per-address = 1\n");
  await using server = await startServer({ flags: ["--workers", "1", "--config", config] });
  using _first = await ControlLine.open(server.port);
  await greeted(server, 421);

  await Deno.writeTextFile(config, "[server]\nmax-per-address = none\n");
  server.signal("SIGHUP");
  await server.logged(
    /not reloaded: the old ones stay reason=".*ftp.ini line 2: .*none.* is wrong/,
  );
  await greeted(server, 421);

  await Deno.writeTextFile(config, "[server]\nmax-per-address = 2\nlog = json\n");
  server.signal("SIGHUP");
  await server.logged(/setting changes at the next start only setting=log\n/);
  await server.logged(/settings and certificate reloaded/);
  await greeted(server, 220);
});

Deno.test("SIGHUP puts a new certificate into effect", async () => {
  await using directory = await temporaryDirectory();
  const [cert, key] = [join(directory.path, "cert.pem"), join(directory.path, "key.pem")];
  const install = async () => {
    const identity = selfSigned("localhost", Date.now());
    await Deno.writeTextFile(cert, identity.certificatePem);
    await Deno.writeTextFile(key, identity.keyPem);
  };
  await install();
  await using server = await startServer({
    flags: ["--workers", "1", "--cert", cert, "--key", key],
  });
  const before = await fingerprintOverTls(server.port);
  assert.equal(before, server.fingerprint);
  await install();
  server.signal("SIGHUP");
  await server.logged(/settings and certificate reloaded/);
  assert.notEqual(await fingerprintOverTls(server.port), before);
});

Deno.test("a log file takes the log, and SIGHUP starts it anew", async () => {
  await using directory = await temporaryDirectory();
  const path = join(directory.path, "log");
  const config = join(directory.path, "ftp.ini");
  await Deno.writeTextFile(config, "[server]\nlog-file = log\nlog = json\n");
  {
    await using server = await startServer({ flags: ["--workers", "2", "--config", config] });
    await untilFileHolds(path, "serving");
    await Deno.rename(path, `${path}.1`);
    server.signal("SIGHUP");
    await untilFileHolds(path, "reloaded");
    assert.equal(await server.stop(), 0);
    assert.equal(server.log, "");
  }
  const events = async (file: string) =>
    (await Deno.readTextFile(file)).trimEnd().split("\n").map((line) => JSON.parse(line).event);
  assert.ok((await events(`${path}.1`)).includes("serving"));
  assert.deepEqual((await events(path)).slice(-2), ["stopping", "stopped"]);
});

Deno.test("an account that is added or disabled while the server runs counts at once", async () => {
  await using server = await startServer({ flags: ["--workers", "2"] });
  await server.addUser("ann", "a");
  using peer = await ControlLine.open(server.port);
  await logIn(peer);
  const disable = await runFtp(["user", "set", "ann", "--disable", "--home", server.home]);
  assert.equal(disable.code, 0);
  using other = await ControlLine.open(server.port);
  await other.say("USER ann", 331);
  await other.say("PASS a", 530);
});

async function logIn(peer: ControlLine): Promise<void> {
  await peer.say("USER ann", 331);
  await peer.say("PASS a", 230);
}

/** Connects, and demands a first reply of this code. */
async function greeted(server: ServerProcess, code: number): Promise<void> {
  using _peer = await ControlLine.open(server.port, code);
}

/** Waits until there is such a file with such a text in it. */
async function untilFileHolds(path: string, text: string): Promise<void> {
  using watcher = Deno.watchFs(join(path, ".."));
  const holds = async () => (await Deno.readTextFile(path).catch(() => "")).includes(text);
  if (await holds()) return;
  for await (const _ of watcher) {
    if (await holds()) return;
  }
}
