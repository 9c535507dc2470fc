// Where a linted file stands in the tree, and where its imports lead.

import { dirname, join, relative } from "node:path/posix";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** The part of the tree a file belongs to: its first directory, or `main` for a file at the top. */
export type Layer = "main" | "server" | "client" | "shared" | "tests" | "bench" | "tools";

/** The file's path below the root of the repository, `/`-separated. */
export function placeOf(filename: string): string {
  const path = filename.startsWith("file:") ? fileURLToPath(filename) : filename;
  return relative(ROOT, path.replaceAll("\\", "/"));
}

/** Which layer the file of this place belongs to. */
export function layerOf(place: string): Layer {
  const [first = "", second] = place.split("/");
  if (second === undefined) return "main";
  switch (first) {
    case "server":
    case "client":
    case "shared":
    case "tests":
    case "bench":
      return first;
    default:
      return "tools";
  }
}

/**
 * The place an import leads to.
 *
 * @returns `undefined` for a package or a built-in module.
 */
export function importedPlace(place: string, specifier: string): string | undefined {
  return specifier.startsWith(".") ? join(dirname(place), specifier) : undefined;
}

/** Calls `found` with the specifier of every import and re-export, static or dynamic, types too. */
export function onImports(
  found: (specifier: string, node: Deno.lint.Node) => void,
): Deno.lint.LintVisitor {
  const literal = (source: Deno.lint.Node | null, node: Deno.lint.Node) => {
    if (source?.type === "Literal" && typeof source.value === "string") found(source.value, node);
  };
  return {
    ImportDeclaration: (node) => literal(node.source, node),
    ExportNamedDeclaration: (node) => literal(node.source, node),
    ExportAllDeclaration: (node) => literal(node.source, node),
    ImportExpression: (node) => literal(node.source, node),
  };
}
