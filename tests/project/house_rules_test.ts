// Every house rule refuses what it is there to refuse, and nothing else.

import assert from "node:assert/strict";
import plugin from "../../.ci/lint/house_rules.ts";

const ROOT = new URL("../../", import.meta.url);
const HEADER = "// What this file is for.\n";

/** The ids of the rules that object to `source` at this place of the tree. */
function objections(place: string, source: string): string[] {
  const path = decodeURIComponent(new URL(place, ROOT).pathname);
  return Deno.lint.runPlugin(plugin, path, source).map((diagnostic) => diagnostic.id);
}

interface Case {
  readonly rule: string;
  readonly what: string;
  readonly place: string;
  readonly bad: string;
  /** The same with the mistake mended, or the same source at a place where it is right. */
  readonly good: string | { readonly place: string };
}

const CASES: readonly Case[] = [
  {
    rule: "house/imports-lead-down",
    what: "the server importing from the client",
    place: "server/session.ts",
    bad: `${HEADER}import "../client/client.ts";\n`,
    good: `${HEADER}import "../shared/reply.ts";\n`,
  },
  {
    rule: "house/imports-lead-down",
    what: "the client re-exporting a type of the server",
    place: "client/client.ts",
    bad: `${HEADER}export type { Session } from "../server/session.ts";\n`,
    good: { place: "tests/support/anything.ts" },
  },
  {
    rule: "house/imports-lead-down",
    what: "shared loading main on demand",
    place: "shared/units.ts",
    bad: `${HEADER}await import("../main.ts");\n`,
    good: `${HEADER}await import("./ascii.ts");\n`,
  },
  {
    rule: "house/imports-lead-down",
    what: "the product importing from its tests",
    place: "server/commands/file.ts",
    bad: `${HEADER}import "../../tests/support/peer.ts";\n`,
    good: { place: "bench/report.ts" },
  },
  {
    rule: "house/tls-in-few-files",
    what: "one more file that knows node:tls",
    place: "server/data_channel.ts",
    bad: `${HEADER}import tls from "node:tls";\n`,
    good: { place: "server/server_tls.ts" },
  },
  {
    rule: "house/replies-in-one-place",
    what: "a command that formats its own reply",
    place: "server/commands/access.ts",
    bad: `${HEADER}import { formatReply } from "../../shared/reply.ts";\n`,
    good: `${HEADER}import { reply } from "../../shared/reply.ts";\n`,
  },
  {
    rule: "house/paths-in-one-place",
    what: "a virtual path that no parser has seen",
    place: "server/commands/directory.ts",
    bad: `${HEADER}const path = text as VirtualPath;\n`,
    good: { place: "shared/virtual_path.ts" },
  },
  {
    rule: "house/paths-in-one-place",
    what: "a host path that the jail has not seen",
    place: "server/storage/disk_storage.ts",
    bad: `${HEADER}const path = text as HostPath;\n`,
    good: { place: "server/storage/jailed_path.ts" },
  },
  {
    rule: "house/commands-use-storage",
    what: "a command that opens a file",
    place: "server/commands/transfer.ts",
    bad: `${HEADER}await Deno.open("/etc/passwd");\n`,
    good: { place: "server/storage/disk_storage.ts" },
  },
  {
    rule: "house/commands-use-storage",
    what: "a command that imports node:path",
    place: "server/commands/listing.ts",
    bad: `${HEADER}import { join } from "node:path";\n`,
    good: { place: "server/serve.ts" },
  },
  {
    rule: "house/files-are-short",
    what: "a file of 301 lines",
    place: "server/server.ts",
    bad: HEADER + "void 0;\n".repeat(300),
    good: HEADER + "void 0;\n".repeat(299),
  },
  {
    rule: "house/files-are-short",
    what: "a test of 401 lines",
    place: "tests/server/server_test.ts",
    bad: HEADER + "void 0;\n".repeat(400),
    good: HEADER + "void 0;\n".repeat(399),
  },
  {
    rule: "house/first-line-says-why",
    what: "a file that begins with code",
    place: "shared/facts.ts",
    bad: `import "./entry.ts";\n`,
    good: `${HEADER}import "./entry.ts";\n`,
  },
  {
    rule: "house/names-say-the-role",
    what: "a file called utils",
    place: "shared/path_utils.ts",
    bad: HEADER,
    good: { place: "shared/virtual_path.ts" },
  },
  {
    rule: "house/names-say-the-role",
    what: "a file name in camel case",
    place: "shared/lineReader.ts",
    bad: HEADER,
    good: { place: "shared/line_reader.ts" },
  },
  {
    rule: "house/exports-are-documented",
    what: "an exported function without a doc comment",
    place: "shared/facts.ts",
    bad: `${HEADER}// Not a doc comment.\nexport function f(): void {}\n`,
    good: `${HEADER}/** Does it. */\nexport function f(): void {}\n`,
  },
];

for (const { rule, what, place, bad, good } of CASES) {
  Deno.test(`${rule} refuses ${what}`, () => {
    assert.deepEqual(objections(place, bad), [rule]);
    const mended = typeof good === "string" ? objections(place, good) : objections(good.place, bad);
    assert.deepEqual(mended, []);
  });
}

Deno.test("every house rule has a case that it refuses", () => {
  const refused = new Set(CASES.map(({ rule }) => rule));
  const rules = Object.keys(plugin.rules).map((name) => `${plugin.name}/${name}`);
  assert.deepEqual([...refused].sort(), rules.sort());
});

Deno.test("an overload takes the doc comment of the one above it", () => {
  const source = `${HEADER}/** Says it. */\nexport function f(a: string): void;\n` +
    "export function f(a: number): void;\nexport function f(a: unknown): void {}\n";
  assert.deepEqual(objections("shared/facts.ts", source), []);
});
