// Every command of the shell: what it does against a server, from a script, and that help knows it.

import assert from "node:assert/strict";
import { join } from "node:path";
import { SHELL_COMMANDS } from "../../client/shell/command_table.ts";
import { namesOf } from "../../client/shell/shell_command.ts";
import { noise } from "../support/file_tree.ts";
import { InProcessServer, PASSWORD, USER } from "../support/in_process_server.ts";
import { runFtp } from "../support/program.ts";
import { assertSameBytes } from "../support/same_bytes.ts";
import { temporaryDirectory } from "../support/temporary_directory.ts";

Deno.test("no two commands of the shell answer to one name", () => {
  const names = SHELL_COMMANDS.flatMap(namesOf);
  assert.deepEqual(names.toSorted(), [...new Set(names)].toSorted());
});

/** Runs lines as a script of the shell, in a folder of this machine. */
function scriptRunner(server: InProcessServer, folder: string, env: Record<string, string> = {}) {
  return async (...lines: string[]) => {
    const ending = await runFtp(["connect", `127.0.0.1:${server.port}`, "--insecure"], {
      cwd: folder,
      stdin: lines.join("\n"),
      env: {
        FTP_USER: USER,
        FTP_PASSWORD: PASSWORD,
        EDITOR: `${folder}/editor`,
        LC_ALL: "C",
        ...env,
      },
    });
    return { ...ending, lines: ending.stdout.trimEnd().split("\n") };
  };
}

Deno.test("the commands of the shell do what they say, one after the other", async () => {
  await using server = await InProcessServer.start();
  await using folder = await temporaryDirectory();
  const script = scriptRunner(server, folder.path);
  await Deno.writeTextFile(join(folder.path, "a.txt"), "alpha\n");
  await Deno.writeTextFile(join(folder.path, "editor"), '#!/bin/sh\necho edited >> "$1"\n');
  await Deno.chmod(join(folder.path, "editor"), 0o700);

  const made = await script(
    "mkdir -- d d/e",
    "mput a.txt -t d/",
    "cp d/a.txt d/b.txt; touch d/e/empty d/.hidden",
    "chmod 600 d/b.txt",
    "cd d && edit a.txt",
    "cat a.txt",
    "ls",
    "ls -a",
    "nlist",
    "find . -name '*.txt'",
    "find -type d",
    "du --json",
    "size a.txt b.txt",
    "cdup && pwd",
    "mv d/b.txt d/e",
    "get d/e/b.txt && verify b.txt d/e/b.txt",
    "!cat b.txt | tr a-z A-Z",
    "lls",
  );
  assert.equal(made.code, 0, made.stderr);
  assert.deepEqual(made.lines, [
    ...["alpha", "edited"],
    ...["a.txt", "b.txt", "e"],
    ...[".hidden", "a.txt", "b.txt", "e"],
    ...[".hidden", "a.txt", "b.txt", "e"],
    ...["./a.txt", "./b.txt"],
    "e",
    '{"path":"","size":19,"files":4,"complete":true}',
    ...["13  a.txt", "6  b.txt"],
    "/",
    "d/e/b.txt: the same (SHA-256)",
    "ALPHA",
    ...["a.txt", "b.txt", "editor"],
  ]);
  assert.equal((await Deno.stat(join(server.root, "d/e/b.txt"))).mode! & 0o777, 0o600);

  await Deno.writeTextFile(join(folder.path, "b.txt"), "other\n");
  const differs = await script("verify b.txt d/e/b.txt", "pwd");
  assert.equal(differs.code, 8, differs.stderr);
  assert.equal(differs.stdout, "");

  const told = await script(
    "set if-exists overwrite",
    "limit 2M; limit off",
    "active; passive",
    "get d/e/b.txt --json",
    "status --json",
    "feat",
    "quote noop",
    "site help --json",
    "quota; pending; who && pwd",
  );
  assert.equal(told.code, 6, told.stderr);
  const [, , , , , got, status, ...rest] = told.lines;
  assert.match(got ?? "", /"command":"get".*"outcome":"done".*"size":6/);
  const facts = JSON.parse(status ?? "");
  assert.equal(facts.user, USER);
  assert.match(facts.certificate, /^sha256:/);
  assert.ok(rest.includes("UTF8") && rest.includes("200 Yes, I am here."), told.stdout);
  assert.match(rest.join("\n"), /"code":214.*FORGET/);
  assert.match(told.stderr, /who at .*: 550 .*\n$/);

  const gone = await script("rm -r d", "ls", "close", "ls");
  assert.equal(gone.code, 3);
  assert.match(gone.stderr, /not connected\nhint: open ADDRESS connects/);
});

Deno.test("ascii makes texts of the transfers that follow, until binary", async () => {
  await using server = await InProcessServer.start();
  await using folder = await temporaryDirectory();
  const script = scriptRunner(server, folder.path);
  await Deno.writeTextFile(join(folder.path, "dos"), "a\r\nb\r\n");
  const told = await script(
    "type",
    "ascii",
    "put dos -t text && size text",
    "get text -o unix; cp text copy",
    "binary",
    "put dos -t data && size data",
    "ascii && reget data -o dos",
    "reget data -o unix",
  );
  assert.equal(told.code, 8, told.stderr);
  assert.deepEqual(told.lines, [
    ...["type       binary", "type       ascii"],
    "4  text",
    "type       binary",
    "6  data",
    "type       ascii",
  ]);
  assert.match(told.stderr, /get data: 6 bytes, was there already, SHA-256 verified\n/);
  assert.match(
    told.stderr,
    /unix" is there already, and a text \(ascii\) is not carried on\nhint: .*\n$/,
  );
  assert.equal(await Deno.readTextFile(join(folder.path, "unix")), "a\nb\n");
  assert.equal(await Deno.readTextFile(join(server.root, "data")), "a\r\nb\r\n");

  for (const name of ["ebcdic", "constructor"]) {
    const wrong = await script(`type ${name}`);
    assert.equal(wrong.code, 2);
    assert.match(wrong.stderr, new RegExp(`set type "${name}": ascii, binary, image\\n`));
  }
});

Deno.test("open takes neither user nor password of the server before to another one", async () => {
  await using first = await InProcessServer.start();
  await using second = await InProcessServer.start();
  await using folder = await temporaryDirectory();
  const { code, stdout, stderr } = await runFtp(
    ["connect", `127.0.0.1:${first.port}`, "--insecure", "-u", USER, "-p", PASSWORD],
    {
      stdin: `pwd\nopen localhost:${second.port}\npwd\n`,
      env: { HOME: folder.path, LC_ALL: "C" },
    },
  );
  assert.equal(code, 4, stderr);
  assert.equal(stdout, "/\n");
  assert.match(stderr, /log in at localhost:\d+ as "anonymous"/);
  const names = second.log.lines.map(({ fields }) => fields["user"] ?? fields["account"]);
  assert.ok(!names.includes(USER), JSON.stringify(second.log.lines));
});

Deno.test("get fetches a large file in segments where that is asked for, and says which number makes no sense", async () => {
  await using server = await InProcessServer.start();
  await using folder = await temporaryDirectory();
  const script = scriptRunner(server, folder.path);
  const content = noise(3 * 1024 * 1024 + 7);
  await Deno.writeFile(join(server.root, "large"), content);
  const got = await script("get large --segments 3 --json");
  assert.equal(got.code, 0, got.stderr);
  const { size, verified } = JSON.parse(got.lines.at(-1) ?? "");
  assert.deepEqual([size, verified], [content.length, "SHA-256"]);
  assertSameBytes(await Deno.readFile(join(folder.path, "large")), content);
  const refused = await script("get large --segments many");
  assert.equal(refused.code, 2);
  assert.match(refused.stderr, /get --segments many: it is a number from 1 to 64/);
});
