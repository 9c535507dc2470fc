// What a person types into the shell at a real terminal: editing, history, completion, several commands in a line.

import assert from "node:assert/strict";
import { join } from "node:path";
import { noise } from "../support/file_tree.ts";
import { PASSWORD, USER } from "../support/in_process_server.ts";
import { ftpCommandLine } from "../support/program.ts";
import { Person } from "../support/shell_at_terminal.ts";
import { TerminalProcess } from "../support/terminal_process.ts";

const MIB = 1024 * 1024;

Deno.test("names are completed with their blanks kept, fetched once, and found again after a change", async () => {
  await using person = await Person.arrive({
    remote: { "new folder": null, "报告 1.txt": "one\n", "sub": null, "sub/inner": "" },
    local: { "local file.txt": "local\n" },
  });
  await using terminal = person.shell();
  await terminal.see(/:\/> $/);
  await terminal.press("mkd", "\t");
  await terminal.see(/mkdir $/);
  await terminal.type("\x15");

  await terminal.press("cat 报", "\t");
  await terminal.see(/cat 报告\\ 1\.txt $/);
  await terminal.type("\r");
  await terminal.see(/\none\r\n[^]*:\/> $/);
  await terminal.press("cd ne", "\t");
  await terminal.see(/cd new\\ folder\/$/);
  await terminal.type("\r");
  await terminal.see(/:\/new folder> $/);

  await terminal.press("put 'loc", "\t");
  await terminal.see(/put 'local file\.txt' $/);
  await terminal.type("\r");
  await terminal.see(/put local file\.txt: 6 bytes[^]*:\/new folder> $/);
  await terminal.press("cat l", "\t");
  await terminal.see(/cat local\\ file\.txt $/);
  await terminal.type("\r");
  await terminal.see(/\nlocal\r\n[^]*> $/);

  // Somebody else's change is not seen at once, one's own is.
  await Deno.writeTextFile(join(person.server.root, "new folder", "local other"), "");
  await terminal.press("cat l", "\t");
  await terminal.see(/cat local\\ file\.txt $/);
  await terminal.type("\x15mkdir own\r");
  await terminal.see(/mkdir own\s[^]*> $/);
  await terminal.press("cat l", "\t");
  await terminal.see(/cat local\\ $/);
  await terminal.type("\x15");

  // Several that fit are listed, and what they have in common is there.
  await terminal.press("cat ../s", "\t");
  await terminal.see(/sub\/$/);
  await terminal.press("", "\t");
  await terminal.see(/inner $/);
  await terminal.type("\x15quit\r");
  assert.equal(await terminal.end(), 0, terminal.shown);
});

Deno.test("a line holds several commands, and the next shell knows what was typed, but no password", async () => {
  await using person = await Person.arrive({ remote: { a: "A\n", b: "B\n" } });
  {
    await using terminal = person.shell();
    await terminal.see(/:\/> $/);
    await terminal.type("cat a && cat b  # both\r");
    await terminal.see(/\nA\r\nB\r\n[^]*> $/);
    await terminal.type("cat nothing && cat a; cat b\r");
    await terminal.see(/550 [^]*\nB\r\n[^]*> $/);
    assert.doesNotMatch(terminal.text.slice(terminal.text.indexOf("550")), /\nA\r/);
    await terminal.type("quote pass geheim\r");
    await terminal.see(/\n(?:503|530|230)[^]*> $/);
    // Left of the cursor and right of it: Home, then End.
    await terminal.type("wd\x1b[Hp\x1b[F \r");
    await terminal.see(/\n\/\r\n[^]*> $/);
    await terminal.type("cat 'a\r");
    await terminal.see(/a quote is not closed[^]*> $/);
    await terminal.type("\x04");
    assert.equal(await terminal.end(), 0, terminal.shown);
  }
  const path = join(person.home, "state", "ftp", "history");
  const kept = await Deno.readTextFile(path);
  assert.equal(kept, "cat a && cat b  # both\ncat nothing && cat a; cat b\npwd \ncat 'a\n");
  assert.equal((await Deno.stat(path)).mode! & 0o777, 0o600);

  await using terminal = person.shell();
  await terminal.see(/:\/> $/);
  await terminal.type("\x1b[A\x1b[A\r");
  await terminal.see(/\n\/\r\n[^]*> $/);
  await terminal.type("history 1\r");
  await terminal.see(/\nhistory 1\r\n[^]*> $/);
  // What a pager or an editor needs of the keys is left to it: nothing was read ahead.
  await terminal.type('!echo ready; read line; echo "got $line"\r');
  await terminal.see(/\nready\r\n/);
  await terminal.type("for the program\r");
  await terminal.see(/got for the program\r\n[^]*> $/);
  await terminal.type("quit\r");
  assert.equal(await terminal.end(), 0, terminal.shown);
});

Deno.test("what is typed while a command runs waits for the next prompt, every key of it; Ctrl-C stops the command", async () => {
  await using person = await Person.arrive({
    remote: { "slow": noise(3 * MIB), "f": "content\n", "a name": "found\n" },
    local: { "slow": "other" },
  });
  await using terminal = person.shell(["--limit-rate", "2M"]);
  await terminal.see(/:\/> $/);
  await terminal.type("get slow\r");
  await terminal.see(/a capital letter for all files: $/);
  await terminal.type("o\r");
  await terminal.see(/ \d+% .*M\/3\.00M /);
  const from = terminal.text.length;
  // A whole line, one that is taken back, one that is completed, and the beginning of another.
  await terminal.type("cat f\r");
  await terminal.see(/ [2-9]\d% /);
  await terminal.type("cat nonsense\x15pwd\r");
  await terminal.see(/ [4-9]\d% /);
  await terminal.type("cat a\t");
  await terminal.see(/get slow: 3\.00M[^\r]*\r\n/);
  // Nothing of it was written into the bars.
  const during = terminal.text.slice(from).split("get slow: ")[0] ?? "";
  assert.doesNotMatch(during, /cat|pwd/);
  await terminal.see(/:\/> cat f\s+content\r\n/);
  await terminal.see(/:\/> [^]*pwd\s+\/\r\n/);
  await terminal.see(/cat a\\ name $/);
  await terminal.type("\r");
  await terminal.see(/\nfound\r\n[^]*> $/);

  // A question takes what was typed ahead for its answer, and the prompt what comes behind it.
  await terminal.type("touch slow; get f -o slow\rs\rpwd\r");
  await terminal.see(/a capital letter for all files: s\r\n/);
  await terminal.see(/:\/> [^]*pwd\s+\/\r\n[^]*> $/);

  await terminal.type("reget slow -o again\r");
  await terminal.see(/ \d+% /);
  await terminal.type("\x03");
  await terminal.see(/interrupted[^]*:\/> $/);

  // One that comes when nothing runs any more ends nothing.
  await terminal.type("!echo process $PPID\r");
  const [, process] = await terminal.see(/\nprocess (\d+)\r\n[^]*:\/> $/);
  Deno.kill(Number(process), "SIGINT");
  await terminal.type("cat f\r\x04");
  await terminal.see(/\ncontent\r\n/);
  assert.equal(await terminal.end(), 0, terminal.shown);
});

Deno.test("Ctrl-Z leaves the shell for the one it was started from, and fg comes back to the same line", async () => {
  await using person = await Person.arrive({ remote: { slow: noise(3 * MIB) } });
  const [program, args] = ftpCommandLine(["connect", "--insecure", "--limit-rate", "2M"]);
  const command = [program, ...args].map((word) => `'${word}'`).join(" ");
  await using terminal = new TerminalProcess(["--norc", "-i"], {
    program: "/bin/bash",
    cwd: person.folder,
    env: {
      FTP_SERVER: `127.0.0.1:${person.server.port}`,
      FTP_USER: USER,
      FTP_PASSWORD: PASSWORD,
      XDG_STATE_HOME: person.home,
      LC_ALL: "C.UTF-8",
      PS1: "outside> ",
    },
  });
  await terminal.see(/outside> $/);
  await terminal.type(`${command}\r`);
  await terminal.see(/:\/> $/);
  await terminal.type("pw\x1a");
  await terminal.see(/Stopped[^]*outside> $/);
  await terminal.type("fg\r");
  await terminal.see(/:\/> pw$/);
  await terminal.type("d\r");
  await terminal.see(/\n\/\r\n[^]*:\/> $/);

  await terminal.type("get slow\r");
  await terminal.see(/ \d+% /);
  await terminal.type("\x1a");
  await terminal.see(/Stopped[^]*outside> $/);
  await terminal.type("fg\r");
  await terminal.see(/ [3-9]\d% /);
  await terminal.type("lpwd\r");
  await terminal.see(/get slow: 3\.00M[^]*:\/> $|get slow: 3\.00M[^]*lpwd/);
  assert.doesNotMatch(/fg\s[^]*get slow: /.exec(terminal.text)?.[0] ?? "lpwd", /lpwd/);
  await terminal.type("quit\r");
  await terminal.see(/outside> $/);
  await terminal.type("exit\r");
  await terminal.end();
});
