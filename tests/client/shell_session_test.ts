// The session that the README shows, typed again: what it says is what comes.

import assert from "node:assert/strict";
import { join } from "node:path";
import { SqliteAccounts } from "../../server/accounts/sqlite_accounts.ts";
import { accountsFile } from "../../server/data_directory.ts";
import { Secret } from "../../shared/secret.ts";
import { REPOSITORY } from "../support/program.ts";
import { Person } from "../support/shell_at_terminal.ts";
import { TerminalProcess } from "../support/terminal_process.ts";

const PROMPT = /^ftp \S+> /;

/** The lines between the fences around `ftp connect`. */
async function recordedSession(): Promise<string[]> {
  const readme = await Deno.readTextFile(join(REPOSITORY, "README.md"));
  const block = /^```\n(\$ ftp connect[^]*?)^```$/m.exec(readme)?.[1];
  assert.ok(block !== undefined);
  return block.trimEnd().split("\n");
}

/** What differs from time to time and from machine to machine, and what it looks like. */
const CHANGING: readonly (readonly [RegExp, string])[] = [
  [/^sha256:/, "sha256:\\w+"],
  [/^[A-Z]/, "\\w{3} \\w{3} \\d+ \\d{4}"],
  [/^\d/, "[\\d.:-]+"],
  [/^ /, " +"],
];

/** A line with other digests, dates, numbers and columns. */
function likeness(line: string): RegExp {
  const parts = line.split(/(sha256:\w+|\b[A-Z]\w\w [A-Z]\w\w \d+ \d{4}|\b\d[\d.:-]*| {2,})/);
  const pattern = parts.map((part, at) =>
    at % 2 === 0
      ? part.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&")
      : CHANGING.find(([start]) => start.test(part))?.[1]
  );
  return new RegExp(pattern.join(""));
}

Deno.test("the session in the README is what a person sees", async () => {
  await using person = await Person.arrive();
  {
    using store = SqliteAccounts.open(accountsFile(person.server.home));
    await store.add({ name: "ada" }, new Secret("difference engine"));
  }
  const site = join(person.server.home, "ada", "site");
  await Deno.mkdir(site, { recursive: true });
  for (const [name, size] of [["about.html", 14], ["film.mp4", 4e7], ["spring sale.html", 20]]) {
    await Deno.writeFile(join(site, String(name)), new Uint8Array(Number(size)));
  }
  const here = `localhost:${person.server.port}`;
  const [start = "", ...lines] = await recordedSession();
  const args = start.replace("$ ftp ", "").replace("localhost:2121", here).split(" ");
  await using terminal = new TerminalProcess(args, {
    cwd: person.folder,
    env: { XDG_CONFIG_HOME: person.home, XDG_STATE_HOME: person.home, LC_ALL: "C" },
  });
  for (const line of lines.map((line) => line.replaceAll("localhost:2121", here))) {
    const prompt = PROMPT.exec(line)?.[0];
    if (prompt !== undefined) {
      await terminal.see(new RegExp(`${prompt}$`));
      await terminal.type(`${line.slice(prompt.length)}\r`);
    } else if (line.endsWith(" y")) {
      await terminal.see(likeness(line.slice(0, -1)));
      await terminal.type("y\r");
    } else if (line.startsWith("Password ")) {
      await terminal.see(likeness(line));
      await terminal.type("difference engine\r");
    } else if (line.endsWith("^C")) {
      // The bar, and the key that ends it.
      await terminal.see(/film\.mp4 +\d+% +\[=*>? *\] +[\d.]+[KM]\/38\.1M +[\d.]+M\/s +\d:\d\d/);
      await terminal.type("\x03");
    } else await terminal.see(likeness(line));
  }
  assert.equal(await terminal.end(), 0, terminal.shown);
});
