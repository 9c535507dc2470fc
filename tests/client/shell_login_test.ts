// How a person comes in: three tries, a new account, somebody else, and what did not finish the last time.

import assert from "node:assert/strict";
import { join } from "node:path";
import { noise } from "../support/file_tree.ts";
import { PASSWORD, READER, USER } from "../support/in_process_server.ts";
import { ftpCommandLine } from "../support/program.ts";
import { assertSameBytes } from "../support/same_bytes.ts";
import { Person } from "../support/shell_at_terminal.ts";
import { TerminalProcess } from "../support/terminal_process.ts";

const MIB = 1024 * 1024;

Deno.test("a newcomer makes an account at the prompt, changes the password, logs in as another, goes and comes", async () => {
  await using person = await Person.arrive({ server: { settings: { registration: "open" } } });
  const stranger = { FTP_USER: "", FTP_PASSWORD: "" };
  await using terminal = person.shell([], stranger);
  await terminal.see(
    /New here\? "register" as the name makes an account\.\s+Name at .* \[anonymous\]: $/,
  );
  await terminal.type("register\r");
  await terminal.see(/Name of the new account: $/);
  await terminal.type("mei\r");
  await terminal.see(/New password: $/);
  await terminal.type("plum blossom\r");
  await terminal.see(/The same again: $/);
  await terminal.type("plum blossom\r");
  await terminal.see(/Invite code .*: $/);
  await terminal.type("\r");
  await terminal.see(/registered "mei" at .*\s+mei at .*TLSv1\.3[^]*:\/> $/);
  await terminal.type("passwd\r");
  await terminal.see(/Your password: $/);
  await terminal.type("plum blossom\r");
  await terminal.see(/New password: $/);
  await terminal.type("winter sweet\r");
  await terminal.see(/The same again: $/);
  await terminal.type("winter sweet\r");
  await terminal.see(/changed the password of "mei" at [^]*> $/);

  await terminal.type(`user ${READER}\r`);
  await terminal.see(/Password for reader at .*: $/);
  await terminal.type("wrong\r");
  await terminal.see(/530 [^]*Password for reader at .*: $/);
  await terminal.type(`${PASSWORD}\r`);
  await terminal.see(/reader at .*:\/> $/s);
  await terminal.type("close\r");
  await terminal.see(/left 127\.0\.0\.1:\d+[^]*ftp> $/);
  await terminal.type("ls\r");
  await terminal.see(/not connected\s+hint: open ADDRESS connects[^]*ftp> $/);
  await terminal.type(`open mei@127.0.0.1:${person.server.port}\r`);
  await terminal.see(/Password for mei at .*: $/);
  await terminal.type("winter sweet\r");
  await terminal.see(/mei at [^]*:\/> $/);
  await terminal.type("unregister\r");
  await terminal.see(/Really end the account mei at .*\? \[y\/N\] $/);
  await terminal.type("y\r");
  await terminal.see(/Your password: $/);
  await terminal.type("winter sweet\r");
  await terminal.see(/ftp> $/);
  await terminal.type("quit\r");
  assert.equal(await terminal.end(), 0, terminal.shown);
  assert.doesNotMatch(terminal.shown, /plum|winter|correct horse/);
});

Deno.test("user without a name asks who, also at a site that has a user of its own", async () => {
  await using person = await Person.arrive();
  const address = `ftp://${USER}@127.0.0.1:${person.server.port}`;
  await Deno.mkdir(join(person.home, "config", "ftp"), { recursive: true });
  const sites = JSON.stringify([{ name: "work", address }]);
  await Deno.writeTextFile(join(person.home, "config", "ftp", "sites.json"), sites);
  await using terminal = person.shell(["work"], { FTP_SERVER: "", FTP_USER: "" });
  await terminal.see(/:\/> $/);
  await terminal.type("user\r");
  await terminal.see(/Name at [^]*: $/);
  await terminal.type(`${READER}\r`);
  await terminal.see(/Password for reader at .*: $/);
  await terminal.type(`${PASSWORD}\r`);
  await terminal.see(/reader at [^]*:\/> $/);
  await terminal.type("quit\r");
  assert.equal(await terminal.end(), 0, terminal.shown);
});

Deno.test("what did not finish is offered at the next login, both ways, and carried on", async () => {
  const bytes = noise(6 * MIB);
  await using person = await Person.arrive({ remote: { down: bytes }, local: { up: bytes } });
  {
    await using terminal = person.shell(["--limit-rate", "6M"]);
    await terminal.see(/:\/> $/);
    for (const line of ["get down", "put up"]) {
      await terminal.type(`${line}\r`);
      await terminal.see(/ \d+% .* [2-5]\.\d+M\/6\.00M /);
      await terminal.type("\x03");
      await terminal.see(/interrupted[^]*> $/);
    }
    await terminal.type("quit\r");
    await terminal.end();
  }
  await using terminal = person.shell();
  await terminal.see(
    /1 +get .* \/down -> \S+down\s+2 +put .* \S+up -> \/up\s+2 transfers did not finish\. Carry them on now\? \[y\/N\] $/,
  );
  await terminal.type("n\r");
  await terminal.see(/:\/> $/);
  await terminal.type("pending\r");
  await terminal.see(/1 +get +6\.00M +\d{4}-\S+Z [^]*2 +put +6\.00M +\S+Z [^]*> $/);
  await terminal.type("resume 2\r");
  await terminal.see(/put \S+up: 6\.00M, carried on at .*SHA-256 verified[^]*> $/);
  await terminal.type("resume\r");
  await terminal.see(/get \/down: 6\.00M, carried on at .*SHA-256 verified[^]*> $/);
  await terminal.type("pending\r");
  await terminal.see(/nothing is unfinished[^]*> $/);
  await terminal.type("quit\r");
  assert.equal(await terminal.end(), 0, terminal.shown);
  assertSameBytes(await Deno.readFile(join(person.folder, "down")), bytes);
  assertSameBytes(await Deno.readFile(join(person.server.root, "up")), bytes);
});

Deno.test("a certificate is shown once; three wrong passwords are enough; and the terminal is as it was", async () => {
  await using person = await Person.arrive();
  const env = {
    FTP_SERVER: `127.0.0.1:${person.server.port}`,
    FTP_USER: "alice",
    XDG_CONFIG_HOME: person.home,
    XDG_STATE_HOME: person.home,
    LC_ALL: "C",
  };
  const arguments_ = ftpCommandLine(["connect"]).flat().map((word) => `'${word}'`).join(" ");
  await using terminal = new TerminalProcess(["-c", `${arguments_}; ${arguments_}; stty -a`], {
    program: "/bin/sh",
    env,
    cwd: person.folder,
  });
  await terminal.see(/vouches for the certificate of [^]*\s+sha256:\w{64}\s[^]*\[y\/N\] $/);
  await terminal.type("y\r");
  for (let tries = 3; tries > 0; tries--) {
    await terminal.see(/Password for alice at .*: $/);
    await terminal.type("wrong\r");
    await terminal.see(/530 /);
  }
  // The second shell knows the certificate, and asks for a password again.
  await terminal.see(/Password for alice at .*: $/);
  await terminal.type(`${PASSWORD}\r`);
  await terminal.see(/:\/> $/);
  assert.equal(terminal.text.match(/sha256:/g)?.length, 1);
  await terminal.type("no-such\x03");
  await terminal.see(/no-such\^C\s[^]*:\/> $/);
  await terminal.type("quit\r");
  await terminal.see(/\bicanon\b[^]* echo /);
  assert.equal(await terminal.end(), 0, terminal.shown);
});
