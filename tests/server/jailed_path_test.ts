// Nothing outside the root is reached by path, name or link; what is the server's own is nobody's.

import assert from "node:assert/strict";
import { join } from "node:path";
import { openDiskStorage } from "../../server/storage/disk_storage.ts";
import type { Storage } from "../../server/storage/storage.ts";
import { ROOT } from "../../shared/virtual_path.ts";
import { at, failsAs, get, names, put } from "../support/storage_steps.ts";
import { openTrialDisk, type TrialDisk } from "../support/trial_disk.ts";

/** A disk with `/d/f` inside, `outside/secret` outside, and links to both kinds of places. */
async function openWithLinks(): Promise<TrialDisk> {
  await using setting = new AsyncDisposableStack();
  const disk = setting.use(await openTrialDisk());
  await disk.storage.createDirectory(at("/d"));
  await put(disk.storage, "/d/f", "inside");
  await Deno.writeTextFile(disk.outside("secret"), "outside");
  const links = {
    toFile: "d/f",
    toDirectory: disk.inRoot("d"),
    toLink: "toDirectory",
    toRoot: ".",
    outFile: disk.outside("secret"),
    outDirectory: disk.outside(),
    outRelative: "../../outside/secret",
    outAbove: "..",
    dangling: "nothing",
    danglingOut: disk.outside("nothing"),
    loop: "loop",
    loopOne: "loopTwo",
    loopTwo: "loopOne",
    throughFile: "d/f/below",
  };
  for (const [name, target] of Object.entries(links)) await Deno.symlink(target, disk.inRoot(name));
  setting.move(); // from here on it is the test's to dispose of
  return disk;
}

const HIDDEN = [
  "outFile",
  "outDirectory",
  "outRelative",
  "outAbove",
  "dangling",
  "danglingOut",
  "loop",
  "loopOne",
  "throughFile",
];

/** Every way to touch a path, each refused as `not-found` where nothing is there. */
function touches(storage: Storage, path: string): Promise<unknown>[] {
  return [
    storage.stat(at(path)),
    names(storage, path),
    storage.read(at(path), 0),
    storage.removeFile(at(path)),
    storage.removeDirectory(at(path)),
    storage.rename(at(path), at("/elsewhere")),
    storage.setModified(at(path), 0),
    storage.digest(at(path), "MD5"),
  ];
}

Deno.test("links that stay inside are what they lead to", async () => {
  await using disk = await openWithLinks();
  const { storage } = disk;
  assert.equal(await get(storage, "/toFile"), "inside");
  assert.equal(await get(storage, "/toDirectory/f"), "inside");
  assert.equal(await get(storage, "/toRoot/toLink/f"), "inside");
  assert.deepEqual(await names(storage, "/toLink"), ["f"]);
  const entry = await storage.stat(at("/toFile"));
  assert.deepEqual([entry.name, entry.type, entry.size], ["toFile", "file", 6]);
  assert.equal(entry.unique, (await storage.stat(at("/d/f"))).unique);
});

Deno.test("links that lead out, nowhere or round do not exist", async () => {
  await using disk = await openWithLinks();
  assert.deepEqual(await names(disk.storage), ["d", "toDirectory", "toFile", "toLink", "toRoot"]);
  for (const name of HIDDEN) {
    for (const touch of touches(disk.storage, `/${name}`)) await failsAs("not-found", touch);
    await failsAs("not-found", disk.storage.write(at(`/${name}/new`), { mode: "replace" }));
    await failsAs("not-found", disk.storage.createDirectory(at(`/${name}/new`)));
  }
  for (const touch of touches(disk.storage, "/outDirectory/secret")) {
    await failsAs("not-found", touch);
  }
  assert.equal(await Deno.readTextFile(disk.outside("secret")), "outside");
});

Deno.test("a hidden link is not overwritten by upload, directory or rename", async () => {
  await using disk = await openWithLinks();
  for (const name of HIDDEN) {
    for (const mode of ["replace", "append"] as const) {
      await failsAs("denied", disk.storage.write(at(`/${name}`), { mode }));
    }
    await failsAs("exists", disk.storage.write(at(`/${name}`), { mode: "create" }));
    await failsAs("denied", disk.storage.createDirectory(at(`/${name}`)));
    await failsAs("denied", disk.storage.rename(at("/d/f"), at(`/${name}`)));
    assert.ok((await Deno.lstat(disk.inRoot(name))).isSymlink);
  }
});

Deno.test("a link made while an upload runs does not carry it outside", async () => {
  await using disk = await openWithLinks();
  await using upload = await disk.storage.write(at("/new"), { mode: "replace" });
  await upload.write(new Uint8Array(3));
  await Deno.symlink(disk.outside("secret"), disk.inRoot("new"));
  await failsAs("denied", upload.commit());
  await Deno.rename(disk.inRoot("d"), disk.inRoot("d2"));
  await using below = await disk.storage.write(at("/d2/new"), { mode: "replace" });
  await Deno.rename(disk.inRoot("d2"), disk.inRoot("d"));
  await Deno.symlink(disk.outside(), disk.inRoot("d2"));
  await failsAs("not-found", below.commit());
  assert.deepEqual(Array.from(Deno.readDirSync(disk.outside()), ({ name }) => name), ["secret"]);
});

Deno.test("an upload to a link replaces what it leads to, removal takes the link", async () => {
  await using disk = await openWithLinks();
  await put(disk.storage, "/toFile", "new");
  assert.equal(await get(disk.storage, "/d/f"), "new");
  assert.ok((await Deno.lstat(disk.inRoot("toFile"))).isSymlink);
  await disk.storage.removeFile(at("/toFile"));
  await disk.storage.removeDirectory(at("/toLink"));
  await disk.storage.rename(at("/toDirectory"), at("/moved"));
  assert.equal(await get(disk.storage, "/moved/f"), "new");
  assert.deepEqual(await names(disk.storage), ["d", "moved", "toRoot"]);
});

Deno.test("the policy can show no links, or all", async () => {
  await using disk = await openWithLinks();
  const never = await disk.reopen({ links: "never" });
  assert.deepEqual(await names(never), ["d"]);
  await failsAs("not-found", never.stat(at("/toDirectory/f")));
  const follow = await disk.reopen({ links: "follow" });
  assert.equal(await get(follow, "/outDirectory/secret"), "outside");
  assert.equal(await get(follow, "/outRelative"), "outside");
  await failsAs("not-found", follow.stat(at("/dangling")));
});

Deno.test("the operator may reach the root through links", async () => {
  await using disk = await openWithLinks();
  const link = join(disk.top.path, "link");
  await Deno.symlink(disk.options.root, link);
  const storage = await disk.reopen({ root: link });
  assert.equal(await get(storage, "/toDirectory/f"), "inside");
  await put(storage, "/new", "x");
  assert.equal(await get(disk.storage, "/new"), "x");
});

Deno.test("a root that becomes a link while a session uses it leads that session nowhere", async () => {
  await using disk = await openWithLinks();
  const { storage } = disk;
  await Deno.mkdir(disk.outside("d"));
  await Deno.rename(disk.inRoot(), disk.inRoot("..", "moved"));
  await Deno.symlink(disk.outside(), disk.inRoot());
  for (const path of [ROOT, at("/secret"), at("/d")]) {
    await failsAs("not-found", storage.stat(path));
  }
  await failsAs("not-found", get(storage, "/secret"));
  await failsAs("not-found", names(storage, "/d"));
  await failsAs("not-found", put(storage, "/d/new", "text"));
});

Deno.test("the server's own directory exists for nobody", async () => {
  await using disk = await openTrialDisk();
  const { home } = disk.options;
  await Deno.symlink(join(home, ".ftp"), join(home, "toOwn"));
  await Deno.symlink("..", disk.inRoot("toHome"));
  for (const root of [home, disk.top.path]) {
    const storage = await disk.reopen({ root });
    const below = root === home ? "" : "/home";
    assert.ok(!(await names(storage, below)).some((name) => name === ".ftp" || name === "toOwn"));
    for (
      const path of [".ftp", ".FTP", ".ftp/uploads", "toOwn", "toOwn/uploads", "ann/toHome/.ftp"]
    ) {
      await failsAs("not-found", storage.stat(at(`${below}/${path}`)));
      await failsAs("not-found", names(storage, `${below}/${path}`));
    }
    await failsAs("bad-name", storage.createDirectory(at(`${below}/.ftp`)));
    await failsAs("bad-name", storage.removeDirectory(at(`${below}/.ftp`)));
    await failsAs("bad-name", storage.rename(at(`${below}/.ftp`), at(`${below}/x`)));
    await failsAs("bad-name", storage.rename(at(`${below}/ann`), at(`${below}/.ftp`)));
    await failsAs("bad-name", storage.write(at(`${below}/.Ftp`), { mode: "replace" }));
  }
  await failsAs("denied", disk.reopen({ root: join(home, ".ftp") }));
  await failsAs("denied", disk.reopen({ root: join(home, "toOwn", "uploads") }));
});

Deno.test("an account's name cannot lead out of the uploads", async () => {
  await using disk = await openTrialDisk();
  for (const account of ["..", "a/b", "../../x", ""]) {
    await failsAs("bad-name", disk.reopen({ account }));
  }
});

Deno.test("a FIFO is listed, never opened, and holds nobody up", async () => {
  await using disk = await openTrialDisk();
  const made = await new Deno.Command("mkfifo", { args: [disk.inRoot("fifo")] }).output();
  assert.ok(made.success);
  const { storage } = disk;
  assert.equal((await storage.stat(at("/fifo"))).type, "other");
  for (
    const touch of [
      storage.read(at("/fifo"), 0),
      storage.digest(at("/fifo"), "MD5"),
      storage.setModified(at("/fifo"), 0),
      storage.write(at("/fifo"), { mode: "replace" }),
      storage.write(at("/fifo"), { mode: "append" }),
      storage.removeFile(at("/fifo")),
    ]
  ) await failsAs("denied", touch);
});

Deno.test("no path is told to the peer but its own", async () => {
  await using disk = await openWithLinks();
  const storage = await openDiskStorage({ ...disk.options, root: disk.inRoot("d") });
  for (
    const work of [
      ...touches(storage, "/no"),
      storage.removeDirectory(ROOT),
      storage.list(at("/f")),
    ]
  ) {
    await assert.rejects(async () => await Array.fromAsync(await work as never), (error) => {
      assert.ok(error instanceof Error && !error.message.includes(disk.top.path), String(error));
      return true;
    });
  }
});
