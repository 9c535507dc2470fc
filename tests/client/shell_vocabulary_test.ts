// The words people type: each is a command with its help, and those that no other test types do what they say.

import assert from "node:assert/strict";
import { join } from "node:path";
import { SqliteAccounts } from "../../server/accounts/sqlite_accounts.ts";
import { accountsFile } from "../../server/data_directory.ts";
import { createHasher } from "../../shared/hash.ts";
import { PASSWORD, READER, USER } from "../support/in_process_server.ts";
import { runFtp } from "../support/program.ts";
import { Person } from "../support/shell_at_terminal.ts";

/** What ftp, lftp and sftp call things. */
const WORDS =
  "ls dir nlist cd cdup pwd lcd lpwd lls ! mkdir rmdir rm mv rename cp get put mget mput " +
  "reget reput mirror cat more edit find du stat size chmod touch hash verify quota pending resume " +
  "forget register passwd unregister who kick ascii binary passive active type limit parallel set " +
  "show status debug quote site feat help ? open close user sites history clear bye quit exit";

/** A script of the shell, at the person's server. */
async function script(person: Person, ...lines: readonly string[]) {
  const ending = await runFtp(["connect", `127.0.0.1:${person.server.port}`, "--insecure"], {
    cwd: person.folder,
    stdin: lines.join("\n"),
    env: {
      FTP_USER: USER,
      FTP_PASSWORD: PASSWORD,
      HOME: person.home,
      XDG_STATE_HOME: person.home,
      LC_ALL: "C",
    },
  });
  return { ...ending, lines: ending.stdout.trimEnd().split("\n") };
}

Deno.test("every word that people type is a command, with its usage, a sentence and an example", async () => {
  await using person = await Person.arrive();
  const words = WORDS.split(" ");
  const told = await script(person, ...words.map((word) => `help '${word}' --json`), "help");
  assert.equal(told.code, 0, told.stderr);
  for (const [at, word] of words.entries()) {
    const { command, usage, help, example } = JSON.parse(told.lines[at] ?? "");
    assert.ok(usage === command || usage.startsWith(`${command} `), word);
    assert.match(help, /^\p{L}/u, word);
    // An example is a line that the shell can run.
    assert.ok(example.split(/[; ]/).includes(command) || example.startsWith("!"), word);
  }
  const overview = told.lines.slice(words.length).join("\n");
  for (const word of ["ls", "mirror", "forget", "type"]) {
    assert.match(overview, new RegExp(`^${word}\\b`, "m"));
  }
});

Deno.test("each command tells what it does to a script, as a line or as an object", async () => {
  await using person = await Person.arrive({
    remote: { "b.txt": "beta\n", old: null },
    local: { "a.txt": "alpha\n", tree: null, "tree/leaf": "leaf\n" },
  });
  const hasher = createHasher("SHA-256");
  hasher.update(new TextEncoder().encode("alpha\n"));
  const digest = hasher.digest();
  const told = await script(
    person,
    "put a.txt; mget *.txt",
    "dir b.txt",
    "rename a.txt c.txt; rmdir old; nlist",
    "lcd tree; lpwd --json; lls; lcd ..",
    "mirror -R tree /copy; mirror copy back; !cat back/leaf",
    "more copy/leaf",
    "stat copy --json",
    "hash c.txt",
    "debug on; debug off; show debug",
    "sites --json; clear; history",
    "bye",
    "cat is-never-run",
  );
  assert.equal(told.code, 0, told.stderr);
  const [long = "", ...lines] = told.lines;
  assert.match(long, /^-rw.{7} .* 5 .* b\.txt$/);
  const folder = await Deno.realPath(person.folder);
  assert.deepEqual(lines.slice(0, 5), [
    ...["b.txt", "c.txt"],
    JSON.stringify({ local: join(folder, "tree") }),
    "leaf",
    "leaf",
  ]);
  assert.equal(lines[5], "leaf");
  assert.match(lines[6] ?? "", /^\{"path":"copy",.*"type":"directory"/);
  assert.equal(lines[7], `${digest}  c.txt`);
  assert.deepEqual(lines.slice(8), ["debug      on", "debug      off", "debug      off"]);
  assert.match(told.stderr, /mirror: 1 moved, 0 the same, 0 removed/);

  // What is there is a beginning: it is carried on without a question.
  await Deno.writeTextFile(join(person.folder, "a.txt"), "alpha\nomega\n");
  const more = await script(person, "mv c.txt a.txt; reput a.txt --json; exit");
  assert.match(more.stdout, /"outcome":"done".*"size":12,"moved":6,"resumed_from":6/);

  // The home folder has a name of its own, here only.
  await Deno.writeTextFile(join(person.home, "own"), "homely\n");
  const home = await script(person, "put ~/own; get own -o ~/back; verify ~/back own; !cat ~/back");
  assert.deepEqual(home.lines, ["own: the same (SHA-256)", "homely"], home.stderr);

  const wrong = await script(person, "touhc x");
  assert.equal(wrong.code, 2);
  assert.equal(wrong.stderr, 'ftp: "touhc": no such command\nhint: did you mean "touch"?\n');
  const letter = await script(person, "n");
  assert.equal(letter.stderr, 'ftp: "n": no such command\nhint: help lists all commands\n');
});

Deno.test("more shows a screen at a time, clear empties it, and both are told by a key", async () => {
  const lines = Array.from({ length: 70 }, (_, at) => `line ${at + 1}\n`).join("");
  await using person = await Person.arrive({ remote: { long: lines } });
  await using terminal = person.shell();
  await terminal.see(/:\/> $/);
  await terminal.type("more long\r");
  // The terminal has 30 rows, and one is for the question.
  await terminal.see(/line 29\r\nlong: blank for more, q to stop$/);
  await terminal.type("\r");
  await terminal.see(/line 30\r\nlong: blank for more, q to stop$/);
  await terminal.type(" ");
  await terminal.see(/line 59\r\nlong: blank for more, q to stop$/);
  await terminal.type("q");
  await terminal.see(/:\/> $/);
  assert.doesNotMatch(terminal.text, /line 60/);
  const from = terminal.shown.length;
  await terminal.type("clear\r");
  await terminal.see(/:\/> $/);
  assert.ok(terminal.shown.slice(from).includes("\x1b[H\x1b[2J"), terminal.shown.slice(from));
  await terminal.type("bye\r");
  assert.equal(await terminal.end(), 0);
});

Deno.test("an administrator sees who is there and ends a session; who lost it is told and comes back", async () => {
  await using person = await Person.arrive();
  {
    using store = SqliteAccounts.open(accountsFile(person.server.home));
    await store.update(USER, { admin: true });
  }
  await using other = person.shell([], { FTP_USER: READER });
  await other.see(/:\/> $/);
  await using terminal = person.shell();
  await terminal.see(/:\/> $/);
  await terminal.type("who\r");
  const [, id = ""] = await terminal.see(/ID +USER +ADDRESS[^]*\n(\S+) +reader [^]*:\/> $/);
  await terminal.type(`kick ${id}\r`);
  const [said] = await terminal.see(/session \S+ ends|550 [^\r]*/);
  assert.equal(said, `session ${id} ends`);
  await terminal.see(/:\/> $/);
  await terminal.type("kick nobody\r");
  await terminal.see(/kick "nobody" at .*: 55\d [^]*:\/> $/);
  await person.server.log.seen(({ event, fields }) =>
    event === "disconnected" && fields["why"] === "kicked"
  );
  // The first one may be what finds out.
  await other.type("ls; ls\r");
  await other.see(/connected again, in \/[^]*:\/> $/);
  for (const each of [other, terminal]) {
    await each.type("quit\r");
    assert.equal(await each.end(), 0, each.shown);
  }
});

Deno.test("what did not finish is forgotten for good", async () => {
  await using person = await Person.arrive({ local: { big: new Uint8Array(4_000_000) } });
  await using terminal = person.shell(["--limit-rate", "2M"]);
  await terminal.see(/:\/> $/);
  await terminal.type("put big\r");
  await terminal.see(/ \d+% .* 1\.\d+M\/3\.81M /);
  await terminal.type("\x03");
  await terminal.see(/interrupted[^]*:\/> $/);
  await terminal.type("pending\r");
  await terminal.see(/big[^]*:\/> $/);
  await terminal.type("forget big\r");
  await terminal.see(/:\/> $/);
  await terminal.type("quote SITE PENDING\r");
  await terminal.see(/213 [^]*:\/> $/);
  assert.doesNotMatch(terminal.text.slice(terminal.text.lastIndexOf("PENDING")), /Received=/);
  await terminal.type("quit\r");
  assert.equal(await terminal.end(), 0, terminal.shown);
});
