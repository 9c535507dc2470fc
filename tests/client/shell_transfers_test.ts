// Transfers as a person sees them in the shell: bars, questions, Ctrl-C, and a line that is cut.

import assert from "node:assert/strict";
import { join } from "node:path";
import { displayWidth } from "../../client/display_width.ts";
import { CuttableLink } from "../support/cuttable_link.ts";
import { noise } from "../support/file_tree.ts";
import { assertSameBytes } from "../support/same_bytes.ts";
import { Person } from "../support/shell_at_terminal.ts";

const MIB = 1024 * 1024;

Deno.test("several files travel at once, each with its bar and one for all; Ctrl-C leaves the shell and what was moved", async () => {
  const bytes = noise(3 * MIB);
  await using person = await Person.arrive({
    remote: { "报告.bin": bytes, "two.bin": bytes, "three.bin": bytes },
  });
  await using terminal = person.shell(["--limit-rate", "1M"]);
  await terminal.see(/:\/> $/);
  await terminal.type("parallel 3\r");
  await terminal.see(/parallel +3[^]*> $/);
  await terminal.type("get *.bin\r");
  const one = "((?:three|two|报告)\\.bin [^%\r\n]*%.*)";
  const bars = await terminal.see(
    new RegExp(`${one}\\s+${one}\\s+${one}\\s+(all 0/3 [^%\r\n]*%.*/9\\.00M.*\\d:\\d\\d)`),
  );
  // A wide character takes two columns: the shares of all bars stand below one another.
  const columns = bars.slice(1).map((bar) => displayWidth(bar.slice(0, bar.indexOf("%"))));
  assert.equal(new Set(columns).size, 1, bars[0]);
  await terminal.type("\x03");
  await terminal.see(/interrupted[^]*:\/> $/);
  await terminal.type("limit off; reget *.bin\r");
  for (let file = 0; file < 3; file++) await terminal.see(/3\.00M, carried on at .* verified/);
  await terminal.see(/:\/> $/);
  assertSameBytes(await Deno.readFile(join(person.folder, "报告.bin")), bytes);

  // What is there is asked about, one at a time, however many travel.
  await Deno.writeTextFile(join(person.folder, "two.bin"), "other");
  await Deno.writeTextFile(join(person.folder, "three.bin"), "other");
  await terminal.type("get t*.bin\r");
  await terminal.see(/three\.bin" is there already/);
  await terminal.see(/ne\[w\]er only; a capital letter for all files: $/);
  await terminal.type("O\r");
  await terminal.see(/three\.bin: 3\.00M/);
  await terminal.see(/:\/> $/);
  assert.equal(terminal.text.match(/is there already/g)?.length, 1);
  assertSameBytes(await Deno.readFile(join(person.folder, "two.bin")), bytes);
  await terminal.type("quit\r");
  assert.equal(await terminal.end(), 0, terminal.shown);
});

Deno.test("a line that is cut is made again, in the same folder, and the transfer carried on", async () => {
  const bytes = noise(3 * MIB);
  await using person = await Person.arrive({ remote: { sub: null, "sub/f": bytes } });
  await using link = new CuttableLink(person.server.port);
  await using terminal = person.shell(["--limit-rate", "3M"], {
    FTP_SERVER: `127.0.0.1:${link.port}`,
  });
  await terminal.see(/:\/> $/);
  await terminal.type("cd sub\r");
  await terminal.see(/:\/sub> $/);
  await terminal.type("get f\r");
  await terminal.see(/ \d+% .* [1-2]\.\d+M\/3\.00M /);
  link.cut();
  await terminal.see(/another try \(1 of 3\)/);
  await terminal.see(/connected again, in \/sub/);
  await terminal.see(/get f: 3\.00M, .*SHA-256 verified[^]*> $/);
  assertSameBytes(await Deno.readFile(join(person.folder, "f")), bytes);

  // It takes longer than a second: the next command asks first whether the server is still there.
  await terminal.type("get f -o g\r");
  await terminal.see(/get f: 3\.00M, .*SHA-256 verified[^]*> $/);
  await link.close();
  await terminal.type("pwd; ls\r");
  await terminal.see(/\/sub\s[^]*connection refused; another try in 1 s/);
  link.mend();
  await terminal.see(/connected again, in \/sub\s+f\s[^]*:\/sub> $/);
  await terminal.type("quit\r");
  assert.equal(await terminal.end(), 0, terminal.shown);
});

Deno.test("a folder's files are counted as they are found, and once all are known there is a share and a time left", async () => {
  const bytes = noise(MIB);
  await using person = await Person.arrive({
    remote: {
      tree: null,
      "tree/1": bytes,
      "tree/2": bytes,
      "tree/deep": null,
      "tree/deep/3": bytes,
    },
  });
  await using terminal = person.shell(["--limit-rate", "3M"]);
  await terminal.see(/:\/> $/);
  await terminal.type("get -r tree\r");
  await terminal.see(/all [01]\/2\+ +\d[\d.]*[KM] +\d/);
  await terminal.see(/all 2\/3 +\d+% .* [\d.]+M\/3\.00M .* \d:\d\d/);
  await terminal.see(/get tree\/deep\/3: 1\.00M[^]*:\/> $/);

  // Here everything is counted at once.
  await terminal.type("put -r tree -t copy\r");
  await terminal.see(/all [0-2]\/3 +\d+% .* [\d.]+[KM]\/3\.00M .* \d:\d\d/);
  await terminal.see(/3: 1\.00M[^]*:\/> $/);
  await terminal.type("mirror copy mirrored\r");
  await terminal.see(/all [01]\/2\+ +\d[\d.]*[KM] +\d/);
  await terminal.see(/all 2\/3 +\d+% /);
  await terminal.see(/mirror: 3 moved[^]*:\/> $/);
  await terminal.type("quit\r");
  assert.equal(await terminal.end(), 0, terminal.shown);
});

Deno.test("each answer about a file that is there does what it says, and Ctrl-C says what it stopped", async () => {
  const long = noise(MIB);
  await using person = await Person.arrive({
    remote: { r: long, o: "new", s: "new", n: "new", old: "new", young: "new" },
    local: { r: long.subarray(0, 1000), o: "o", s: "s", n: "x", old: "old", young: "young" },
  });
  // Seconds since 1970.
  await Deno.utime(join(person.folder, "old"), 1_000, 1_000);
  await Deno.utime(join(person.folder, "young"), 4_000_000_000, 4_000_000_000);
  await using terminal = person.shell();
  await terminal.see(/:\/> $/);
  await terminal.type("get r o s n old young\r");
  const answers = [["r", "r"], ["o", "o"], ["s", "s"], ["n", "n"], ["old", "w"], ["young", "w"]];
  for (const [name, answer] of answers) {
    const [question] = await terminal.see(new RegExp(`/${name}" is there already.*\\s+.*files: $`));
    // Only what is the start of the file may be carried on.
    assert.equal(question.includes("[r]esume"), name === "r", question);
    await terminal.type(`${answer}\r`);
  }
  await terminal.see(/:\/> $/);
  assertSameBytes(await Deno.readFile(join(person.folder, "r")), long);
  assert.match(terminal.text, /get r: 1\.00M, carried on at 1000 bytes/);
  const local = (name: string) => Deno.readTextFile(join(person.folder, name));
  assert.equal(await local("o"), "new");
  assert.equal(await local("s"), "s");
  assert.deepEqual([await local("n"), await local("n.1")], ["x", "new"]);
  assert.deepEqual([await local("old"), await local("young")], ["new", "young"]);

  // The other way, and every answer for all that follow.
  await terminal.type("put s young\r");
  await terminal.see(/"s" is there already[^]*files: $/);
  await terminal.type("\x03");
  await terminal.see(/put ".*\/s" to [^:]*:\d+: interrupted[^]*:\/> $/);
  await terminal.type("put s young\r");
  await terminal.see(/"s" is there already[^]*files: $/);
  await terminal.type("S\r");
  await terminal.see(/put: skipped, \/?s is there[^]*put: skipped, \/?young is there[^]*:\/> $/);
  await terminal.type("quit\r");
  assert.equal(await terminal.end(), 0, terminal.shown);
});
