// The client at a real terminal: questions, typed passwords, bars, Ctrl-C, and the shell as a person uses it.

import assert from "node:assert/strict";
import { join } from "node:path";
import { noise, sha256 } from "../support/file_tree.ts";
import { type ServerProcess, startServer } from "../support/server_process.ts";
import { type TemporaryDirectory, temporaryDirectory } from "../support/temporary_directory.ts";
import { TerminalProcess } from "../support/terminal_process.ts";

const USERS = { ann: "geheim" };
const MIB = 1024 * 1024;

/** A person's shell: knows the certificates that were accepted in this folder, and nothing else. */
function person(folder: TemporaryDirectory, env: Readonly<Record<string, string>> = {}) {
  const home = { XDG_CONFIG_HOME: join(folder.path, "config"), XDG_STATE_HOME: `${folder.path}-` };
  return { cwd: folder.path, env: { ...home, ...env } };
}

function trusting(server: ServerProcess, folder: TemporaryDirectory) {
  return person(folder, {
    FTP_SERVER: server.address,
    FTP_USER: "ann",
    FTP_PASSWORD: USERS.ann,
  });
}

const pin = (server: ServerProcess) => ["--pin", server.fingerprint ?? ""];

Deno.test("a certificate is asked about once, the password is typed unseen, and both are used", async () => {
  await using server = await startServer({ users: USERS });
  await using folder = await temporaryDirectory();
  const address = `ftp://ann@${server.address}/`;
  {
    await using terminal = new TerminalProcess(["ls", address], person(folder));
    await terminal.see(new RegExp(server.fingerprint ?? "none"));
    await terminal.see(/\[y\/N\] $/);
    await terminal.type("y\r");
    await terminal.see(/Password for ann at .*: $/);
    // A wrong start, taken back: Ctrl-U drops all, Backspace one whole character.
    await terminal.type("wrong\x15gehx€\x7f\x7feim\r");
    assert.equal(await terminal.end(), 0, terminal.shown);
    assert.doesNotMatch(terminal.shown, /wrong|geh|eim/);
  }
  await using again = new TerminalProcess(["ls", address], person(folder));
  await again.see(/Password/);
  await again.type("\x03");
  assert.equal(await again.end(), 130);
  assert.doesNotMatch(again.shown, /certificate/);
});

Deno.test("a certificate that is not accepted ends the command with 9, and is asked about again", async () => {
  await using server = await startServer({ users: USERS });
  await using folder = await temporaryDirectory();
  for (const answer of ["\r", "n\r"]) {
    await using terminal = new TerminalProcess(["ls"], trusting(server, folder));
    await terminal.see(/\[y\/N\] $/);
    await terminal.type(answer);
    assert.equal(await terminal.end(), 9, terminal.shown);
    assert.match(terminal.shown, /ftp: connect to .*: the certificate is not known/);
  }
});

Deno.test("a transfer draws one bar that fits, Ctrl-C keeps what was moved, the same command carries on", async () => {
  await using server = await startServer({ users: USERS });
  await using folder = await temporaryDirectory();
  const bytes = noise(8 * MIB);
  const name = "报告-很长的名字的文件-最终版本.bin";
  await Deno.mkdir(join(server.home, "ann"), { recursive: true });
  await Deno.writeFile(join(server.home, "ann", name), bytes);
  const options = { ...trusting(server, folder), columns: 70 };
  {
    const args = ["get", name, "--limit-rate", "4M", ...pin(server)];
    await using terminal = new TerminalProcess(args, options);
    await terminal.see(/ \d+% .* 4\.\d+M\/8\.00M .*M\/s +0:\d\d/);
    await terminal.type("\x03");
    assert.equal(await terminal.end(), 130, terminal.shown);
    assert.match(terminal.shown, /interrupted\r\nhint: the same command carries on/);
  }
  await assert.rejects(Deno.stat(join(folder.path, name)), Deno.errors.NotFound);
  await using terminal = new TerminalProcess(["get", name, ...pin(server)], options);
  assert.equal(await terminal.end(), 0, terminal.shown);
  assert.match(terminal.shown, /8\.00M, carried on at \d\.\d+M, .*SHA-256 verified/);
  assert.equal(sha256(await Deno.readFile(join(folder.path, name))), sha256(bytes));
});

Deno.test("an upload that Ctrl-C ended is not there yet, and the same command carries it on", async () => {
  await using server = await startServer({ users: USERS });
  await using folder = await temporaryDirectory();
  const bytes = noise(24 * MIB);
  await Deno.writeFile(join(folder.path, "f"), bytes);
  const options = trusting(server, folder);
  {
    const args = ["put", "f", "--limit-rate", "8M", ...pin(server)];
    await using terminal = new TerminalProcess(args, options);
    await terminal.see(/ \d+% .* [5-9]\.\d+M\/24\.0M /);
    await terminal.type("\x03");
    assert.equal(await terminal.end(), 130, terminal.shown);
  }
  await assert.rejects(Deno.stat(join(server.home, "ann", "f")), Deno.errors.NotFound);
  await using terminal = new TerminalProcess(["put", "f", ...pin(server)], options);
  assert.equal(await terminal.end(), 0, terminal.shown);
  assert.match(terminal.shown, /24\.0M, carried on at \d.*M, .*SHA-256 verified/);
  assert.equal(sha256(await Deno.readFile(join(server.home, "ann", "f"))), sha256(bytes));
});

Deno.test("a file that is there is asked about; a capital letter answers for all", async () => {
  await using server = await startServer({ users: USERS });
  await using folder = await temporaryDirectory();
  await Deno.mkdir(join(server.home, "ann"), { recursive: true });
  const names = ["a", "b", "c", "d", "same"];
  for (const name of names) {
    await Deno.writeTextFile(join(server.home, "ann", name), `new ${name}`);
    await Deno.writeTextFile(join(folder.path, name), name === "same" ? "new same" : "other");
  }
  const args = ["get", ...names, ...pin(server)];
  await using terminal = new TerminalProcess(args, trusting(server, folder));
  await terminal.see(/"a" is there already: 5 bytes, and the new one is 5 bytes; another file/);
  await terminal.see(
    /\[o\]verwrite, \[s\]kip, re\[n\]ame, ne\[w\]er only; a capital letter for all files: $/,
  );
  // Another file cannot be carried on, so that is no answer.
  await terminal.type("r\r");
  await terminal.see(/\[o\]verwrite.*: $/);
  await terminal.type("o\r");
  await terminal.see(/"b" is there already/);
  await terminal.see(/for all files: $/);
  await terminal.type("s\r");
  await terminal.see(/"c" is there already/);
  await terminal.see(/for all files: $/);
  await terminal.type("N\r");
  assert.equal(await terminal.end(), 0, terminal.shown);
  const read = (name: string) => Deno.readTextFile(join(folder.path, name));
  const found = await Promise.all(["a", "b", "c", "c.1", "d", "d.1", "same"].map(read));
  assert.deepEqual(found, ["new a", "other", "other", "new c", "other", "new d", "new same"]);
});

Deno.test("the shell asks for name and password, up to three times, and knows the way around", async () => {
  await using server = await startServer({ users: USERS });
  await using folder = await temporaryDirectory();
  await Deno.writeTextFile(join(folder.path, "two words.txt"), "hello\n");
  const args = ["connect", server.address, ...pin(server)];
  await using terminal = new TerminalProcess(args, person(folder));
  await terminal.see(/Name at .* \[anonymous\]: $/);
  await terminal.type("ann\r");
  await terminal.see(/Password for ann at .*: $/);
  await terminal.type("wrong\r");
  await terminal.see(/530 /);
  await terminal.see(/Name at .* \[ann\]: $/);
  await terminal.type("\r");
  await terminal.see(/Password for ann/);
  await terminal.type(`${USERS.ann}\r`);
  await terminal.see(/ann at .*, TLSv1\.3/);
  await terminal.see(/ftp .*:\/> /);
  await terminal.type("mkdir 'new folder'\rcd new\\ folder\rput two*\r");
  await terminal.see(/put two words\.txt: 6 bytes, SHA-256 verified/);
  await terminal.see(/ftp .*:\/new folder> /);
  await terminal.type("cat 'two words.txt'\r");
  await terminal.see(/\nhello\r\n[^]*> $/);
  await terminal.type("chat\r");
  await terminal.see(/"chat": no such command\r\nhint: did you mean "cat"\?/);
  // The line before the last, by the arrow key.
  await terminal.see(/\n[^]*> $/);
  await terminal.type("\x1b[A\x1b[A\r");
  await terminal.see(/\nhello\r\n[^]*> $/);
  await terminal.type("half a line\x03");
  await terminal.see(/\^C[^]*> $/);
  await terminal.type("quit\r");
  assert.equal(await terminal.end(), 0, terminal.shown);
});

Deno.test("Ctrl-C ends a transfer of the shell but not the shell, and the next get carries on", async () => {
  await using server = await startServer({ users: USERS });
  await using folder = await temporaryDirectory();
  await Deno.mkdir(join(server.home, "ann"), { recursive: true });
  const bytes = noise(8 * MIB);
  await Deno.writeFile(join(server.home, "ann", "f"), bytes);
  const args = ["connect", "--limit-rate", "4M", ...pin(server)];
  await using terminal = new TerminalProcess(args, trusting(server, folder));
  await terminal.see(/> /);
  for (let time = 0; time < 2; time++) {
    await terminal.type("get f\r");
    await terminal.see(/ \d+% .*\/8\.00M .*M\/s/);
    await terminal.type("\x03");
    await terminal.see(/get "f" from .*: interrupted/);
    await terminal.see(/> /);
  }
  await terminal.type("get f\r");
  await terminal.see(/carried on at .*SHA-256 verified/);
  await terminal.see(/> /);
  // Ctrl-D leaves, too.
  await terminal.type("\x04");
  assert.equal(await terminal.end(), 0, terminal.shown);
  assert.equal(sha256(await Deno.readFile(join(folder.path, "f"))), sha256(bytes));
});
