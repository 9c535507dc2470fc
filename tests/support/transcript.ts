// The text of a transcript as steps: what each side says, and what must be true around it.

/** One line of a transcript, e.g. `C: PWD`, `S: 257 *`, `data connect`. */
export interface Step {
  /** Counted from 1. */
  readonly line: number;
  /** The line as it stands in the file. */
  readonly source: string;
  /** The word or words before the colon, the quote or the rest. */
  readonly verb: string;
  readonly rest: string;
}

/** A transcript: a name, settings and steps. */
export interface Transcript {
  /** The first comment, a sentence. */
  readonly name: string;
  /** From `with name=value ...` lines. */
  readonly settings: Readonly<Record<string, string | number>>;
  readonly steps: readonly Step[];
}

const VERBS = [
  "C:",
  "C bytes:",
  "C close",
  "S:",
  "S bytes:",
  "S closed",
  "repeat",
  "login",
  "tls",
  "given file",
  "given directory",
  "given link",
  "file",
  "no file",
  "log",
  "data connect",
  "data listen",
  "data accept",
  "data tls",
  "data send",
  "data read",
  "data receive",
  "data inflate",
  "data like",
  "data close",
  "data closed",
].toSorted((a, b) => b.length - a.length);

/** Reads a transcript; throws with the line that makes no sense. */
export function parseTranscript(text: string): Transcript {
  const lines = text.split("\n");
  const [first = ""] = lines;
  if (!first.startsWith("# ")) throw new Error("a transcript starts with a comment: its name");
  const settings: Record<string, string | number> = {};
  for (const pair of lines.filter(isSettings).flatMap((line) => line.split(" ").slice(1))) {
    const [name = "", value = ""] = pair.split("=");
    settings[name] = /^\d+$/.test(value) ? Number(value) : value;
  }
  return { name: first.slice(2), settings, steps: parseSteps(text) };
}

/** Reads the steps alone; comments, empty lines and settings are none. */
export function parseSteps(text: string): Step[] {
  const steps: Step[] = [];
  for (const [at, source] of text.split("\n").map((line) => line.trimStart()).entries()) {
    if (source === "" || source.startsWith("#") || isSettings(source)) continue;
    const verb = VERBS.find((each) => source.startsWith(each));
    if (verb === undefined) throw new Error(`line ${at + 1} makes no sense: ${source}`);
    steps.push({ line: at + 1, source, verb, rest: source.slice(verb.length).replace(/^ /, "") });
  }
  return steps;
}

function isSettings(line: string): boolean {
  return line.startsWith("with ");
}

/**
 * Whether a reply line fits a pattern, and the words its `{names}` stand for; `*` is any text.
 * `undefined` when it does not fit.
 */
export function fitLine(pattern: string, line: string): Record<string, string> | undefined {
  const source = pattern.replace(/[\\^$.|?+()[\]{}]/g, "\\$&")
    .replaceAll("*", ".*?")
    .replace(/\\\{([a-z]+)\\\}/g, "(?<$1>[^\\s|,()]+)");
  return new RegExp(`^${source}$`, "s").exec(line)?.groups ??
    (new RegExp(`^${source}$`, "s").test(line) ? {} : undefined);
}
