// The sentences that stand in source code: every text of two words or more that a person might be shown.

/** A text in a program, with `{}` for what goes into it. */
export interface Sentence {
  readonly text: string;
  /** `NAME:LINE`, for who looks for it. */
  readonly place: string;
  /** The function or class that is given it; empty where none is. */
  readonly givenTo: string;
}

/** Calls whose texts are shown by `--help` only, are a mistake of the program's own, or go to a server. */
const NO_MESSAGE = new Set([
  "addHelpText",
  "argument",
  "command",
  "Argument",
  "description",
  "Error",
  "helpOption",
  "includes",
  "option",
  "Option",
  "optionsGroup",
  "request",
  "requiredOption",
  "send",
  "split",
  "subcommand",
]);

/** Properties that hold what is typed, or a line of `--help`. */
const NO_MESSAGE_EITHER = new Set(["example", "summary", "usage"]);

/** Finds the sentences of a source text. */
export function sentencesIn(path: string, source: string): Sentence[] {
  const found: Sentence[] = [];
  const add = (node: Deno.lint.Node, text: string) => {
    const givenTo = isSentence(text) ? receiverOf(node) : undefined;
    if (givenTo === undefined) return;
    const line = source.slice(0, node.range[0]).split("\n").length;
    found.push({ text, place: `${path}:${line}`, givenTo });
  };
  const create = (): Deno.lint.LintVisitor => ({
    Literal(node) {
      if (typeof node.value === "string") add(node, node.value);
    },
    TemplateLiteral(node) {
      add(node, node.quasis.map(({ cooked }) => cooked).join("{}"));
    },
  });
  Deno.lint.runPlugin({ name: "sentences", rules: { find: { create } } }, path, source);
  return found;
}

/** Two words, one of them in small letters: no verb of the protocol, no name, no options. */
function isSentence(text: string): boolean {
  const words = text.replace(/(?<!\S)--?[a-z][a-z-]*/g, "").match(/\p{L}{2,}/gu) ?? [];
  return /\s/.test(text) && words.length > 1 && words.some((word) => /^\p{Ll}+$/u.test(word));
}

/** The nearest call around a text; `undefined` where it is no message. */
function receiverOf(node: Deno.lint.Node): string | undefined {
  for (let each = parentOf(node); each !== undefined; each = parentOf(each)) {
    if (each.type === "Property" && NO_MESSAGE_EITHER.has(nameOf(each.key))) return undefined;
    if (each.type === "CallExpression" || each.type === "NewExpression") {
      const name = nameOf(each.callee);
      return NO_MESSAGE.has(name) ? undefined : name;
    }
  }
  return "";
}

function parentOf(node: Deno.lint.Node): Deno.lint.Node | undefined {
  return "parent" in node ? node.parent as Deno.lint.Node | null ?? undefined : undefined;
}

function nameOf(node: Deno.lint.Node): string {
  if (node.type === "Identifier") return node.name;
  return node.type === "MemberExpression" ? nameOf(node.property) : "";
}
