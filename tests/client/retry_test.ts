// A connection that is lost in mid-transfer: made again, and the transfer carried on where it was.

import assert from "node:assert/strict";
import { join } from "node:path";
import { noise, sha256 } from "../support/file_tree.ts";
import { startServer } from "../support/server_process.ts";
import { temporaryDirectory } from "../support/temporary_directory.ts";
import { TerminalProcess } from "../support/terminal_process.ts";

/** Far more than the buffers on the way hold: most of it is still at the server when that dies. */
const SIZE = 48 * 1024 * 1024;

Deno.test("a download outlives its server: killed, started again, carried on and proven", async () => {
  await using home = await temporaryDirectory();
  await using folder = await temporaryDirectory();
  const bytes = noise(SIZE);
  const first = await startServer({ home: home.path, users: { ann: "secret" } });
  await using _first = first;
  await Deno.mkdir(join(home.path, "ann"), { recursive: true });
  await Deno.writeFile(join(home.path, "ann", "f"), bytes);
  await using terminal = new TerminalProcess(
    ["get", "f", "--limit-rate", "16M", "--retries", "5", "--pin", first.fingerprint ?? ""],
    {
      cwd: folder.path,
      env: { FTP_SERVER: first.address, FTP_USER: "ann", FTP_PASSWORD: "secret" },
    },
  );
  await terminal.see(/ \d+% .*\/48\.0M .*M\/s/);
  await first.stop("SIGKILL");
  await using _second = await startServer({
    home: home.path,
    flags: ["--port", String(first.port)],
  });
  await terminal.see(/another try \(\d of 5\) in \d s/);
  await terminal.see(/get f: 48\.0M, carried on at .*, SHA-256 verified/);
  assert.equal(await terminal.end(), 0, terminal.shown);
  assert.equal(sha256(await Deno.readFile(join(folder.path, "f"))), sha256(bytes));
});

Deno.test("the shell connects again after its server was restarted, and is in the same folder", async () => {
  await using home = await temporaryDirectory();
  await using folder = await temporaryDirectory();
  const first = await startServer({ home: home.path, users: { ann: "secret" } });
  await using _first = first;
  await Deno.mkdir(join(home.path, "ann", "deep"), { recursive: true });
  await Deno.writeTextFile(join(home.path, "ann", "deep", "treasure"), "");
  await using terminal = new TerminalProcess(
    ["connect", "--pin", first.fingerprint ?? ""],
    {
      cwd: folder.path,
      env: { FTP_SERVER: first.address, FTP_USER: "ann", FTP_PASSWORD: "secret" },
    },
  );
  await terminal.see(/:\/> /);
  await terminal.type("cd deep\r");
  await terminal.see(/:\/deep> /);
  await first.stop("SIGKILL");
  await using _second = await startServer({
    home: home.path,
    flags: ["--port", String(first.port)],
  });
  // The first command after it may be the one that finds out.
  await terminal.type("pwd\rls\rls\r");
  await terminal.see(/the connection was lost; connecting to .* again/);
  await terminal.see(/\ntreasure\r\n/);
  await terminal.type("quit\r");
  assert.equal(await terminal.end(), 0, terminal.shown);
});
