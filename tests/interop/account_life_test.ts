// The README's "An account's life", typed command by command as it stands there, at two real terminals.

import assert from "node:assert/strict";
import { join } from "node:path";
import { privateDirectory } from "../../server/data_directory.ts";
import { BanList } from "../../server/runtime/ban_list.ts";
import { RuntimeDatabase } from "../../server/runtime/runtime_database.ts";
import { ControlLine } from "../support/control_line.ts";
import { noise } from "../support/file_tree.ts";
import { denoDirectory, ftpCommandLine, REPOSITORY, runFtpWell } from "../support/program.ts";
import { assertSameBytes } from "../support/same_bytes.ts";
import { temporaryDirectory } from "../support/temporary_directory.ts";
import { TerminalProcess } from "../support/terminal_process.ts";

const [FIRST, SECOND] = ["correct horse", "battery staple"];
/** What bash shows when a command has ended: its exit code. */
const PROMPT = "[$?]> ";

/** A line of the walk-through: what is typed, and what the comment beside it promises. */
interface Step {
  readonly command: string;
  readonly promise: string;
}

/** The shell commands of the section, block by block. */
function blocks(): Step[][] {
  const readme = Deno.readTextFileSync(join(REPOSITORY, "README.md"));
  const section = readme.split("\n## An account's life\n")[1]?.split("\n## ")[0] ?? "";
  return [...section.matchAll(/```sh\n(.+?)```/gs)].map(([, block = ""]) =>
    block.trimEnd().split("\n").map((line) => {
      const [, command = "", promise = ""] = /^(.+?)(?: +# (.+))?$/.exec(line) ?? [];
      return { command, promise };
    })
  );
}

/** Types a command, does what a person does meanwhile, and demands that it ends with this code. */
async function typed(
  terminal: TerminalProcess,
  command: string,
  meanwhile: () => Promise<unknown> = () => Promise.resolve(),
  code = 0,
): Promise<void> {
  await terminal.type(`${command}\r`);
  await meanwhile();
  const [, ended] = await terminal.see(/\[(\d+)\]> $/);
  assert.equal(Number(ended), code, terminal.text);
}

/** A shell in the newcomer's folder, where `ftp` is our program. */
async function shell(directory: string): Promise<TerminalProcess> {
  const env = {
    HOME: directory,
    PS1: PROMPT,
    PATH: `${directory}/bin:${Deno.env.get("PATH")}`,
    DENO_DIR: await denoDirectory(),
    FTP_SERVE_PORT: "0",
  };
  const terminal = new TerminalProcess(["--norc"], { program: "bash", cwd: directory, env });
  await terminal.see(/\[0\]> $/);
  return terminal;
}

async function prepare(directory: string): Promise<void> {
  const [program, args] = ftpCommandLine([]);
  await Deno.mkdir(join(directory, "bin"));
  const script = `#!/bin/sh\nexec '${program}' ${args.map((each) => `'${each}'`).join(" ")} "$@"\n`;
  await Deno.writeTextFile(join(directory, "bin", "ftp"), script, { mode: 0o755 });
  await Deno.writeFile(join(directory, "film.mkv"), noise(2_000_000, 1));
  await Deno.writeFile(join(directory, "more.bin"), noise(2_000_000, 2));
}

// Some 15 programs one after another, as a person starts them: it takes their time.
Deno.test("the account's life of the README works as it is written there", async () => {
  await using directory = await temporaryDirectory();
  await prepare(directory.path);
  const home = join(directory.path, "home");
  const [[serve], ada = [], operator = []] = blocks() as [[Step], Step[], Step[]];

  await using server = await shell(directory.path);
  await server.type(`${serve.command}\r`);
  const [, port] = await server.see(/listening on ftp:\/\/\S+:(\d+)\//);

  await using hers = await shell(directory.path);
  const password = (text: string) => async () => {
    await hers.see(/[Pp]assword/);
    await hers.type(`${text}\r`);
  };
  const meanwhile: Record<string, readonly [() => Promise<unknown>, number?]> = {
    "ftp register": [async () => {
      await hers.see(/Trust it.* \[y\/N\] /);
      await hers.type("y\r");
      for (const _ of ["once", "again"]) {
        await hers.see(/(New password|The same again): /);
        await hers.type(`${FIRST}\r`);
      }
      await hers.see(/\[0\]> $/);
      await runFtpWell(["user", "set", "ada", "--rate-up", "400K", "--home", home]);
      await hers.type("\r");
    }],
    "curl": [password(FIRST)],
    "ftp passwd": [async () => {
      await password(FIRST)();
      for (const _ of ["once", "again"]) {
        await hers.see(/(New password|The same again): /);
        await hers.type(`${SECOND}\r`);
      }
      await hers.see(/\[0\]> $/);
      await operate(operator, { home, port: Number(port), directory: directory.path });
      await hers.type("\r");
    }],
    "ftp unregister": [async () => {
      await password(SECOND)();
      await hers.see(/Really end the account ada .*\[y\/N\] /);
      await hers.type("y\r");
    }],
    "export": [() => Promise.resolve()],
  };
  /** The film first: its line breaks half-way. */
  let isFirstUpload = true;
  for (const { command, promise } of ada) {
    const literal = command.replaceAll(":2121", `:${port}`);
    const known = Object.entries(meanwhile).find(([start]) => command.startsWith(start))?.[1];
    if (isFirstUpload && command.startsWith("ftp put")) {
      assert.match(promise, /^Ctrl-C/);
      isFirstUpload = false;
      await typed(hers, literal, async () => {
        await password(FIRST)();
        await partSeen(join(home, ".ftp", "uploads", "ada"));
        await hers.type("\x03");
      }, 130);
      await runFtpWell(["user", "set", "ada", "--rate-up", "none", "--home", home]);
    } else if (known !== undefined) await typed(hers, literal, ...known);
    else {
      await typed(hers, literal, async () => {
        await password(FIRST)();
        if (/^(ftp: |\d)/.test(promise)) await hers.see(patternOf(promise));
      }, promise.includes("Over quota") ? 7 : 0);
    }
  }
  const removed = await Array.fromAsync(Deno.readDir(join(home, ".ftp", "removed")));
  assert.match(removed[0]?.name ?? "", /^\d+-ada$/);
  const kept = await Deno.readFile(join(home, ".ftp", "removed", removed[0]!.name, "more.bin"));
  assertSameBytes(kept, noise(2_000_000, 2));
  // Hanging up is no reason for a server to end: it reads its settings again.
  await server.type("\x03");
  await server.see(/\[\d+\]> $/);
});

/** Waits until the server has the beginning of an upload. */
async function partSeen(uploads: string): Promise<void> {
  await Deno.mkdir(uploads, { recursive: true, mode: 0o700 });
  using watcher = Deno.watchFs(uploads);
  const isBegun = () =>
    Array.from(Deno.readDirSync(uploads)).some(({ name }) =>
      name.endsWith(".part") && Deno.statSync(join(uploads, name)).size > 0
    );
  if (isBegun()) return;
  for await (const _ of watcher) if (isBegun()) return;
}

/** What a comment promises, where `...` stands for anything. */
function patternOf(promise: string): RegExp {
  return new RegExp(promise.split("...").map((part) => RegExp.escape(part)).join(".*"));
}

/** The operator's block, while Ada has a session and somebody is banned. */
async function operate(
  steps: readonly Step[],
  { home, port, directory }: { home: string; port: number; directory: string },
): Promise<void> {
  using line = await ControlLine.open(port);
  await line.say("USER ada", 331);
  await line.say(`PASS ${SECOND}`, 230);
  {
    using database = RuntimeDatabase.open(privateDirectory(home), "command");
    const guesser = { address: "203.0.113.9", isExempt: false };
    new BanList(database).failed(guesser, "ada", { failures: 1, banMs: 60_000 });
  }
  const sessions = (await runFtpWell(["who", "--home", home, "--json"])).trim().split("\n");
  const id = sessions.map((each) => JSON.parse(each)).find(({ user }) => user === "ada")?.id;
  await using terminal = await shell(directory);
  for (const { command } of steps) {
    const literal = command.replace(/\bHOME\b/g, home).replace(/\bID\b/, id);
    const quits = async () => {
      await terminal.see(/ada/);
      await terminal.type("q");
    };
    await typed(terminal, literal, command.startsWith("ftp top") ? quits : undefined);
  }
  assert.equal(await line.reply(), 421);
}
