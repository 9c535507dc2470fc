// The completion scripts: loaded into a real bash, and complete for zsh and fish.

import assert from "node:assert/strict";
import { run, runFtpWell } from "../support/program.ts";
import { temporaryDirectory } from "../support/temporary_directory.ts";

/** Asks bash what it would offer for the last of these words. */
const ASK = `
source "$1"; shift
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=()
compopt() { echo "compopt $*"; }
_ftp
printf '%s\n' "\${COMPREPLY[@]}"
complete -p ftp
`;

Deno.test("bash reads the script and offers commands, options, subcommands and values", async () => {
  await using folder = await temporaryDirectory();
  const script = `${folder.path}/ftp.bash`;
  await Deno.writeTextFile(script, await runFtpWell(["completions", "bash"]));
  const offered = async (...words: string[]) => {
    const args = ["--norc", "-c", ASK, "bash", script, "ftp", ...words];
    const { code, stdout, stderr } = await run("/bin/bash", args);
    assert.equal(code, 0, stderr);
    assert.equal(stderr, "");
    const lines = stdout.trim().split("\n");
    assert.equal(lines.pop(), "complete -F _ftp ftp");
    return lines.filter((line) => line !== "");
  };
  assert.deepEqual(await offered("co"), ["connect", "completions"]);
  assert.deepEqual(await offered("get", "--if"), ["--if-exists"]);
  assert.deepEqual(await offered("get", "--if-exists", "re"), ["resume", "rename"]);
  assert.deepEqual(await offered("user", "a"), ["add"]);
  assert.deepEqual(await offered("user", "add", "--quo"), ["--quota"]);
  assert.deepEqual(await offered("completions", ""), ["bash", "zsh", "fish", "-h", "--help"]);
  assert.deepEqual(await offered("put", "--server", ""), ["compopt -o default"]);
  assert.deepEqual(await offered("put", "x"), ["compopt -o default"]);
});

Deno.test("the scripts for zsh and fish know every command of the program", async () => {
  const help = await runFtpWell(["help"]);
  const names = [...help.matchAll(/^ {2}(\w+) /gm)].map(([, name = ""]) => name);
  assert.ok(names.length > 10);
  for (const shell of ["zsh", "fish"]) {
    const script = await runFtpWell(["completions", shell]);
    for (const name of names) assert.match(script, new RegExp(`\\b${name}\\b`), shell);
    assert.match(script, /if-exists/);
  }
});
