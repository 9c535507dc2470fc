// A file in segments: whole and proven whatever becomes of the connections, or a clear failure and nothing left.

import assert from "node:assert/strict";
import { join } from "node:path";
import fc from "fast-check";
import type { Client, DownloadOptions } from "../../client/client.ts";
import { define } from "../../client/commands/get.ts";
import { connect } from "../../client/connect.ts";
import {
  bytesThere,
  formatSegmentMap,
  parseSegmentMap,
  planSegments,
} from "../../client/segments/segment_map.ts";
import { downloadSegmented } from "../../client/segments/segmented_download.ts";
import type { SegmentLane } from "../../client/segments/segment_work.ts";
import { BARE, type RemoteEntry } from "../../client/remote_entry.ts";
import { failureOf } from "../../client/failure_report.ts";
import { Secret } from "../../shared/secret.ts";
import { runInProcess } from "../support/command_in_process.ts";
import { FaultyServer, type FaultyServerOptions } from "../support/faulty_server.ts";
import { noise, sha256 } from "../support/file_tree.ts";
import { InProcessServer, PASSWORD, USER } from "../support/in_process_server.ts";
import { temporaryDirectory } from "../support/temporary_directory.ts";

const SIZE = 700_001;
const CONTENT = noise(SIZE);
const LEAST_BYTES = 100_000;

/** A connection as commands make it: when it is needed, and again when it was lost. */
class TestLane implements SegmentLane, AsyncDisposable {
  #client: Client | undefined;

  constructor(readonly port: number, readonly user = "u", readonly password = "p") {}

  client(): Promise<Client> {
    return this.reconnect();
  }

  async reconnect(): Promise<Client> {
    if (this.#client !== undefined && this.#client.broken === undefined) return this.#client;
    try {
      const trust = { kind: "anything" } as const;
      const limits = { replyMs: 3000, stalledMs: 3000 };
      this.#client = await connect({
        host: "127.0.0.1",
        port: this.port,
        tls: "off",
        trust,
        limits,
      });
      await this.#client.login(this.user, new Secret(this.password));
      return this.#client;
    } catch (error) {
      throw failureOf(error, { tried: "connect" });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client?.close();
  }
}

interface Fetched {
  readonly outcome: string;
  readonly isRight: boolean;
  readonly names: string[];
}

/** Fetches `file` from a server with these faults, over `count` connections. */
async function fetchFrom(
  faults: Omit<FaultyServerOptions, "content">,
  count = 3,
  inspect: (server: FaultyServer) => void = () => {},
): Promise<Fetched> {
  await using server = new FaultyServer({ content: CONTENT, ...faults });
  await using folder = await temporaryDirectory();
  const fetched = await fetchInto(server.port, folder.path, count);
  inspect(server);
  return fetched;
}

async function fetchInto(
  port: number,
  folder: string,
  count: number,
  options: DownloadOptions = {},
): Promise<Fetched> {
  await using stack = new AsyncDisposableStack();
  const lanes = Array.from({ length: count }, () => stack.use(new TestLane(port)));
  const target = join(folder, "copy");
  const given = { ...options, lanes, leastBytes: LEAST_BYTES };
  const outcome = await downloadSegmented("file", target, given).then(
    (result) => result === undefined ? "no segments" : `${result.size} ${result.verified}`,
    (error) => `${error.name} ${error.message}`,
  );
  const names = (await Array.fromAsync(Deno.readDir(folder), ({ name }) => name)).sort();
  const isRight = names.includes("copy") &&
    sha256(await Deno.readFile(target)) === sha256(CONTENT);
  return { outcome, isRight, names };
}

const NOTHING_TOLD = {
  type: "file",
  modifiedMs: undefined,
  modifiedExactToMs: undefined,
} as const;

const RIGHT = { outcome: `${SIZE} size`, isRight: true, names: ["copy"] };

Deno.test("segments cover a file without gaps, whatever its size", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 10_000 }),
      fc.integer({ min: 1, max: 70 }),
      (size, count) => {
        const segments = planSegments(size, count, 1);
        assert.ok(segments.length <= count);
        const map = { size, modifiedMs: 5, segments };
        assert.deepEqual(parseSegmentMap(formatSegmentMap(map)), { ok: true, value: map });
        assert.equal(bytesThere(map), 0);
      },
    ),
  );
});

Deno.test("a list of segments that is not one of ours is not believed", () => {
  const texts = [
    "",
    "null",
    "[]",
    '{"size":10}',
    '{"size":10,"modified_ms":null,"segments":[[0,5,5]]}',
    '{"size":10,"modified_ms":null,"segments":[[0,5,5],[6,10,6]]}',
    '{"size":10,"modified_ms":null,"segments":[[0,10,11]]}',
    '{"size":10,"modified_ms":"now","segments":[[0,10,0]]}',
    '{"size":-1,"modified_ms":null,"segments":[]}',
  ];
  for (const text of texts) assert.equal(parseSegmentMap(text).ok, false, text);
});

Deno.test("three connections fetch a file together, each from its offset and no further", async () => {
  const offsets: number[] = [];
  const fetched = await fetchFrom({}, 3, (server) => offsets.push(...server.offsets));
  assert.deepEqual(fetched, RIGHT);
  const border = (at: number) => Math.floor(SIZE * at / 3);
  // Each begins a little before its own first byte, to compare.
  const expected = [0, border(1) - 65_536, border(2) - 65_536];
  assert.deepEqual(offsets.sort((a, b) => a - b), expected);
});

Deno.test("a server that sends without end is stopped where the segment ends", async () => {
  const fault = ({ offset }: { offset: number }) =>
    offset < SIZE / 2 ? { kind: "endless" } as const : undefined;
  assert.deepEqual(await fetchFrom({ fault }), RIGHT);
});

Deno.test("a file that goes on behind its size is no file, and nothing of it stays", async () => {
  const fetched = await fetchFrom({ fault: () => ({ kind: "endless" }) });
  assert.match(
    fetched.outcome,
    /^ContentDiffers .*size differs: 700001 bytes here, more than 700001/,
  );
  assert.deepEqual(fetched.names, []);
});

Deno.test("421 to a further connection leaves its segment to the others", async () => {
  const turnsAway = (session: number) => session > 1;
  // Each of them asks once.
  const inspect = (server: FaultyServer) => assert.equal(server.sessions, 3);
  assert.deepEqual(await fetchFrom({ turnsAway }, 3, inspect), RIGHT);
});

Deno.test("421 in the middle of a segment: the rest of it is fetched over another connection", async () => {
  const fault = ({ session }: { session: number }) =>
    session === 2 ? { kind: "421-after", bytes: 90_000 } as const : undefined;
  const turnsAway = (session: number) => session > 3;
  assert.deepEqual(await fetchFrom({ fault, turnsAway }), RIGHT);
});

Deno.test("connections that are cut again and again are made again", async () => {
  const fault = ({ number }: { number: number }) =>
    number <= 4 ? { kind: "421-after", bytes: 150_000 } as const : undefined;
  assert.deepEqual(await fetchFrom({ fault }), RIGHT);
});

Deno.test("half a segment and a 226 is not taken for all of it", async () => {
  const fetched = await fetchFrom({ fault: () => ({ kind: "226-after", bytes: 100_000 }) });
  assert.match(fetched.outcome, /^ContentDiffers /);
  assert.ok(!fetched.names.includes("copy"));
});

Deno.test("a server that ignores REST is found out, and nothing of the mixture stays", async () => {
  const fetched = await fetchFrom({ fault: () => ({ kind: "from-0" }) });
  assert.match(fetched.outcome, /^ContentDiffers /);
  assert.deepEqual(fetched.names, []);
});

Deno.test("a file that changed meanwhile is found out, and nothing of the mixture stays", async () => {
  const modified = (asked: number) => asked === 0 ? "20250131120000" : "20250131120001";
  const fetched = await fetchFrom({ modified });
  assert.match(fetched.outcome, /time differs: 2025-01-31T12:00:00\.000Z here, .*12:00:01/);
  assert.deepEqual(fetched.names, []);
});

Deno.test("a server that cannot restart, and a small file, are for one connection", async () => {
  const fetched = await fetchFrom({ refusesRest: true });
  assert.deepEqual([fetched.outcome, fetched.names], ["no segments", []]);
  await using server = new FaultyServer({ content: CONTENT.subarray(0, LEAST_BYTES) });
  await using folder = await temporaryDirectory();
  assert.equal((await fetchInto(server.port, folder.path, 2)).outcome, "no segments");
  // Nothing is asked where a listing told the size.
  const asked = server.sessions;
  const entry: RemoteEntry = { ...BARE, ...NOTHING_TOLD, name: "file", size: 5 };
  assert.equal((await fetchInto(server.port, folder.path, 2, { entry })).outcome, "no segments");
  assert.equal(server.sessions, asked);
});

Deno.test("what was interrupted goes on where each segment stopped; of another version nothing is kept", async () => {
  await using folder = await temporaryDirectory();
  const ctrlC = new AbortController();
  {
    await using server = new FaultyServer({ content: CONTENT });
    const stopped = await fetchInto(server.port, folder.path, 3, {
      signal: ctrlC.signal,
      onProgress: ({ doneBytes }) => doneBytes > 0 && ctrlC.abort(),
    });
    assert.deepEqual(stopped.names, [".copy.segments", ".copy.segments.part"]);
  }
  const left = parseSegmentMap(await Deno.readTextFile(join(folder.path, ".copy.segments")));
  assert.ok(left.ok);
  const kept = bytesThere(left.value);
  assert.ok(kept > 0 && kept < SIZE, `${kept} bytes`);
  await using server = new FaultyServer({ content: CONTENT });
  let firstBytes = SIZE;
  const again = await fetchInto(server.port, folder.path, 3, {
    onProgress: ({ doneBytes }) => firstBytes = Math.min(firstBytes, doneBytes),
  });
  assert.deepEqual(again, RIGHT);
  // Of segments that were complete the ends are compared again.
  const againBytes = 3 * 64 * 1024;
  assert.ok(firstBytes >= kept - againBytes, `${firstBytes} bytes, ${kept} were there`);
});

Deno.test("segments of another version of the file are thrown away, not mixed", async () => {
  await using folder = await temporaryDirectory();
  const ctrlC = new AbortController();
  {
    await using server = new FaultyServer({ content: noise(SIZE, 7) });
    await fetchInto(server.port, folder.path, 3, {
      signal: ctrlC.signal,
      onProgress: ({ doneBytes }) => doneBytes > 0 && ctrlC.abort(),
    });
  }
  await using server = new FaultyServer({ content: CONTENT, modified: () => "20250201000000" });
  assert.deepEqual(await fetchInto(server.port, folder.path, 3), RIGHT);
});

Deno.test("segments that an earlier run completed are compared again, where nothing else can prove them", async () => {
  const [first, second] = planSegments(SIZE, 2, LEAST_BYTES);
  const segments = [first!, second!].map((segment) => ({ ...segment, at: segment.end }));
  const map = formatSegmentMap({ size: SIZE, modifiedMs: Date.UTC(2025, 0, 31, 12), segments });
  // It ended before it saw that its server ignores REST: the second segment is the file's beginning.
  const mixture = CONTENT.slice();
  mixture.set(CONTENT.subarray(0, second!.end - second!.start), second!.start);
  for (const fault of [() => ({ kind: "from-0" } as const), () => undefined]) {
    await using server = new FaultyServer({ content: CONTENT, fault });
    await using folder = await temporaryDirectory();
    await Deno.writeFile(join(folder.path, ".copy.segments.part"), mixture);
    await Deno.writeTextFile(join(folder.path, ".copy.segments"), map);
    const again = await fetchInto(server.port, folder.path, 2);
    assert.match(again.outcome, /^ContentDiffers /);
    assert.deepEqual(again.names, []);
  }
  // What is right travels no second time but for the ends.
  await using server = new FaultyServer({ content: CONTENT });
  await using folder = await temporaryDirectory();
  await Deno.writeFile(join(folder.path, ".copy.segments.part"), CONTENT);
  await Deno.writeTextFile(join(folder.path, ".copy.segments"), map);
  assert.deepEqual(await fetchInto(server.port, folder.path, 2), RIGHT);
  const twiceBytes = 2 * 64 * 1024;
  assert.deepEqual(
    server.offsets.toSorted((a, b) => a - b),
    segments.map(({ end }) => end - twiceBytes),
  );
});

Deno.test("where the server has digests, the whole is proven, and earlier segments that are others' are not used", async () => {
  await using server = await InProcessServer.start();
  await using folder = await temporaryDirectory();
  const target = join(folder.path, "copy");
  await Deno.writeFile(join(server.root, "file"), CONTENT);
  await using lane = new TestLane(server.port, USER, PASSWORD);
  await using other = new TestLane(server.port, USER, PASSWORD);
  const { modifiedMs } = await (await lane.client()).stat("file");
  const [first, second] = planSegments(SIZE, 2, LEAST_BYTES);
  const segments = [{ ...first!, at: 70_000 }, { ...second!, at: second!.start + 80_000 }];
  const half = new Uint8Array(SIZE);
  half.set(CONTENT.subarray(0, 70_000));
  half.set(noise(80_000, 3), second!.start);
  await Deno.writeFile(join(folder.path, ".copy.segments.part"), half);
  const map = formatSegmentMap({ size: SIZE, modifiedMs, segments });
  await Deno.writeTextFile(join(folder.path, ".copy.segments"), map);
  const lanes = [lane, other];
  const result = await downloadSegmented("file", target, { lanes, leastBytes: LEAST_BYTES });
  assert.deepEqual([result?.verified, result?.resumedFrom], ["SHA-256", 70_000]);
  assert.equal(sha256(await Deno.readFile(target)), sha256(CONTENT));
  assert.equal((await Deno.stat(target)).mtime?.getTime(), modifiedMs);
});

Deno.test("a server that digests only parts of a file proves its segments one by one", async () => {
  const fetched = await fetchFrom({ digestsRanges: true });
  assert.deepEqual(fetched, { ...RIGHT, outcome: `${SIZE} SHA-256` });
  // What is proven wrong in the end: a byte of another version, behind the part that is fetched twice.
  const other = CONTENT.slice();
  other[SIZE - 5]! ^= 1;
  await using server = new FaultyServer({ content: CONTENT, digestsRanges: true, serves: other });
  await using folder = await temporaryDirectory();
  const wrong = await fetchInto(server.port, folder.path, 3);
  assert.match(wrong.outcome, /SHA-256 of the bytes from \d+ on differs/);
  assert.deepEqual(wrong.names, []);
});

Deno.test("a plain get carries on what was begun in segments", async () => {
  const content = noise(3 * 1024 * 1024 + 5);
  await using server = new FaultyServer({ content });
  await using folder = await temporaryDirectory();
  const target = join(folder.path, "copy");
  const ctrlC = new AbortController();
  {
    await using lane = new TestLane(server.port);
    await using other = new TestLane(server.port);
    const stopped = downloadSegmented("file", target, {
      lanes: [lane, other],
      signal: ctrlC.signal,
      onProgress: ({ doneBytes }) => doneBytes > 0 && ctrlC.abort(),
    });
    await assert.rejects(stopped, { name: "Fault", kind: "aborted" });
  }
  const { code, stdout, stderr } = await runInProcess(
    { define },
    ["get", "file", "-o", target, "-s", `u@127.0.0.1:${server.port}`, "--tls", "off", "--json"],
    { env: { FTP_PASSWORD: "p" } },
  );
  assert.deepEqual([code, stderr], [0, ""]);
  const { resumed_from: resumedFrom, moved, size } = JSON.parse(stdout);
  assert.ok(resumedFrom > 0 && resumedFrom + moved === size, stdout);
  assert.equal(sha256(await Deno.readFile(target)), sha256(content));
  const names = await Array.fromAsync(Deno.readDir(folder.path), ({ name }) => name);
  assert.deepEqual(names, ["copy"]);
});

Deno.test("a link in the place of a part is not followed", async () => {
  await using server = new FaultyServer({ content: CONTENT });
  await using folder = await temporaryDirectory();
  await using elsewhere = await temporaryDirectory();
  const precious = join(elsewhere.path, "precious");
  await Deno.writeTextFile(precious, "mine");
  for (const name of [".copy.segments", ".copy.segments.new", ".copy.segments.part"]) {
    await Deno.symlink(precious, join(folder.path, name));
  }
  assert.deepEqual(await fetchInto(server.port, folder.path, 2), RIGHT);
  assert.equal(await Deno.readTextFile(precious), "mine");
});
