// What only certain files may do: speak TLS, touch the disk, make paths, write replies, start processes.

import { layerOf, onImports, placeOf } from "./source_place.ts";

const TLS_FILES = ["server/server_tls.ts", "server/resuming_listener.ts", "client/client_tls.ts"];
const REPLY_WRITERS = ["server/control_channel.ts", "server/turn_away.ts", "shared/reply.ts"];

/** The one file that may assert that a text has this branded type. */
const BRAND_MAKERS: Readonly<Record<string, string>> = {
  VirtualPath: "shared/virtual_path.ts",
  HostPath: "server/storage/jailed_path.ts",
};

/** Modules that turn names into the host's files: a command has no business with them. */
const HOST_MODULES = /^node:(fs|path|sqlite|child_process)(\/|$)/;

/** Members of `Deno` that open, change or look at the host's files, or start programs. */
const HOST_CALLS = new Set(
  ("open create stat lstat readFile readTextFile writeFile writeTextFile readDir mkdir remove rename " +
    "copyFile chmod chown utime symlink link readLink realPath truncate watchFs makeTempDir " +
    "makeTempFile Command").split(" ").flatMap((name) => [name, `${name}Sync`]),
);

/** The rules about privileges. */
export const privilegeRules: Record<string, Deno.lint.Rule> = {
  "tls-in-few-files": {
    create(context) {
      const place = placeOf(context.filename);
      if (isUnbound(place) || TLS_FILES.includes(place)) return {};
      return onImports((specifier, node) => {
        if (specifier !== "node:tls" && specifier !== "node:https") return;
        context.report({ node, message: `Only ${TLS_FILES.join(", ")} may use node:tls.` });
      });
    },
  },
  "replies-in-one-place": {
    create(context) {
      const place = placeOf(context.filename);
      if (layerOf(place) !== "server" || REPLY_WRITERS.includes(place)) return {};
      return {
        ImportSpecifier(node) {
          if (node.imported.type !== "Identifier" || node.imported.name !== "formatReply") return;
          context.report({
            node,
            message: "Only server/control_channel.ts writes replies: return one instead.",
          });
        },
      };
    },
  },
  "paths-in-one-place": {
    create(context) {
      const place = placeOf(context.filename);
      if (isUnbound(place)) return {};
      return {
        TSAsExpression(node) {
          if (node.typeAnnotation.type !== "TSTypeReference") return;
          const brand = context.sourceCode.getText(node.typeAnnotation);
          const maker = BRAND_MAKERS[brand];
          if (maker === undefined || maker === place) return;
          context.report({ node, message: `Only ${maker} makes a ${brand}.` });
        },
      };
    },
  },
  "commands-use-storage": {
    create(context) {
      const place = placeOf(context.filename);
      if (!place.startsWith("server/commands/")) return {};
      const report = (node: Deno.lint.Node) =>
        context.report({
          node,
          message: "A command reaches files through session.storage only.",
          hint: "SECURITY: server/storage/jailed_path.ts is the only way from a path to the disk.",
        });
      return {
        ...onImports((specifier, node) => HOST_MODULES.test(specifier) && report(node)),
        MemberExpression(node) {
          const { object, property } = node;
          if (object.type !== "Identifier" || object.name !== "Deno") return;
          if (property.type === "Identifier" && HOST_CALLS.has(property.name)) report(node);
        },
      };
    },
  },
};

/** Tests, benchmarks and tools are not part of the product. */
function isUnbound(place: string): boolean {
  return ["tests", "bench", "tools"].includes(layerOf(place));
}
