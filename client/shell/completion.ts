// What a word that is being typed may become: commands, options, settings, names here and at the server.

import { resolve } from "node:path";
import { findSetting, SETTINGS } from "./settings.ts";
import { namesOf, optionsOf, type ShellCommand, type WordKind } from "./shell_command.ts";
import { continueWord, unfinishedWord, type Word } from "./words.ts";

/** Something in a folder. */
export interface Name {
  readonly name: string;
  readonly isFolder: boolean;
}

/** What the word may become. */
type Candidate = Name & { readonly isPlain?: boolean };

/** Where candidates come from. */
export interface CompletionSources {
  readonly commands: readonly ShellCommand[];
  /** What is in a folder of the server; `folder` as it was typed, empty for the one one is in. */
  remoteNames(folder: string): Promise<readonly Name[]>;
  /** The names of bookmarks. */
  siteNames(): Promise<readonly string[]>;
  /** What is in a folder of this machine, likewise. */
  localNames(folder: string): Promise<readonly Name[]>;
}

/** What the end of a line may be replaced by. */
export interface Completion {
  /** Whole words as they must be typed, quotes and backslashes included. */
  readonly candidates: readonly string[];
  /** What stands in the line now. */
  readonly typed: string;
}

/** Completes the word at the end of what was typed so far. */
export async function complete(line: string, sources: CompletionSources): Promise<Completion> {
  const { before, text, start, openQuote } = unfinishedWord(line);
  const typed = line.slice(start);
  const found = await candidatesFor(before, text, typed, sources);
  const candidates = found.map(({ name, isFolder, isPlain = false }) => {
    const word = isPlain ? name : continueWord(name, openQuote);
    // The last word is closed and gets its blank; into a folder one goes on.
    return found.length > 1 || isFolder ? word : `${word}${closing(word, openQuote)} `;
  });
  return { candidates, typed };
}

/** The names in a folder of this machine, by name; none where it cannot be read. */
export async function localNamesIn(base: string, folder: string): Promise<readonly Name[]> {
  try {
    const entries = await Array.fromAsync(Deno.readDir(resolve(base, folder)));
    return entries
      .map(({ name, isDirectory }) => ({ name, isFolder: isDirectory }))
      .sort((a, b) => a.name < b.name ? -1 : 1);
  } catch {
    return [];
  }
}

function closing(word: string, openQuote: string | undefined): string {
  return openQuote !== undefined && word.startsWith(openQuote) ? openQuote : "";
}

async function candidatesFor(
  before: readonly Word[],
  text: string,
  typed: string,
  sources: CompletionSources,
): Promise<readonly Candidate[]> {
  const [first, ...words] = before;
  if (first === undefined) return plain(sources.commands.flatMap(namesOf), text);
  const command = sources.commands.find((each) => namesOf(each).includes(first.text.toLowerCase()));
  if (command === undefined) return [];
  if (typed.startsWith("-")) {
    return plain(Object.keys(optionsOf(command)).map((name) => `--${name}`), text);
  }
  const last = before.at(-1);
  const kind = optionKind(command, last) ??
    kindAt(command, words.filter((word) => word.isQuoted || !word.text.startsWith("-")).length);
  switch (kind) {
    case "command":
      return plain(sources.commands.flatMap(namesOf), text);
    case "setting":
      return plain(settingWords(words), text);
    case "type":
      return plain(findSetting("type")?.choices ?? [], text);
    case "site":
      return plain(await sources.siteNames(), text);
    case "remote":
    case "remote-folder":
      return await names(text, kind === "remote-folder", sources.remoteNames);
    case "local":
    case "local-folder":
      return await names(text, kind === "local-folder", sources.localNames);
    default:
      return [];
  }
}

function kindAt({ wordKinds = [] }: ShellCommand, at: number): WordKind | undefined {
  return wordKinds[Math.min(at, wordKinds.length - 1)];
}

/** What an option's value is: where files of `get` go is here, where those of `put` go is there. */
function optionKind(command: ShellCommand, last: Word | undefined): WordKind | undefined {
  if (last === undefined || last.isQuoted) return undefined;
  const entry = Object.entries(command.options ?? {}).find(([name, { type, short }]) =>
    type === "string" && (last.text === `--${name}` || last.text === `-${short}`)
  );
  if (entry === undefined) return undefined;
  return { output: "local", target: "remote" }[entry[0]] as WordKind | undefined ?? "anything";
}

function settingWords(words: readonly Word[]): readonly string[] {
  const row = findSetting(words[0]?.text ?? "");
  return words.length === 0 ? SETTINGS.map(({ name }) => name) : row?.choices ?? [];
}

/** Words of ours: no character in them needs a quote. */
function plain(all: readonly string[], text: string): Candidate[] {
  return all.filter((name) => name.startsWith(text.toLowerCase()))
    .map((name) => ({ name, isFolder: false, isPlain: true }));
}

/** The names in the folder that was typed, with that folder before them; folders end in `/`. */
async function names(
  text: string,
  foldersOnly: boolean,
  listed: (folder: string) => Promise<readonly Name[]>,
): Promise<Name[]> {
  const folder = text.slice(0, text.lastIndexOf("/") + 1);
  const begun = text.slice(folder.length);
  const all = await listed(folder);
  return all
    .filter(({ name, isFolder }) => name.startsWith(begun) && (isFolder || !foldersOnly))
    // Dot names are for those who ask for them, as everywhere.
    .filter(({ name }) => begun !== "" || !name.startsWith("."))
    // A name that steers the terminal cannot be typed.
    .filter(({ name }) => !/\p{Cc}/u.test(name))
    .map(({ name, isFolder }) => ({ name: `${folder}${name}${isFolder ? "/" : ""}`, isFolder }));
}
