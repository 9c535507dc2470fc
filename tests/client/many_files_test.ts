// Many small files: few commands each, over a long way, and whatever becomes of the connections.

import assert from "node:assert/strict";
import { join } from "node:path";
import * as getCommand from "../../client/commands/get.ts";
import * as mirrorCommand from "../../client/commands/mirror.ts";
import { type CommandEnding, runInProcess } from "../support/command_in_process.ts";
import { CuttableLink } from "../support/cuttable_link.ts";
import { delayingProxy } from "../support/delaying_proxy.ts";
import { digestTree, noise } from "../support/file_tree.ts";
import { InProcessServer, PASSWORD, USER } from "../support/in_process_server.ts";
import { temporaryDirectory } from "../support/temporary_directory.ts";

const FILES = 40;

async function makeFiles(folder: string, count = FILES): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  for (let at = 0; at < count; at++) {
    await Deno.writeFile(join(folder, `file ${at}`), noise(at * 100, at + 1));
  }
}

/** Mirrors in clear; `home` is where the journal goes. */
function mirror(
  words: readonly string[],
  { address, home, onPrint }: {
    readonly address: string;
    readonly home: string;
    readonly onPrint?: (text: string) => void;
  },
): Promise<CommandEnding> {
  const args = ["mirror", "-s", address, "-u", USER, "--tls", "off", "--retries", "0", ...words];
  const env = { FTP_PASSWORD: PASSWORD, HOME: home };
  return runInProcess(mirrorCommand, args, { env, ...(onPrint && { onPrint }) });
}

/** Does it once, when the first line like that is printed. */
function atFirst(line: RegExp, work: () => void) {
  let isSeen = false;
  const onPrint = (text: string) => {
    if (isSeen || !line.test(text)) return;
    isSeen = true;
    work();
  };
  return { onPrint, wasSeen: () => isSeen };
}

for (const direction of ["down", "up"] as const) {
  Deno.test(`a folder of small files travels ${direction} a long way as it is`, async () => {
    await using server = await InProcessServer.start();
    await using here = await temporaryDirectory();
    await using link = delayingProxy(server.port, 20);
    const local = join(here.path, "local");
    const remote = join(server.root, "remote");
    await makeFiles(direction === "down" ? remote : local);
    const words = direction === "down" ? ["remote", local] : ["-R", local, "remote"];
    const address = `${link.hostname}:${link.port}`;
    const { code, stderr } = await mirror(["-j", "4", ...words], { address, home: here.path });
    assert.equal(code, 0, stderr);
    assert.equal(stderr.match(/SHA-256 verified/g)?.length, FILES, stderr);
    const copies = await digestTree(local);
    assert.equal(Object.keys(copies).length, FILES);
    assert.deepEqual(copies, await digestTree(remote));
  });

  Deno.test(`a small file that travels ${direction} takes its transfer, its port and its proof`, async () => {
    await using server = await InProcessServer.start();
    await using here = await temporaryDirectory();
    const local = join(here.path, "local");
    await makeFiles(direction === "down" ? join(server.root, "remote") : local, 10);
    const words = direction === "down" ? ["remote", local] : ["-R", local, "remote"];
    const address = `127.0.0.1:${server.port}`;
    const { code, stderr } = await mirror(["-v", "-j", "1", ...words], {
      address,
      home: here.path,
    });
    assert.equal(code, 0, stderr);
    const said = Map.groupBy(
      [...stderr.matchAll(/^> (\S+)/gm)].map(([, verb = ""]) => verb),
      (verb) => verb,
    );
    const count = (verb: string) => said.get(verb)?.length ?? 0;
    assert.equal(count(direction === "down" ? "RETR" : "STOR"), 10);
    // The listing has one, and one is asked for ahead in vain.
    assert.ok(count("EPSV") <= 12, stderr);
    assert.ok(count("HASH") <= 10, stderr);
    for (const verb of ["TYPE", "FEAT"]) assert.equal(count(verb), 1, verb);
    for (const verb of ["SIZE", "MDTM", "CWD", "REST"]) assert.equal(count(verb), 0, verb);
    assert.ok(count("MKD") <= 1);
    assert.equal(count("SITE"), 0);
  });
}

for (const lost of ["the others'", "the first"] as const) {
  Deno.test(`${lost} connection is lost and not to be had again: the rest do its work`, async () => {
    await using server = await InProcessServer.start();
    await using here = await temporaryDirectory();
    await using link = new CuttableLink(server.port);
    await makeFiles(join(server.root, "remote"));
    const local = join(here.path, "local");
    const cut = atFirst(/^get .* verified$/m, () => {
      link.refuseWith("421 too many of you");
      if (lost === "the first") link.cutOne(0);
      else for (const at of [3, 2]) link.cutOne(at);
    });
    const address = `127.0.0.1:${link.port}`;
    const ending = await mirror(["-j", "4", "remote", local], {
      address,
      home: here.path,
      ...cut,
    });
    assert.equal(ending.code, 0, ending.stderr);
    assert.ok(cut.wasSeen());
    assert.deepEqual(await digestTree(local), await digestTree(join(server.root, "remote")));
  });
}

Deno.test("when every connection is lost for good, the files that did not arrive are told", async () => {
  await using server = await InProcessServer.start();
  await using here = await temporaryDirectory();
  await using link = new CuttableLink(server.port);
  await makeFiles(join(server.root, "remote"));
  const local = join(here.path, "local");
  const cut = atFirst(/^get .* verified$/m, () => {
    link.refuseWith("421 too many of you");
    link.cut();
  });
  const address = `127.0.0.1:${link.port}`;
  const ending = await mirror(["-j", "3", "remote", local], { address, home: here.path, ...cut });
  assert.equal(ending.code, 3, ending.stderr);
  assert.match(ending.stderr, /421|lost/);
  assert.ok(Object.keys(await digestTree(local)).length < FILES);
});

Deno.test("a connection that is lost while a folder is looked into is made again for it", async () => {
  await using server = await InProcessServer.start();
  await using here = await temporaryDirectory();
  await using link = new CuttableLink(server.port);
  for (const folder of ["a", "b"]) await makeFiles(join(server.root, "remote", folder), 3);
  const local = join(here.path, "local");
  const cut = atFirst(/^> MLSD remote\/b/m, () => link.cut());
  const address = `127.0.0.1:${link.port}`;
  const words = ["-v", "-j", "1", "remote", local];
  const ending = await mirror(words, { address, home: here.path, ...cut });
  assert.equal(ending.code, 0, ending.stderr);
  assert.ok(cut.wasSeen());
  assert.deepEqual(await digestTree(local), await digestTree(join(server.root, "remote")));
});

Deno.test("no more connections are made than there are files", async () => {
  await using server = await InProcessServer.start();
  await using here = await temporaryDirectory();
  await makeFiles(join(server.root, "remote"), 2);
  const local = join(here.path, "local");
  const address = `127.0.0.1:${server.port}`;
  const { code, stderr } = await mirror(["-v", "-j", "8", "remote", local], {
    address,
    home: here.path,
  });
  assert.equal(code, 0, stderr);
  assert.ok((stderr.match(/^> USER /gm)?.length ?? 0) <= 2, stderr);
});

Deno.test("files that are named one by one travel side by side, too", async () => {
  await using server = await InProcessServer.start();
  await using here = await temporaryDirectory();
  await makeFiles(join(server.root, "remote"), 12);
  const names = Array.from({ length: 12 }, (_, at) => `remote/file ${at}`);
  const address = `127.0.0.1:${server.port}`;
  const args = ["get", "-v", "-s", address, "-u", USER, "--tls", "off", "-j", "3", "-o", here.path];
  const env = { FTP_PASSWORD: PASSWORD, HOME: join(here.path, "home") };
  const { code, stderr } = await runInProcess(getCommand, [...args, ...names], { env });
  assert.equal(code, 0, stderr);
  assert.equal(stderr.match(/^> USER /gm)?.length, 3, stderr);
  for (const name of names) await Deno.stat(join(here.path, name.replace("remote/", "")));
});
