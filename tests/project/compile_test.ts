// `deno task compile` still makes one file with everything in it that the program loads while it runs.

import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { REPOSITORY, run } from "../support/program.ts";
import { temporaryDirectory } from "../support/temporary_directory.ts";

/** Loaded by name or on demand, so that only running the program would show their absence. */
const EMBEDDED = [
  "main.ts",
  "server/serve.ts",
  "server/worker.ts",
  "client/commands/put.ts",
  "shared/reply.ts",
];
/** What the executable may do: everything but loading native code; `run` is for the shell alone. */
const PERMISSIONS = ["net", "read", "write", "env", "sys", "run"];

/** The command of the task, with its output elsewhere. */
function compileWords(output: string): string[] {
  const tasks = JSON.parse(Deno.readTextFileSync(`${REPOSITORY}/deno.json`)).tasks;
  const [program, ...words]: string[] = tasks.compile.command.split(" ");
  assert.equal(program, "deno");
  assert.equal(words[words.indexOf("--output") + 1], "dist/ftp");
  const [command = "", ...options] = words.map((word) => word === "dist/ftp" ? output : word);
  // `deno task check` looks at types.
  return [command, "--no-check", ...options];
}

Deno.test("the program compiles into one file that holds every module and the right permissions", async () => {
  await using output = await temporaryDirectory();
  const path = `${output.path}/ftp`;
  // The running Deno stands in for the smaller runtime that is fetched otherwise: what is embedded
  // is the same, and that is what is looked at; the file itself would behave like `deno`.
  const { code, stdout, stderr } = await run(Deno.execPath(), compileWords(path), {
    cwd: REPOSITORY,
    env: { DENORT_BIN: Deno.execPath(), NO_COLOR: "1" },
    limitMs: 120_000,
  });
  assert.equal(code, 0, stdout + stderr);
  const bytes = await Deno.readFile(path);
  for (const module of EMBEDDED) {
    // The first line of a module is in the file as it stands in the source.
    const [firstLine = ""] = (await Deno.readTextFile(`${REPOSITORY}/${module}`)).split("\n");
    assert.ok(holds(bytes, firstLine), `${module} is not embedded`);
  }
  for (const name of ["commander", "cli-progress", "ini"]) {
    assert.match(stdout + stderr, new RegExp(`${name}/`), `${name} is not embedded`);
  }
});

Deno.test("the executable may not load native code", () => {
  const allowed = compileWords("x").filter((word) => word.startsWith("--allow-"));
  assert.deepEqual(allowed.sort(), PERMISSIONS.map((name) => `--allow-${name}`).sort());
});

function holds(bytes: Uint8Array, text: string): boolean {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).includes(text);
}
