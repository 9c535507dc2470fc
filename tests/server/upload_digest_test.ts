// Digests of uploads: told from memory when they are of the file that is there, computed anew when not.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { openDiskStorage } from "../../server/storage/disk_storage.ts";
import { InProcessServer, USER } from "../support/in_process_server.ts";
import { countingFiles } from "../support/read_files.ts";
import { at, bytes, put } from "../support/storage_steps.ts";
import { Player } from "../support/transcript_player.ts";
import { openTrialDisk } from "../support/trial_disk.ts";

const sha256 = (content: string) => createHash("sha256").update(content).digest("hex");
const DIGESTED = { mode: "replace", digest: "SHA-256" } as const;

for (const uploads of ["atomic", "direct"] as const) {
  Deno.test(`${uploads}: bytes that were shown before they are written are digested once`, async () => {
    const { files, bytesRead } = countingFiles();
    await using disk = await openTrialDisk({ files, uploads });
    await using upload = await disk.storage.write(at("/f"), DIGESTED);
    upload.foresee(bytes("one "));
    upload.foresee(bytes("two "));
    await upload.write(bytes("one t"));
    upload.foresee(bytes("three "));
    // Written together with bytes that nobody showed.
    await upload.write(bytes("wo three four"));
    await upload.commit();
    const digest = await disk.storage.digest(at("/f"), "SHA-256");
    assert.deepEqual([digest, bytesRead()], [sha256("one two three four"), 0]);
  });

  Deno.test(`${uploads}: a digest is remembered before anybody else may write the file`, async () => {
    let wasFree: boolean | undefined;
    const set = () => {
      using file = Deno.openSync(disk.inRoot("f"), { write: true });
      wasFree = file.tryLockSync(true);
    };
    await using disk = await openTrialDisk({
      uploads,
      digests: { get: () => undefined, set, redate() {} },
    });
    await put(disk.storage, "/f", "text", DIGESTED);
    assert.equal(wasFree, false);
  });

  Deno.test(`${uploads}: bytes that were shown and never written leave no digest behind`, async () => {
    const { files, bytesRead } = countingFiles();
    await using disk = await openTrialDisk({ files, uploads });
    await using upload = await disk.storage.write(at("/f"), DIGESTED);
    upload.foresee(bytes("one two"));
    await upload.write(bytes("one"));
    await upload.commit();
    const digest = await disk.storage.digest(at("/f"), "SHA-256");
    assert.deepEqual([digest, bytesRead()], [sha256("one"), 3]);
  });
}

/** A server that counts what it reads of files, and a client that has asked for digests. */
async function openSession() {
  await using resources = new AsyncDisposableStack();
  const { files, bytesRead } = countingFiles();
  const server = resources.use(
    await InProcessServer.start({
      services: (usual) => ({
        ...usual,
        openStorage: ({ name }) => {
          const { home } = usual.settings;
          return openDiskStorage({ root: `${home}/${name}`, home, account: name, files });
        },
      }),
    }),
  );
  const player = resources.use(await Player.connect(server));
  await player.say("S: 220 *\nlogin\nC: OPTS HASH SHA-256\nS: 200 *\nC: TYPE I\nS: 200 *");
  const kept = resources.move();
  /** The host path of the upload that was stopped. */
  const part = async () => {
    const folder = `${server.home}/.ftp/uploads/${USER}`;
    const names = await Array.fromAsync(Deno.readDir(folder), ({ name }) => name);
    return `${folder}/${names.find((name) => name.endsWith(".part"))}`;
  };
  return {
    player,
    part,
    /** Makes it as old as one that nobody changes any more. */
    settle: async () => await Deno.utime(await part(), 1_000_000_000, 1_000_000_000),
    /** Runs HASH. @returns how many bytes of the file were read for it */
    async hash(content: string): Promise<number> {
      const before = bytesRead();
      await player.say(
        `C: HASH f\nS: 213 SHA-256 0-${bytes(content).length - 1} ${sha256(content)} /f`,
      );
      return bytesRead() - before;
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

type Session = Awaited<ReturnType<typeof openSession>>;

/** STOR of these steps, to its end. */
const storing = (steps: string, end = "data close\nS: 226 *") =>
  `C: EPSV\nS: 229 *\ndata connect\nC: STOR f\nS: 150 *\n${steps}\n${end}`;

const WAYS: Readonly<Record<string, { readonly steps: string; readonly content: string }>> = {
  "in pieces": { steps: storing('data send "one "\ndata send "two"'), content: "one two" },
  "as text": {
    steps: `C: TYPE A\nS: 200 *\n${storing('data send "one\\r\\ntwo\\r\\n"')}`,
    content: "one\ntwo\n",
  },
  "deflated": {
    steps: `C: MODE Z\nS: 200 *\n${storing('data send deflated "one one one one"')}`,
    content: "one one one one",
  },
  "carried on from a file": {
    steps: `given file /f "one old"\nC: REST 4\nS: 350 *\n${storing('data send "two"')}`,
    content: "one two",
  },
};

for (const [how, { steps, content }] of Object.entries(WAYS)) {
  Deno.test(`the digest of a file that came ${how} is that of the file, and costs no read`, async () => {
    await using session = await openSession();
    await session.player.say(steps);
    // HASH is of the bytes that are stored, whatever the type.
    assert.equal(await session.hash(content), 0);
  });
}

/** The first half of a file whose upload is stopped. */
const HALF = storing('data send "one "', "C: ABOR\nS: 426 *\nS: 226 *");
const CARRIED_ON = `C: REST 4\nS: 350 *\n${storing('data send "two"')}`;

Deno.test("an upload that was stopped leaves no digest of the file behind", async () => {
  await using session = await openSession();
  await session.player.say(`given file /f "old"\n${HALF}`);
  assert.equal(await session.hash("old"), 3);
});

Deno.test("an upload whose first bytes were proven is carried on without reading them again", async () => {
  await using session = await openSession();
  await session.player.say(HALF);
  await session.settle();
  assert.equal(await session.hash("one "), 4);
  await session.player.say(CARRIED_ON);
  assert.equal(await session.hash("one two"), 0);
});

const UNPROVEN: Readonly<Record<string, (session: Session) => Promise<unknown>>> = {
  "nobody proved": () => Promise.resolve(),
  "were proven by another digest": async ({ player, hash }) => {
    await player.say(
      "C: OPTS HASH MD5\nS: 200 *\nC: HASH f\nS: 213 *\nC: OPTS HASH SHA-256\nS: 200 *",
    );
    assert.equal(await hash("one "), 4);
    await player.say("C: XMD5 f\nS: 250 *\nC: XSHA1 f\nS: 250 *");
  },
  "were changed after they were proven": async ({ hash, part }) => {
    assert.equal(await hash("one "), 4);
    await Deno.writeTextFile(await part(), "ONE ", { create: false });
    await Deno.writeTextFile(await part(), "one ", { create: false });
  },
};

for (const [how, prepare] of Object.entries(UNPROVEN)) {
  Deno.test(`a file is digested whole after its first bytes ${how}`, async () => {
    await using session = await openSession();
    await session.player.say(HALF);
    await session.settle();
    await prepare(session);
    await session.player.say(CARRIED_ON);
    assert.equal(await session.hash("one two"), 7);
  });
}

Deno.test("an upload that is carried on from before the end of what was proven is digested whole", async () => {
  await using session = await openSession();
  await session.player.say(HALF);
  await session.settle();
  assert.equal(await session.hash("one "), 4);
  await session.player.say(`C: REST 2\nS: 350 *\n${storing('data send "ly"')}`);
  assert.equal(await session.hash("only"), 4);
});
