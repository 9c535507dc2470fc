// The tour in ten seconds: a server, an account, files of this repository up and down over TLS, digests compared.

import { join } from "node:path/posix";
import { digestTree, noise } from "../support/file_tree.ts";
import { denoDirectory, ftpCommandLine, REPOSITORY } from "../support/program.ts";
import { type ServerProcess, startServer } from "../support/server_process.ts";
import { temporaryDirectory } from "../support/temporary_directory.ts";

const USER = "ada";
const PASSWORD = "difference engine";
/** Large enough to see a progress bar move, when it goes up at this rate. */
const LARGE_BYTES = 48 * 1024 * 1024;
const SEEN_RATE = "32M";
/** What keeps the tour within ten seconds. */
const LANES = ["-j", "4"];
/** The program, and what is written about it. */
const PARTS = ["main.ts", "deno.json", "docs", "shared", "server", "client"];

if (import.meta.main) await main();

async function main(): Promise<void> {
  await using folder = await temporaryDirectory();
  say("Starting a server on a free port, with an account of its own:");
  show(["user", "add", USER, "--password-stdin"]);
  show(["serve", "--port", "0"]);
  await using server = await startServer({ users: { [USER]: PASSWORD } });
  say(`listening on ftp://${server.address}/ (certificate ${server.fingerprint})`);

  const files = join(folder.path, "repository");
  await Deno.mkdir(files);
  for (const part of PARTS) await copy(join(REPOSITORY, part), join(files, part));
  await Deno.writeFile(join(folder.path, "large file"), noise(LARGE_BYTES));
  const sent = await digestTree(files);
  const count = Object.keys(sent).length;

  const ftp = client(server, folder.path);
  say(
    `Uploading ${count} files of this repository over TLS, four at once; each is proven by its SHA-256:`,
  );
  await ftp("put", ...LANES, "-r", "repository", "-t", "/");
  say("One large file, held back to see the bar:");
  await ftp("put", "--limit-rate", SEEN_RATE, "large file", "-t", "/");
  say("What is there now:");
  await ftp("ls", "-l", "/", "/repository");
  say("And back again:");
  await ftp("get", ...LANES, "-r", "/repository", "-o", "back");
  await ftp("get", "/large file", "-o", "large file again");

  const received = await digestTree(join(folder.path, "back"));
  const differing = Object.keys(sent).filter((path) => received[path] !== sent[path]);
  if (differing.length > 0 || Object.keys(received).length !== count) {
    throw new Error(`the copies differ: ${differing.join(", ")}`);
  }
  say(`All ${count} files came back as they were. Stopping the server.`);
  const code = await server.stop();
  if (code !== 0) throw new Error(`the server ended with exit code ${code}`);
}

/** Runs `ftp` as a person in `cwd` would, on this terminal. */
function client(server: ServerProcess, cwd: string): (...args: string[]) => Promise<void> {
  return async (...args) => {
    show(args);
    const trust = ["-s", server.address, "-u", USER, "--tls", "required"];
    const pin = ["--pin", server.fingerprint ?? ""];
    const [program, words] = ftpCommandLine([...args, ...trust, ...pin]);
    const { code } = await new Deno.Command(program, {
      args: words,
      cwd,
      env: { FTP_PASSWORD: PASSWORD, HOME: cwd, DENO_DIR: await denoDirectory() },
      stdin: "null",
      stdout: "inherit",
      stderr: "inherit",
    }).spawn().status;
    if (code !== 0) throw new Error(`ftp ${args.join(" ")}: exit code ${code}`);
  };
}

async function copy(from: string, to: string): Promise<void> {
  if ((await Deno.stat(from)).isFile) return await Deno.copyFile(from, to);
  await Deno.mkdir(to, { recursive: true });
  for await (const { name } of Deno.readDir(from)) await copy(join(from, name), join(to, name));
}

function say(text: string): void {
  console.log(`\n${text}`);
}

function show(args: readonly string[]): void {
  console.log(`$ ftp ${args.map((word) => word.includes(" ") ? `"${word}"` : word).join(" ")}`);
}
