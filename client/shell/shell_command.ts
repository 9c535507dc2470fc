// What a command of the shell is: one record in one place; help, parsing, completion and suggestions come from it.

import { parseArgs, type ParseArgsConfig } from "node:util";
import { CommandFailure, ExitCode } from "../../shared/exit_code.ts";
import type { Parsed } from "../../shared/parsed.ts";
import type { OperationContext } from "../operations/operation_context.ts";
import type { TransferPolicy } from "../operations/transfer_policy.ts";
import type { Terminal } from "../terminal.ts";
import type { CommandName, Texts } from "../texts/english.ts";
import type { Connection } from "./connection.ts";
import type { ShellSettings } from "./settings.ts";
import type { Word } from "./words.ts";

/** What a command of the shell works on. */
export interface ShellState {
  /** The server; stops at Ctrl-C. Paths count from {@linkcode remoteFolder}. */
  readonly context: OperationContext;
  readonly terminal: Terminal;
  readonly texts: Texts;
  readonly connection: Connection;
  readonly settings: ShellSettings;
  /** How files are transferred, as the settings have it: what a person answers for all holds for this command. */
  readonly policy: TransferPolicy;
  /** Absolute path at the server. @throws CommandFailure when there is none */
  readonly remoteFolder: string;
  /** Absolute host path. */
  readonly localFolder: string;
  /** Lines that were typed, oldest first. */
  readonly history: readonly string[];
  /** A local name as it was typed, with the home folder in place of `~`. */
  withHome(path: string): string;
  /** Changes the folder that local names count from. @throws CommandFailure */
  enterLocalFolder(path: string): Promise<void>;
  /** Runs a program at this terminal, in the local folder. @throws CommandFailure */
  runProgram(program: readonly string[]): Promise<void>;
  /** The person's editor, or the shell of this machine, as the environment names them. */
  readonly programs: { readonly editor: string; readonly shell: string };
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

/** What a word of a command stands for. */
export type WordKind =
  | "remote"
  | "remote-folder"
  | "local"
  | "local-folder"
  | "command"
  | "setting"
  | "site"
  | "type"
  | "anything";

/** One row of the table. */
export interface ShellCommand {
  /** Its one sentence of help has the same name in the tables of texts. */
  readonly name: CommandName;
  /** The other names it goes by. */
  readonly aliases?: readonly string[];
  /** What follows the name, e.g. `REMOTE... [-o LOCAL]`. */
  readonly usage: string;
  readonly example: string;
  readonly options?: NonNullable<ParseArgsConfig["options"]>;
  /** How many words it takes, at least and at most. */
  readonly takes: readonly [atLeast: number, atMost: number];
  /** What its words are, in their order; the last one goes for all that follow. */
  readonly wordKinds?: readonly WordKind[];
  /** Whether names at the server may be others afterwards. */
  readonly changesNames?: true;
  run(args: ShellArguments, state: ShellState): Promise<void> | void;
}

/** No command of the shell takes more words; a line has a limit of its own. */
export const ANY_NUMBER = Infinity;

/** Every command takes it. */
const JSON_OPTION = { json: { type: "boolean" } } as const;

/** All options of a command, by their long names. */
export function optionsOf(command: ShellCommand): NonNullable<ParseArgsConfig["options"]> {
  return { ...command.options, ...JSON_OPTION };
}

/** Every name that a command answers to. */
export function namesOf({ name, aliases = [] }: ShellCommand): readonly string[] {
  return [name, ...aliases];
}

/** Reads what stands behind the name. @throws CommandFailure `usage` */
export function parseShellArguments(
  command: ShellCommand,
  words: readonly Word[],
  texts: Texts,
): ShellArguments {
  const { takes: [atLeast, atMost] } = command;
  const options = optionsOf(command);
  // A quoted word is never an option: node's parser gets a stand-in, so that `get '-x'` names a file.
  const args = words.map((word, at) =>
    word.isQuoted ? `${QUOTED}${at}` : longForm(word.text, options)
  );
  const { values, positionals } = parseOrRefuse(command, texts, {
    args,
    options,
    allowPositionals: true,
  });
  const found = positionals.map((text): Word =>
    text.startsWith(QUOTED) ? words[Number(text.slice(QUOTED.length))]! : { text, isQuoted: false }
  );
  if (found.length < atLeast || found.length > atMost) {
    const happened = found.length < atLeast ? texts.usage.missing : texts.usage.tooMuch;
    throw wrongUsage(command, texts, happened);
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

/** What an option's value reads as; `undefined` where the option is not there. @throws CommandFailure `usage` */
export function optionValue<T>(
  command: CommandName,
  args: ShellArguments,
  option: string,
  parse: (text: string) => Parsed<T>,
): T | undefined {
  const text = args.value(option);
  if (text === undefined) return undefined;
  const answer = parse(text);
  if (answer.ok) return answer.value;
  throw new CommandFailure(ExitCode.usage, `${command} --${option} ${text}`, answer.why);
}

/** `NAME USAGE`, as help and failures show it. */
export function usageOf(command: ShellCommand): string {
  return `${command.name} ${command.usage}`.trimEnd();
}

/** No word that is typed starts with it. */
const QUOTED = "\0";

/** `find -name x`: whole names behind one dash, as find has them. */
function longForm(text: string, options: Readonly<Record<string, unknown>>): string {
  const name = text.slice(1).split("=")[0] ?? "";
  return /^-[a-z]{2}/.test(text) && name in options ? `-${text}` : text;
}

function parseOrRefuse(command: ShellCommand, texts: Texts, config: ParseArgsConfig) {
  try {
    return parseArgs(config) as {
      readonly values: Readonly<Record<string, unknown>>;
      readonly positionals: readonly string[];
    };
  } catch (error) {
    // Node's sentences name the option first; what follows is about its own way of parsing.
    const [sentence = "wrong usage"] = (error instanceof Error ? error.message : "").split(". ");
    throw wrongUsage(command, texts, sentence.replaceAll("'", '"').toLowerCase());
  }
}

function wrongUsage(command: ShellCommand, texts: Texts, happened: string): CommandFailure {
  const hint = texts.usage.wrong(usageOf(command));
  return new CommandFailure(ExitCode.usage, command.name, happened, { hint });
}
