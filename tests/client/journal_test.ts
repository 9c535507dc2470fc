// The journal of transfers: kept from the start, held by who lives, left by who died, gone when all is done.

import assert from "node:assert/strict";
import { join } from "node:path";
import { Journal } from "../../client/journal/journal.ts";
import { formatHead, parseRecord, type RecordHead } from "../../client/journal/record_format.ts";
import type { TransferRecord } from "../../client/journal/transfer_record.ts";
import { temporaryDirectory } from "../support/temporary_directory.ts";

const HEAD: RecordHead = {
  direction: "get",
  server: {
    address: {
      scheme: "ftp",
      user: "ann@example.org",
      password: undefined,
      host: "2001:db8::1",
      port: 2121,
      path: "",
    },
    tls: "required",
    active: false,
    pin: undefined,
    ca: "/ca.pem",
  },
  // A lone surrogate and a line break are names too.
  items: [{ local: "/here/a\ud800\n", remote: "b ü", isTree: false, size: 12 }],
  mirror: undefined,
  flags: { ifExists: "resume", verify: "auto", preserve: true, retries: 3, type: undefined },
  begunMs: 1_700_000_000_000,
};

const FLIGHT = {
  local: "/here/a\ud800\n",
  remote: "b ü",
  existing: "resume",
  size: 12,
  modifiedMs: undefined,
} as const;

async function inJournal(work: (journal: Journal, folder: string) => Promise<void>): Promise<void> {
  await using directory = await temporaryDirectory();
  const folder = join(directory.path, "journal");
  await work(new Journal(folder), folder);
}

/** Trouble fails the test. */
const trouble = (error: unknown) => assert.fail(`${error}`);

/** A head with JSON's idea of absent fields. */
const plain = (head: RecordHead) => JSON.parse(JSON.stringify(head));

async function claimed(journal: Journal, id: number): Promise<TransferRecord> {
  const record = await journal.claim(id, trouble);
  assert.ok(typeof record !== "string", `${record}`);
  return record;
}

Deno.test("a record is hidden while its owner lives, pending when it was left, and gone when all is done", () =>
  inJournal(async (journal, folder) => {
    {
      await using record = await journal.begin(HEAD, trouble);
      record.begins(FLIGHT).learned({ size: 12, modifiedMs: 5_000 });
      assert.deepEqual(await journal.list(), []);
      assert.equal(await journal.claim(1, trouble), "held");
    }
    const [left, ...others] = await journal.list();
    assert.deepEqual(others, []);
    assert.ok(left !== undefined);
    assert.deepEqual(plain(left.head), plain(HEAD));
    assert.deepEqual([...left.flights.values()], [{ ...FLIGHT, modifiedMs: 5_000 }]);
    if (Deno.build.os !== "windows") {
      const { mode } = await Deno.stat(join(folder, "1"));
      assert.equal((mode ?? 0) & 0o777, 0o600);
      assert.equal(((await Deno.stat(folder)).mode ?? 0) & 0o777, 0o700);
    }
    {
      await using record = await claimed(journal, 1);
      assert.equal(await journal.claim(1, trouble), "held");
      for (const flight of record.inherited.keys()) record.ends(flight);
      record.itemDone(0);
    }
    assert.deepEqual(await Array.fromAsync(Deno.readDir(folder)), []);
  }));

Deno.test("several who look at the same moment all see what is pending", () =>
  inJournal(async (journal) => {
    {
      await using record = await journal.begin(HEAD, trouble);
      record.begins(FLIGHT);
    }
    const seen = await Promise.all(Array.from({ length: 16 }, () => journal.list()));
    assert.deepEqual(seen.map((records) => records.length), Array(16).fill(1));
  }));

Deno.test("of a record that a power cut tore everything before the tear counts, and nothing without a whole head", () => {
  const whole = formatHead(HEAD) + `{"begins":0,"flight":${JSON.stringify(FLIGHT)}}\n`;
  const complete = parseRecord(whole);
  assert.ok(complete.ok && complete.value.flights.size === 1);
  const headLength = formatHead(HEAD).length;
  for (let length = 0; length < whole.length; length++) {
    const torn = parseRecord(whole.slice(0, length));
    assert.equal(torn.ok, length >= headLength, `torn at ${length}`);
    if (torn.ok) assert.equal(torn.value.flights.size, 0);
  }
  const zeros = parseRecord(`${whole}\0\0\0\0\n{"ends":0}\n`);
  assert.ok(zeros.ok && zeros.value.flights.size === 0);
});

Deno.test("a record that says what no command says is none: it stops no other one", () => {
  const head = JSON.parse(formatHead(HEAD));
  const wrong: readonly Record<string, unknown>[] = [
    { mirror: {} },
    { mirror: { include: [1], exclude: [] } },
    { server: { ...head.server, tls: "Required" } },
    { mirror: { include: [], exclude: [], newerOnly: "yes" } },
    { flags: { ...head.flags, ifExists: "often" } },
    { flags: { ...head.flags, verify: "sometimes" } },
    { flags: { ...head.flags, preserve: "yes" } },
    { flags: { ...head.flags, type: "ebcdic" } },
    { flags: { ...head.flags, limitRate: 0 } },
    { items: [{ ...head.items[0], size: "many" }] },
  ];
  assert.ok(parseRecord(`${JSON.stringify(head)}\n`).ok);
  for (const fields of wrong) {
    const text = `${JSON.stringify({ ...head, ...fields })}\n`;
    assert.equal(parseRecord(text).ok, false, text);
  }
});

Deno.test("a line that says what no transfer says is passed over, and so is what it says of names", () => {
  const lines = (...each: unknown[]) => each.map((line) => `${JSON.stringify(line)}\n`).join("");
  const begins = (flight: unknown) => ({ begins: 0, flight });
  const wrong = [
    ...[
      begins(null),
      begins([]),
      begins({ ...FLIGHT, local: 7 }),
      begins({ ...FLIGHT, size: "12" }),
    ],
    begins({ ...FLIGHT, existing: "ask" }),
    begins({ ...FLIGHT, modifiedMs: "yesterday" }),
  ];
  const none = parseRecord(formatHead(HEAD) + lines(...wrong));
  assert.ok(none.ok && none.value.flights.size === 0);
  const learns = { learns: 0, facts: { size: 13, modifiedMs: 5, local: 7, remote: null } };
  const odd = { learns: 0, facts: { size: -1 } };
  const learned = parseRecord(formatHead(HEAD) + lines(begins(FLIGHT), learns, odd));
  assert.ok(learned.ok);
  assert.deepEqual(learned.value.flights.get(0), { ...FLIGHT, size: 13, modifiedMs: 5 });
});

Deno.test("a line that was torn does not swallow the next one", () =>
  inJournal(async (journal, folder) => {
    await using _record = await journal.begin(HEAD, trouble);
    const path = join(folder, "7");
    await Deno.writeTextFile(path, `${formatHead(HEAD)}{"begins":0,"fli`);
    {
      await using record = await claimed(journal, 7);
      record.begins(FLIGHT);
    }
    const text = parseRecord(await Deno.readTextFile(path));
    assert.ok(text.ok && text.value.flights.size === 1);
  }));

Deno.test("a record that has nothing left to do is not pending: its process ended before it took it away", () =>
  inJournal(async (journal, folder) => {
    await Deno.mkdir(folder);
    await Deno.writeTextFile(join(folder, "1"), `${formatHead(HEAD)}{"item":0}\n`);
    await Deno.writeTextFile(join(folder, "2"), formatHead(HEAD));
    assert.deepEqual((await journal.list()).map(({ id }) => id), [2]);
  }));

Deno.test("commands that begin at the same moment have records of their own", () =>
  inJournal(async (journal, folder) => {
    const begun = Array.from({ length: 20 }, () => new Journal(folder).begin(HEAD, trouble));
    await using held = new AsyncDisposableStack();
    for (const record of await Promise.all(begun)) held.use(record);
    const names = await Array.fromAsync(Deno.readDir(folder), ({ name }) => Number(name));
    assert.deepEqual(names.sort((a, b) => a - b), Array.from({ length: 20 }, (_, at) => at + 1));
    assert.deepEqual(await journal.list(), []);
  }));

Deno.test("of too many records the oldest are forgotten, and none that is held", () =>
  inJournal(async (journal, folder) => {
    await using _held = await journal.begin(HEAD, trouble);
    for (let id = 2; id <= 205; id++) {
      await Deno.writeTextFile(join(folder, `${id}`), formatHead(HEAD));
      const at = new Date(Date.now() - 60_000 + id);
      await Deno.utime(join(folder, `${id}`), at, at);
    }
    await Deno.utime(join(folder, "1"), new Date(0), new Date(0));
    await using _next = await journal.begin(HEAD, trouble);
    const ids = (await journal.list()).map(({ id }) => id);
    assert.deepEqual([ids.at(0), ids.at(-1), ids.length], [7, 205, 199]);
    assert.equal(await journal.claim(1, trouble), "held");
  }));

Deno.test("a record stays small however many files come and go, and knows those that are on their way", () =>
  inJournal(async (journal, folder) => {
    {
      await using record = await journal.begin(HEAD, trouble);
      const first = { ...FLIGHT, remote: "first" };
      record.begins(first);
      for (let at = 0; at < 12_000; at++) {
        record.begins({ ...FLIGHT, remote: `${at}`.padStart(64, "-") }).ended();
      }
      const { size } = await Deno.stat(join(folder, "1"));
      assert.ok(size < 2 * 1024 * 1024, `${size} bytes`);
      assert.equal(await journal.claim(1, trouble), "held");
    }
    const [left] = await journal.list();
    assert.deepEqual([...left?.flights.values() ?? []].map(({ remote }) => remote), ["first"]);
  }));

Deno.test("a process that is killed leaves its record to others", () =>
  inJournal(async (journal, folder) => {
    const owner = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", "tests/support/recording_program.ts", folder],
      stdout: "piped",
    }).spawn();
    const ready = owner.stdout.getReader();
    await ready.read();
    assert.deepEqual(await journal.list(), []);
    owner.kill("SIGKILL");
    await owner.status;
    await ready.cancel();
    const [left] = await journal.list();
    assert.equal(left?.flights.size, 1);
    assert.equal(await journal.forget(1), "forgotten");
    assert.equal(await journal.forget(1), "gone");
  }));

Deno.test("what is a season old is forgotten when the next transfer begins, and so is a record without a head", () =>
  inJournal(async (journal, folder) => {
    {
      await using _kept = await journal.begin(HEAD, trouble);
    }
    {
      await using _kept = await journal.begin(HEAD, trouble);
    }
    await Deno.writeTextFile(join(folder, "3"), "");
    const longAgo = new Date(Date.now() - 91 * 24 * 60 * 60 * 1000);
    await Deno.utime(join(folder, "1"), longAgo, longAgo);
    await Deno.utime(join(folder, "3"), longAgo, longAgo);
    {
      await using _next = await journal.begin(HEAD, trouble);
    }
    assert.deepEqual((await journal.list()).map(({ id }) => id), [2, 4]);
  }));
