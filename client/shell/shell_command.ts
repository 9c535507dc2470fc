// What a command of the shell is: one record in one place; help, parsing and suggestions come from it.

import { parseArgs, type ParseArgsConfig } from "node:util";
import { CommandFailure, ExitCode } from "../../shared/exit_code.ts";
import type { OperationContext } from "../operations/operation_context.ts";
import type { TransferPolicy } from "../operations/transfer_policy.ts";
import type { Word } from "./words.ts";

/** What a command of the shell works on. */
export interface ShellState {
  /** The server; stops at Ctrl-C. Paths count from {@linkcode remoteFolder}. */
  readonly context: OperationContext;
  readonly policy: TransferPolicy;
  /** Absolute path at the server. */
  readonly remoteFolder: string;
  /** Absolute host path. */
  readonly localFolder: string;
  /** Changes the folder at the server. @throws CommandFailure */
  enterRemoteFolder(path: string): Promise<void>;
  /** Changes the folder that local names count from. @throws CommandFailure */
  enterLocalFolder(path: string): Promise<void>;
  /** Ends the shell after this command. */
  leave(): void;
}

/** What stands behind a command's name. */
export interface ShellArguments {
  readonly words: readonly Word[];
  /** The words as text. */
  readonly texts: readonly string[];
  /** Whether a flag is there. */
  has(flag: string): boolean;
  /** The value of an option, where it is there. */
  value(option: string): string | undefined;
}

/** One row of the table. */
export interface ShellCommand {
  /** The name and the others it goes by. */
  readonly names: readonly [string, ...string[]];
  /** What follows the name, e.g. `REMOTE... [-o LOCAL]`. */
  readonly usage: string;
  /** One sentence. */
  readonly help: string;
  readonly example: string;
  readonly options?: NonNullable<ParseArgsConfig["options"]>;
  /** How many words it takes, at least and at most. */
  readonly takes: readonly [atLeast: number, atMost: number];
  run(args: ShellArguments, state: ShellState): Promise<void> | void;
}

/** Reads what stands behind the name. @throws CommandFailure `usage` */
export function parseShellArguments(
  command: ShellCommand,
  words: readonly Word[],
): ShellArguments {
  const { options = {}, takes: [atLeast, atMost] } = command;
  // A quoted word is never an option: node's parser gets a stand-in, so that `get '-x'` names a file.
  const args = words.map((word, at) => word.isQuoted ? `${QUOTED}${at}` : word.text);
  const { values, positionals } = parseOrRefuse(command, { args, options, allowPositionals: true });
  const found = positionals.map((text): Word =>
    text.startsWith(QUOTED) ? words[Number(text.slice(QUOTED.length))]! : { text, isQuoted: false }
  );
  if (found.length < atLeast || found.length > atMost) {
    throw wrongUsage(command, found.length < atLeast ? "something is missing" : "it takes less");
  }
  return {
    words: found,
    texts: found.map(({ text }) => text),
    has: (flag) => values[flag] === true,
    value: (option) => {
      const value = values[option];
      if (typeof value !== "string") return undefined;
      return value.startsWith(QUOTED) ? words[Number(value.slice(QUOTED.length))]?.text : value;
    },
  };
}

/** `NAME USAGE`, as help and failures show it. */
export function usageOf(command: ShellCommand): string {
  return `${command.names[0]} ${command.usage}`.trimEnd();
}

/** No word that is typed starts with it. */
const QUOTED = "\0";

function parseOrRefuse(command: ShellCommand, config: ParseArgsConfig) {
  try {
    return parseArgs(config) as {
      readonly values: Readonly<Record<string, unknown>>;
      readonly positionals: readonly string[];
    };
  } catch (error) {
    // Node's sentences name the option first; what follows is about its own way of parsing.
    const [sentence = "wrong usage"] = (error instanceof Error ? error.message : "").split(". ");
    throw wrongUsage(command, sentence.replaceAll("'", '"').toLowerCase());
  }
}

function wrongUsage(command: ShellCommand, happened: string): CommandFailure {
  const hint = `usage: ${usageOf(command)}`;
  return new CommandFailure(ExitCode.usage, command.names[0], happened, { hint });
}
