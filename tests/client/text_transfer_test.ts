// Transfers in TYPE A: line ends changed wherever the pieces are cut, both forms proven, nothing carried on.

import assert from "node:assert/strict";
import { join } from "node:path";
import type { Client, TransferResult } from "../../client/client.ts";
import { connect } from "../../client/connect.ts";
import { createHasher } from "../../shared/hash.ts";
import { Secret } from "../../shared/secret.ts";
import { InProcessServer, PASSWORD, USER } from "../support/in_process_server.ts";
import { scriptedServer } from "../support/scripted_server.ts";
import { temporaryDirectory } from "../support/temporary_directory.ts";

const ASCII = { type: "ascii" } as const;

async function loggedIn(server: InProcessServer): Promise<Client> {
  const trust = { kind: "anything" } as const;
  const client = await connect({ host: "127.0.0.1", port: server.port, tls: "auto", trust });
  await client.login(USER, new Secret(PASSWORD));
  return client;
}

/** Lines of all lengths up to one: whatever a buffer's size, some line end is cut by its end. */
function linesUpTo(longest: number, lineEnd: string): string {
  return Array.from({ length: longest }, (_, length) => "x".repeat(length) + lineEnd).join("");
}

function facts({ size, movedBytes, resumedFrom, verified }: TransferResult) {
  return { size, movedBytes, resumedFrom, verified };
}

Deno.test("a text goes up and comes down with the line ends of each side, both proven by digest", async () => {
  await using server = await InProcessServer.start();
  await using folder = await temporaryDirectory();
  await using client = await loggedIn(server);
  const [lf, crlf] = [linesUpTo(1500, "\n"), linesUpTo(1500, "\r\n")];
  const moved = { movedBytes: crlf.length, resumedFrom: 0, verified: "SHA-256" };

  for (const [name, content] of [["lf", lf], ["crlf", crlf]] as const) {
    const local = join(folder.path, name);
    await Deno.writeTextFile(local, content);
    await Deno.utime(local, 1_000_000_000, 1_000_000_000);
    const up = await client.upload({ path: local }, name, ASCII);
    assert.deepEqual(facts(up), { size: content.length, ...moved });
    assert.equal(await Deno.readTextFile(join(server.root, name)), lf);
    assert.equal((await Deno.stat(join(server.root, name))).mtime?.getTime(), 1e12);
  }

  const told: number[] = [];
  const onProgress = ({ stage, doneBytes }: { stage: string; doneBytes: number }) =>
    void (stage === "moving" && told.push(doneBytes));
  const target = join(folder.path, "down");
  const down = await client.download("lf", { path: target }, { ...ASCII, onProgress });
  assert.deepEqual(facts(down), { size: lf.length, ...moved });
  assert.equal(await Deno.readTextFile(target), lf);
  assert.equal((await Deno.stat(target)).mtime?.getTime(), 1e12);
  assert.equal(told.at(-1), lf.length);

  // Whether a CR at the end is half of a line end is known at the end only.
  await Deno.writeTextFile(join(server.root, "cr"), "a\n\r");
  const cr = await client.download("cr", { path: join(folder.path, "cr") }, ASCII);
  assert.deepEqual([cr.size, cr.verified], [3, "SHA-256"]);

  // What comes next travels as it is, and its size is that of the bytes.
  await Deno.writeTextFile(join(server.root, "mixed"), "a\r\nb\nc\r");
  const image = await client.download("mixed", { path: join(folder.path, "mixed") });
  assert.deepEqual([image.size, image.verified], [7, "SHA-256"]);
  // Lines of both kinds are made alike: no digest of the server's is that of what came.
  const text = await client.download("mixed", { path: join(folder.path, "text") }, ASCII);
  assert.deepEqual([text.size, text.verified], [6, "nothing"]);
  assert.equal(await Deno.readTextFile(join(folder.path, "text")), "a\nb\nc\r");
  const asked = { ...ASCII, verify: "always" } as const;
  const unproven = client.download("mixed", { path: join(folder.path, "not") }, asked);
  await assert.rejects(unproven, { name: "Unproven" });
  await assert.rejects(Deno.stat(join(folder.path, "not")), Deno.errors.NotFound);
});

Deno.test("a text that is there is left when it is the same, refused when it is not, and never carried on", async () => {
  await using server = await InProcessServer.start();
  await using folder = await temporaryDirectory();
  await using client = await loggedIn(server);
  const local = join(folder.path, "f");
  await Deno.writeTextFile(join(server.root, "f"), "one\ntwo\n");
  await Deno.writeTextFile(local, "one\ntwo\n");
  const same = { size: 8, movedBytes: 0, resumedFrom: 8, verified: "SHA-256" };
  assert.deepEqual(facts(await client.download("f", { path: local }, ASCII)), same);
  assert.deepEqual(facts(await client.upload({ path: local }, "f", ASCII)), same);

  await Deno.writeTextFile(local, "one\n");
  const there = { name: "AlreadyThere", why: "text" };
  await assert.rejects(client.download("f", { path: local }, ASCII), { ...there, where: "local" });
  await assert.rejects(client.upload({ path: local }, "f", ASCII), { ...there, where: "remote" });
  const refused = { ...ASCII, existing: "refuse" } as const;
  await assert.rejects(client.upload({ path: local }, "f", refused), { why: "refused" });
  const replacing = { ...ASCII, existing: "replace" } as const;
  assert.equal((await client.download("f", { path: local }, replacing)).size, 8);
  assert.equal(await Deno.readTextFile(local), "one\ntwo\n");
  await Deno.writeTextFile(local, "three\n");
  assert.equal((await client.upload({ path: local }, "f", replacing)).size, 6);
  assert.equal(await Deno.readTextFile(join(server.root, "f")), "three\n");
});

Deno.test("a text from a source and one into a sink; a stopped one leaves nothing behind", async () => {
  await using server = await InProcessServer.start();
  await using folder = await temporaryDirectory();
  await using client = await loggedIn(server);
  const pieces = ["a\r", "\nb", "\n", "c\n"].map((piece) => new TextEncoder().encode(piece));
  const source = {
    read(into: Uint8Array) {
      const piece = pieces.shift();
      if (piece === undefined) return Promise.resolve(null);
      into.set(piece);
      return Promise.resolve(piece.length);
    },
  };
  const up = await client.upload({ source }, "f", ASCII);
  assert.deepEqual([up.size, up.verified], [7, "SHA-256"]);
  assert.equal(await Deno.readTextFile(join(server.root, "f")), "a\nb\nc\n");
  let text = "";
  const sink = {
    write: (bytes: Uint8Array) => {
      text += new TextDecoder().decode(bytes);
      return Promise.resolve();
    },
  };
  await client.download("f", { sink }, ASCII);
  assert.equal(text, "a\nb\nc\n");

  await Deno.writeTextFile(join(server.root, "long"), "line\n".repeat(1_000_000));
  const stop = new AbortController();
  const stopped = client.download("long", { path: join(folder.path, "long") }, {
    ...ASCII,
    signal: stop.signal,
    limitRate: 1024 * 1024,
    onProgress: ({ doneBytes }) => void (doneBytes > 0 && stop.abort()),
  });
  await assert.rejects(stopped, { kind: "aborted" });
  assert.deepEqual(await Array.fromAsync(Deno.readDir(folder.path)), []);
  const hasher = createHasher("SHA-256");
  hasher.update(new TextEncoder().encode("a\nb\nc\n"));
  assert.equal((await client.digest("f"))?.hex, hasher.digest());
});

/** A session of a server with such features, up to TYPE I. */
function loginScript(...features: string[]): string[] {
  return [
    "S: 220 ready",
    `C: USER ${USER}`,
    "S: 331 password",
    "C: PASS *",
    "S: 230 in",
    "C: FEAT",
    "S: 211-Features",
    ...features.map((feature) => `S:  ${feature}`),
    "S: 211 End",
    "C: TYPE I",
    "S: 200 binary",
  ];
}

const PASSIVE = ["C: EPSV", "S: 229 go (|||{port}|)", "data accept"];
const TYPE_A = ["C: TYPE A", "S: 200 text"];
const TYPE_I = ["C: TYPE I", "S: 200 binary"];

/** The features, how the size is told, what is told about the digest. */
const HALVES: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  ["SIZE", ["C: SIZE f", "S: 213 12"], []],
  ["REST STREAM", [
    "C: SIZE f",
    "S: 502 no such command",
    ...PASSIVE,
    "C: LIST",
    "S: 150 here it comes",
    "data send -rw-r--r-- 1 u g 12 Jan 31 12:00 f\\r\\n",
    "data finish",
    "S: 226 done",
  ], []],
  ["HASH SHA-256*", ["C: SIZE f", "S: 213 12"], [
    ...TYPE_I,
    "C: HASH f",
    `S: 213 SHA-256 0-11 ${"0".repeat(64)} f`,
  ]],
];

for (const [feature, size, proof] of HALVES) {
  Deno.test(`half a text and a 226 is no text, in a download and an upload (${feature})`, async () => {
    await using folder = await temporaryDirectory();
    const local = join(folder.path, "f");
    const half = [...PASSIVE, "C: RETR f", "S: 150 here it comes", "data send one\\r\\n"];
    const down = [...size, ...TYPE_A, ...half, "data finish", "S: 226 done", ...proof];
    await attempt([...loginScript(feature), ...down], async (client) => {
      const getting = client.download("f", { path: local }, { ...ASCII, preserve: false });
      await assert.rejects(getting, { name: "ContentDiffers" });
      assert.deepEqual(await Array.fromAsync(Deno.readDir(folder.path)), []);
    });
    await Deno.writeTextFile(local, "one\ntwo\nthree\n");
    const sent = [
      ...PASSIVE,
      "C: STOR f",
      "S: 150 go on",
      "data read one\\r\\ntwo\\r\\nthree\\r\\n",
    ];
    const told = feature === "REST STREAM"
      ? size
      : [...size, "C: MDTM f", "S: 502 no such command"];
    const up = [...TYPE_A, ...sent, "S: 226 done", ...TYPE_I, ...told];
    await attempt([...loginScript(feature), ...up, ...proof.slice(2)], async (client) => {
      const options = { ...ASCII, existing: "replace", preserve: false } as const;
      await assert.rejects(client.upload({ path: local }, "f", options), {
        name: "ContentDiffers",
      });
    });
  });
}

async function attempt(script: string[], work: (client: Client) => Promise<void>): Promise<void> {
  await using server = scriptedServer([...script, "C: QUIT", "S: 221 bye"]);
  {
    const trust = { kind: "anything" } as const;
    await using client = await connect({ host: "127.0.0.1", port: server.port, tls: "off", trust });
    await client.login(USER, new Secret(PASSWORD));
    await work(client);
  }
  await server.finished;
}
