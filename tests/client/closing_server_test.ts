// A server that closes in any state: whatever was said last, there is a failure in time, and never half a file.

import assert from "node:assert/strict";
import { join } from "node:path";
import type { Client } from "../../client/client.ts";
import { connect } from "../../client/connect.ts";
import { isClientFailure } from "../../client/failure.ts";
import { Secret } from "../../shared/secret.ts";
import { scriptedServer } from "../support/scripted_server.ts";
import { temporaryDirectory } from "../support/temporary_directory.ts";

const LOGIN = [
  ...["S: 220 ready", "C: USER u", "S: 331 password", "C: PASS p", "S: 230 in"],
  ...[
    "C: FEAT",
    "S bytes: 211-Features\\r\\n SIZE\\r\\n211 End\\r\\n",
    "C: TYPE I",
    "S: 200 binary",
  ],
];
const PASSIVE = ["C: EPSV", "S: 229 go (|||{port}|)", "data accept"];

/** What is tried, and the whole of what a server says to it. */
const CASES: readonly {
  readonly name: string;
  readonly script: readonly string[];
  work(client: Client, folder: string): Promise<void>;
}[] = [
  {
    name: "a download",
    script: [
      ...[...LOGIN, "C: SIZE a.txt", "S: 213 5", ...PASSIVE, "C: RETR a.txt", "S: 150 here"],
      ...["data send hel", "data send lo", "data finish", "S: 226 done"],
    ],
    work: async (client, folder) => {
      await client.download("a.txt", { path: join(folder, "copy") }, { preserve: false });
    },
  },
  {
    name: "an upload",
    script: [
      ...[...LOGIN, ...PASSIVE, "C: STOR a.txt", "S: 150 go on", "data read hello"],
      ...["S: 226 done", "C: SIZE a.txt", "S: 213 5"],
    ],
    work: async (client, folder) => {
      await Deno.writeTextFile(join(folder, "source"), "hello");
      const options = { preserve: false, existing: "replace" } as const;
      await client.upload({ path: join(folder, "source") }, "a.txt", options);
    },
  },
  {
    name: "a listing",
    script: [
      ...[...LOGIN, ...PASSIVE, "C: LIST", "S: 150 here", "data lines 3", "data finish"],
      "S: 226 done",
    ],
    work: async (client) => {
      assert.equal((await Array.fromAsync(client.list(""))).length, 3);
    },
  },
];

/** No wait of the client's is longer; what hangs fails the script at its own limit. */
const LIMIT_MS = 2_000;

for (const { name, script, work } of CASES) {
  Deno.test(`a server may close at any moment of ${name}, and only the end is taken for it`, async () => {
    const states = script.flatMap((line, at) => line.startsWith("C") ? [] : [at]);
    for (const last of states) {
      const isWhole = last === script.length - 1;
      const said = [...script.slice(0, last + 1), "S closes"];
      await using server = scriptedServer(said);
      await using folder = await temporaryDirectory();
      const startedMs = performance.now();
      const outcome = await attempt(server.port, folder.path, work);
      const where = `after "${script[last]}": ${outcome}`;
      assert.equal(outcome === undefined, isWhole, where);
      assert.ok(performance.now() - startedMs < 2 * LIMIT_MS, where);
      const names = await Array.fromAsync(Deno.readDir(folder.path), (entry) => entry.name);
      assert.equal(names.includes("copy"), isWhole && name === "a download", where);
    }
  });
}

/** The failure, in words; `undefined` for success. Anything that is no failure of the client's is a mistake. */
async function attempt(
  port: number,
  folder: string,
  work: (client: Client, folder: string) => Promise<void>,
): Promise<string | undefined> {
  try {
    const limits = { replyMs: LIMIT_MS, stalledMs: LIMIT_MS, dataConnectMs: LIMIT_MS };
    const trust = { kind: "anything" } as const;
    await using client = await connect({ host: "127.0.0.1", port, tls: "off", trust, limits });
    await client.login("u", new Secret("p"));
    await work(client, folder);
    return undefined;
  } catch (error) {
    if (!isClientFailure(error)) throw error;
    return `${error.name} ${error.message}`;
  }
}
