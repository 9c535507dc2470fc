// The completion scripts, loaded into real shells: bash, zsh and fish.

import assert from "node:assert/strict";
import { run, runFtpWell } from "../support/program.ts";
import { temporaryDirectory } from "../support/temporary_directory.ts";
import { TerminalProcess } from "../support/terminal_process.ts";

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
  const env = await withSites(folder.path);
  const offered = async (...words: string[]) => {
    const args = ["--norc", "-c", ASK, "bash", script, "ftp", ...words];
    const { code, stdout, stderr } = await run("/bin/bash", args, { env });
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
  assert.deepEqual(await offered("put", "--server", ""), ["work", "away"]);
  assert.deepEqual(await offered("pending", "w"), ["work"]);
  assert.deepEqual(await offered("site", "rm", "a"), ["away"]);
  assert.deepEqual(await offered("put", "--ca", ""), ["compopt -o default"]);
  assert.deepEqual(await offered("put", "x"), ["compopt -o default"]);
});

/** A program `ftp` that knows two sites: the scripts ask it. */
async function withSites(folder: string): Promise<Record<string, string>> {
  const bin = `${folder}/bin`;
  await Deno.mkdir(bin);
  const script = `#!/bin/sh\n[ "$*" = "site ls --names" ] && printf 'work\\naway\\n'\n`;
  await Deno.writeTextFile(`${bin}/ftp`, script, { mode: 0o755 });
  return { PATH: `${bin}:${Deno.env.get("PATH") ?? ""}` };
}

/** What is typed at a prompt, and what Tab makes of it, in every shell alike. */
const COMPLETED: readonly (readonly [typed: string, completed: string])[] = [
  ["conn", "connect"],
  ["get --if-e", "--if-exists"],
  ["get --if-exists ren", "rename"],
  ["user ad", "add"],
  ["user add --quo", "--quota"],
  ["completions f", "fish"],
  ["--ver", "--version"],
  ["help unr", "unregister"],
  ["put some-f", "some-file"],
  ["get -s wo", "work"],
  ["connect aw", "away"],
  ["site rm aw", "away"],
];

Deno.test("zsh reads the script and completes at a real prompt", async () => {
  await using folder = await temporaryDirectory();
  await Deno.writeTextFile(`${folder.path}/some-file`, "");
  await Deno.writeTextFile(`${folder.path}/ftp.zsh`, await runFtpWell(["completions", "zsh"]));
  await using terminal = new TerminalProcess(["-f", "-i"], {
    program: "zsh",
    cwd: folder.path,
    env: { TERM: "dumb", HOME: folder.path, ...await withSites(folder.path) },
  });
  await terminal.type("PS1='at your service '; unsetopt beep prompt_cr prompt_sp\r");
  await terminal.see(/\nat your service $/);
  await terminal.type("autoload -U compinit; compinit -u -D; source ./ftp.zsh && echo well\r");
  await terminal.see(/\nwell\r\nat your service $/);
  for (const [typed, completed] of COMPLETED) {
    await terminal.type(`ftp ${typed}\t`);
    await terminal.see(new RegExp(`ftp ${typed.slice(0, lastWordAt(typed))}${completed} $`));
    await terminal.type("\x15echo next\r");
    await terminal.see(/\nnext\r\nat your service $/);
  }
  await terminal.type("exit\r");
  await terminal.end();
});

Deno.test("fish reads the script and offers the same", async () => {
  await using folder = await temporaryDirectory();
  await Deno.writeTextFile(`${folder.path}/some-file`, "");
  await Deno.writeTextFile(`${folder.path}/ftp.fish`, await runFtpWell(["completions", "fish"]));
  const lines = COMPLETED.map(([typed]) => `complete -C 'ftp ${typed}'; echo`);
  const script = ["source ./ftp.fish", ...lines].join("\n");
  const env = { HOME: folder.path, ...await withSites(folder.path) };
  const options = { cwd: folder.path, env };
  const { code, stdout, stderr } = await run("fish", ["--no-config", "-c", script], options);
  assert.equal(code, 0, stderr);
  const offered = stdout.split("\n\n").map((lines) => lines.trim().split("\t")[0]);
  assert.deepEqual(offered.slice(0, -1), COMPLETED.map(([, completed]) => completed), stdout);
});

function lastWordAt(typed: string): number {
  return typed.lastIndexOf(" ") + 1;
}
