// Several files over several connections, at a server that takes fewer, or has enough of some in the middle.

import assert from "node:assert/strict";
import { join } from "node:path";
import { define } from "../../client/commands/get.ts";
import { runInProcess } from "../support/command_in_process.ts";
import { FaultyServer, type FaultyServerOptions } from "../support/faulty_server.ts";
import { digestTree, noise, sha256 } from "../support/file_tree.ts";
import { temporaryDirectory } from "../support/temporary_directory.ts";

const CONTENT = noise(50_000);
const NAMES = Array.from({ length: 12 }, (_, at) => `file${at}`);

/** Gets all files over six connections; a failure that passes is tried again twice. */
async function getAll(faults: Omit<FaultyServerOptions, "content">) {
  await using server = new FaultyServer({ content: CONTENT, ...faults });
  await using folder = await temporaryDirectory();
  const { code, stderr } = await runInProcess(
    { define },
    [
      ...["get", ...NAMES, "-o", folder.path, "-j", "6", "--retries", "2", "--tls", "off"],
      ...["-s", `u@127.0.0.1:${server.port}`],
    ],
    { env: { FTP_PASSWORD: "p" } },
  );
  return { code, stderr, digests: await digestTree(folder.path), sessions: server.sessions };
}

const ALL = Object.fromEntries(NAMES.map((name) => [name, sha256(CONTENT)]));

Deno.test("421 at the fourth connection: three do the work of six", async () => {
  const { code, stderr, digests } = await getAll({ turnsAway: (session) => session > 3 });
  assert.equal(code, 0, stderr);
  assert.deepEqual(digests, ALL);
});

Deno.test("421 in the middle of a file, and to whoever comes again: the others take it over", async () => {
  const fault = ({ session }: { session: number }) =>
    session === 2 ? { kind: "421-after", bytes: 20_000 } as const : undefined;
  const turnsAway = (session: number) => session > 4;
  const { code, stderr, digests } = await getAll({ fault, turnsAway });
  assert.equal(code, 0, stderr);
  assert.deepEqual(digests, ALL);
});

Deno.test("half a file and a 226 in one of many is told, and the others arrive", async () => {
  const fault = ({ number }: { number: number }) =>
    number === 5 ? { kind: "226-after", bytes: 20_000 } as const : undefined;
  const { code, stderr, digests } = await getAll({ fault });
  assert.equal(code, 8);
  assert.equal(
    stderr.match(/size differs: 20000 bytes here, 50000 bytes at the server/g)?.length,
    1,
  );
  const whole = Object.entries(digests).filter(([name]) => !name.startsWith("."));
  assert.equal(whole.length, NAMES.length - 1);
  for (const [name, digest] of whole) assert.equal(digest, sha256(CONTENT), join("copy", name));
});
