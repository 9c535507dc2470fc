// How a file presents itself: its name, its first line, its length, and the doc comments of what it exports.

import { layerOf, placeOf } from "./source_place.ts";

const LIMIT_LINES = 300;
const TEST_LIMIT_LINES = 400;
const NAMES_THAT_SAY_NOTHING = /(^|_)(utils?|helpers?|managers?|base|misc|common)(_|\.|$)/;
const FILE_NAME = /^[a-z0-9]+(_[a-z0-9]+)*(\.d)?\.ts$/;

/** The rules about a file's shape. */
export const layoutRules: Record<string, Deno.lint.Rule> = {
  "first-line-says-why": {
    create: (context) => ({
      Program(node) {
        if (/^\/\/ \S/.test(context.sourceCode.text)) return;
        context.report({
          node,
          message: "The first line must be a `// ` comment that names the file's responsibility.",
        });
      },
    }),
  },
  "files-are-short": {
    create: (context) => ({
      Program(node) {
        const limit = layerOf(placeOf(context.filename)) === "tests"
          ? TEST_LIMIT_LINES
          : LIMIT_LINES;
        const lines = context.sourceCode.text.trimEnd().split("\n").length;
        if (lines <= limit) return;
        context.report({
          node,
          message: `The file has ${lines} lines; ${limit} are allowed.`,
          hint: "Find the second responsibility in it and give that a file and a name.",
        });
      },
    }),
  },
  "names-say-the-role": {
    create: (context) => ({
      Program(node) {
        const name = placeOf(context.filename).split("/").at(-1) ?? "";
        if (FILE_NAME.test(name) && !NAMES_THAT_SAY_NOTHING.test(name)) return;
        context.report({
          node,
          message: `"${name}" must be snake_case and name a role, not "utils" or "manager".`,
        });
      },
    }),
  },
  "exports-are-documented": {
    create: (context) => {
      if (layerOf(placeOf(context.filename)) === "tests") return {};
      const declaration = (node: Deno.lint.ExportNamedDeclaration) => {
        if (node.declaration === null) return;
        if (overloadBefore(node, context)) return;
        const comments = context.sourceCode.getCommentsBefore(node);
        if (comments.some(isDocComment)) return;
        context.report({ node, message: "An exported declaration needs a doc comment." });
      };
      return { ExportNamedDeclaration: declaration };
    },
  },
};

function isDocComment(comment: Deno.lint.LineComment | Deno.lint.BlockComment): boolean {
  return comment.type === "Block" && comment.value.startsWith("*");
}

/** Whether an earlier overload of the same function carries the comment. */
function overloadBefore(
  node: Deno.lint.ExportNamedDeclaration,
  context: Deno.lint.RuleContext,
): boolean {
  const body = context.sourceCode.ast.body;
  const before = body[body.findIndex((each) => each.range[0] === node.range[0]) - 1];
  return before?.type === "ExportNamedDeclaration" && functionName(before) !== undefined &&
    functionName(before) === functionName(node);
}

function functionName(node: Deno.lint.ExportNamedDeclaration): string | undefined {
  const declared = node.declaration;
  if (declared?.type !== "FunctionDeclaration" && declared?.type !== "TSDeclareFunction") {
    return undefined;
  }
  return declared.id?.name;
}
