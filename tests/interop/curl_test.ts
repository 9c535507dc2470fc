// curl against the real server: plain on loopback, and with explicit TLS.

import assert from "node:assert/strict";
import { noise, sha256 } from "../support/file_tree.ts";
import { run, runWell } from "../support/program.ts";
import { type ServerProcess, startServer } from "../support/server_process.ts";
import { temporaryDirectory } from "../support/temporary_directory.ts";

const USERS = { ada: "difference engine" };
const SIZE = 3_000_001;

for (const [how, flags] of [["in clear", []], ["over TLS", ["--ssl-reqd", "-k"]]] as const) {
  const curl = (server: ServerProcess, path: string, ...more: string[]) =>
    [
      "-sS",
      ...flags,
      "-u",
      `ada:${USERS.ada}`,
      ...more,
      `ftp://${server.address}/${path}`,
    ] as const;

  Deno.test(`curl uploads and downloads a file ${how}`, async () => {
    await using server = await startServer({ users: USERS });
    await using local = await temporaryDirectory();
    const bytes = noise(SIZE);
    await Deno.writeFile(`${local.path}/file`, bytes);
    await runWell(
      "curl",
      curl(server, "new%20folder/f.bin", "--ftp-create-dirs", "-T", `${local.path}/file`),
    );
    assert.equal(sha256(await Deno.readFile(`${server.home}/ada/new folder/f.bin`)), sha256(bytes));
    await runWell("curl", curl(server, "new%20folder/f.bin", "-o", `${local.path}/back`));
    assert.equal(sha256(await Deno.readFile(`${local.path}/back`)), sha256(bytes));
  });

  Deno.test(`curl carries on a download and an upload ${how}`, async () => {
    await using server = await startServer({ users: USERS });
    await using local = await temporaryDirectory();
    const bytes = noise(SIZE, 2);
    const [file, part] = [`${local.path}/file`, `${local.path}/part`];
    await Deno.writeFile(file, bytes);
    await runWell("curl", curl(server, "f", "-T", file));
    await Deno.writeFile(part, bytes.subarray(0, 1_000_003));
    await runWell("curl", curl(server, "f", "-C", "-", "-o", part));
    assert.equal(sha256(await Deno.readFile(part)), sha256(bytes));

    await Deno.writeFile(part, bytes.subarray(0, 1_000_003));
    await runWell("curl", curl(server, "g", "-T", part));
    await runWell("curl", curl(server, "g", "-C", "-", "-T", file));
    assert.equal(sha256(await Deno.readFile(`${server.home}/ada/g`)), sha256(bytes));
  });

  Deno.test(`curl carries on an upload that was cut off ${how}`, async () => {
    await using server = await startServer({ users: USERS });
    await using local = await temporaryDirectory();
    const bytes = noise(SIZE, 3);
    const file = `${local.path}/file`;
    await Deno.writeFile(file, bytes);
    const cut = await run("curl", curl(server, "f", "--limit-rate", "1M", "-m", "1", "-T", file));
    assert.equal(cut.code, 28, cut.stderr);
    await assert.rejects(Deno.stat(`${server.home}/ada/f`), Deno.errors.NotFound);
    await runWell("curl", curl(server, "f", "-C", "-", "-T", file));
    assert.equal(sha256(await Deno.readFile(`${server.home}/ada/f`)), sha256(bytes));
  });

  Deno.test(`curl lists names and details ${how}`, async () => {
    await using server = await startServer({ users: USERS });
    await using local = await temporaryDirectory();
    await Deno.writeFile(`${local.path}/file`, noise(12_345));
    for (const name of ["a%20b", "%E6%96%87.txt", "z"]) {
      await runWell("curl", curl(server, name, "-T", `${local.path}/file`));
    }
    const names = await runWell("curl", curl(server, "", "-l"));
    assert.deepEqual(names.trimEnd().split(/\r?\n/).sort(), ["a b", "z", "文.txt"]);
    const lines = (await runWell("curl", curl(server, ""))).trimEnd().split(/\r?\n/);
    assert.equal(lines.length, 3);
    for (const line of lines) assert.match(line, /^-r[w-]\S+ +\d+ \S+ +\S+ +12345 [A-Z][a-z]{2} /);
  });
}

Deno.test("curl is refused with the wrong password and without an account", async () => {
  await using server = await startServer({ users: USERS });
  for (const login of ["ada:wrong", "nobody:difference engine"]) {
    const { code } = await run("curl", ["-sS", "-u", login, `ftp://${server.address}/`]);
    assert.equal(code, 67, login);
  }
});

Deno.test("curl deletes, renames and makes directories with raw commands", async () => {
  await using server = await startServer({ users: USERS });
  await Deno.mkdir(`${server.home}/ada`, { recursive: true });
  await Deno.writeTextFile(`${server.home}/ada/old`, "x");
  await Deno.writeTextFile(`${server.home}/ada/gone`, "x");
  const quote = ["RNFR old", "RNTO new", "DELE gone", "MKD made"].flatMap((line) => ["-Q", line]);
  await runWell("curl", ["-sS", ...quote, "-u", `ada:${USERS.ada}`, `ftp://${server.address}/`]);
  const names = [...Deno.readDirSync(`${server.home}/ada`)].map(({ name }) => name);
  assert.deepEqual(names.sort(), ["made", "new"]);
});
