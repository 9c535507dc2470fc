// The program's entry: the table of commands, and which one was asked for.

import { languageOf } from "./client/texts/locale.ts";
import { type ProcessWorld, runCommand } from "./shared/command_runner.ts";
import type { CommandModule, CommandRow } from "./shared/command_line.ts";
import { CommandFailure, ExitCode } from "./shared/exit_code.ts";
import { printedFailure } from "./shared/failure_printer.ts";
import { nearestName } from "./shared/nearest_name.ts";
import { processWorld } from "./shared/process_world.ts";

/** What `ftp --version` says; a test holds it equal to deno.json's. */
const VERSION = "0.1.0";

/** Every command, in the order `ftp help` shows them. */
const COMMANDS: readonly CommandRow[] = [
  {
    name: "serve",
    summary: "runs the server",
    load: () => import("./server/serve.ts"),
  },
  {
    name: "connect",
    summary: "opens a shell at a server: type commands, move files",
    load: () => import("./client/commands/connect.ts"),
  },
  {
    name: "run",
    summary: "runs commands of the shell from a file",
    load: () => import("./client/commands/run.ts"),
  },
  {
    name: "put",
    summary: "uploads files, folders and standard input",
    load: () => import("./client/commands/put.ts"),
  },
  {
    name: "get",
    summary: "downloads files and folders",
    load: () => import("./client/commands/get.ts"),
  },
  {
    name: "ls",
    summary: "lists what is at a server",
    load: () => import("./client/commands/ls.ts"),
  },
  {
    name: "cat",
    summary: "prints files of a server",
    load: () => import("./client/commands/cat.ts"),
  },
  {
    name: "mirror",
    summary: "makes a folder like another one, here or at a server",
    load: () => import("./client/commands/mirror.ts"),
  },
  {
    name: "mkdir",
    summary: "makes folders at a server",
    load: () => import("./client/commands/mkdir.ts"),
  },
  {
    name: "rm",
    summary: "removes files and folders at a server",
    load: () => import("./client/commands/rm.ts"),
  },
  {
    name: "rmdir",
    summary: "removes empty folders at a server",
    load: () => import("./client/commands/rmdir.ts"),
  },
  {
    name: "mv",
    summary: "renames and moves at a server",
    load: () => import("./client/commands/mv.ts"),
  },
  {
    name: "stat",
    summary: "tells what is known about files of a server",
    load: () => import("./client/commands/stat.ts"),
  },
  {
    name: "hash",
    summary: "prints the digests of files of a server",
    load: () => import("./client/commands/hash.ts"),
  },
  {
    name: "find",
    summary: "looks for files and folders at a server",
    load: () => import("./client/commands/find.ts"),
  },
  {
    name: "du",
    summary: "tells how much is in folders of a server",
    load: () => import("./client/commands/du.ts"),
  },
  {
    name: "pending",
    summary: "lists transfers that did not finish",
    load: () => import("./client/commands/pending.ts"),
  },
  {
    name: "resume",
    summary: "carries on transfers that did not finish",
    load: () => import("./client/commands/resume.ts"),
  },
  {
    name: "site",
    summary: "keeps bookmarks: names for addresses",
    load: () => import("./client/commands/site.ts"),
  },
  {
    name: "register",
    summary: "makes an account at a server that lets people do so",
    load: () => import("./client/commands/register.ts"),
  },
  {
    name: "passwd",
    summary: "changes your password at a server",
    load: () => import("./client/commands/passwd.ts"),
  },
  {
    name: "quota",
    summary: "tells how much of what you may keep at a server is used",
    load: () => import("./client/commands/quota.ts"),
  },
  {
    name: "unregister",
    summary: "ends your account at a server",
    load: () => import("./client/commands/unregister.ts"),
  },
  {
    name: "who",
    summary: "tells who is at a server and what moves",
    load: () => loadPresence("who"),
  },
  {
    name: "top",
    summary: "shows the same on a live screen",
    load: () => loadPresence("top"),
  },
  {
    name: "kick",
    summary: "ends a session at a server",
    load: () => loadPresence("kick"),
  },
  {
    name: "user",
    summary: "adds, changes, lists and removes accounts of a server on this machine",
    load: () => import("./server/user_commands.ts"),
  },
  {
    name: "doctor",
    summary: "explains what works between here and a server, and what to change",
    load: () => import("./client/commands/doctor.ts"),
  },
  {
    name: "bench",
    summary: "measures a server from here: answers, logins, large and small files",
    load: () => import("./client/commands/bench.ts"),
  },
  {
    name: "completions",
    summary: "prints a script that completes commands and options in bash, zsh or fish",
    load: async () =>
      (await import("./client/commands/completions.ts")).completionsCommand(() => COMMANDS),
  },
];

/** The commands that may start programs: the shell's `!` and `edit`. */
const STARTS_PROGRAMS: readonly (string | undefined)[] = ["connect", "run"];

/** Both sides have a part in these: the server opens data directories, the client the wire. */
async function loadPresence(name: "who" | "top" | "kick"): Promise<CommandModule> {
  const { presenceCommand } = await import("./client/commands/presence.ts");
  return presenceCommand(name, async () => (await import("./server/presence.ts")).LOCAL_PRESENCE);
}

const USAGE = "Usage: ftp COMMAND [ARGUMENT...]\n";

/** Runs `ftp` with these arguments and answers its exit code. */
async function main(args: readonly string[], process: ProcessWorld): Promise<ExitCode> {
  const told = await failureTeller(process.env);
  try {
    return await run(args, process, told);
  } catch (failure) {
    const { text, exitCode } = printedFailure(told(failure), process.env["FTP_DEBUG"] === "1");
    process.stderr.print(text);
    return exitCode;
  }
}

/** Tells failures in the person's language; who reads English does not wait for the tables of others. */
async function failureTeller(env: ProcessWorld["env"]): Promise<FailureTeller> {
  if (languageOf(env) === "en") return (failure) => failure;
  const [{ textsFor }, { toldFailure }] = await Promise.all([
    import("./client/texts/texts.ts"),
    import("./client/texts/told_failure.ts"),
  ]);
  return (failure) => toldFailure(failure, textsFor(env));
}

type FailureTeller = (failure: unknown) => unknown;

async function run(
  args: readonly string[],
  process: ProcessWorld,
  told: FailureTeller,
): Promise<ExitCode> {
  const [first, ...rest] = args;
  switch (first) {
    case "--version":
    case "-V":
      process.stdout.print(`ftp ${VERSION}\n`);
      return ExitCode.done;
    case undefined:
    case "--help":
    case "-h":
      process.stdout.print(helpText());
      return ExitCode.done;
    case "help":
      if (rest[0] !== undefined) return await run([rest[0], "--help"], process, told);
      process.stdout.print(helpText());
      return ExitCode.done;
  }
  const row = COMMANDS.find((command) => command.name === first);
  if (row === undefined) throw unknownCommand(first);
  return await runCommand(row, rest, process, told);
}

function helpText(): string {
  const width = Math.max(...COMMANDS.map((command) => command.name.length));
  const lines = COMMANDS.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}\n`);
  return [
    USAGE,
    "\nAn FTP server and an FTP client.\n",
    "\nCommands:\n",
    ...lines,
    "\nftp COMMAND --help tells more of one command; ftp --version tells the version.\n",
  ].join("");
}

function unknownCommand(name: string): CommandFailure {
  const meant = nearestName(name, [...COMMANDS.map((command) => command.name), "help"]);
  const happened = name.startsWith("-") ? "no such option" : "no such command";
  const hint = meant === undefined ? "ftp help lists all commands" : `did you mean "${meant}"?`;
  return new CommandFailure(ExitCode.usage, `"${name}"`, happened, { hint });
}

/** `deno run -A`: taking one permission from all would close /dev and /proc too, and /dev/shm with them. */
function wasGivenEverything(): boolean {
  return Deno.permissions.querySync({ name: "ffi" }).state === "granted";
}

if (import.meta.main) {
  // SECURITY: what breaks into the server, or into a client that nobody watches, finds no way to start a program.
  if (!STARTS_PROGRAMS.includes(Deno.args[0]) && !wasGivenEverything()) {
    Deno.permissions.revokeSync({ name: "run" });
  }
  Deno.exit(await main(Deno.args, processWorld()));
}
