// What a hostile client does, step by step: from a transcript, changed by chance.

import { commandTable } from "../../server/command_table.ts";
import { PASSWORD, USER } from "../support/in_process_server.ts";
import { parseTranscript, type Step } from "../support/transcript.ts";
import type { Random } from "./random.ts";

/** One thing a client does. */
export type Action =
  /** Text as Latin-1: every character is a byte. `{hostport}` and `{port}` are filled in. */
  | { readonly kind: "send"; readonly text: string }
  | {
    readonly kind:
      | "await reply"
      | "start TLS"
      | "data connect"
      | "data listen"
      | "data TLS"
      | "data close"
      | "data reset"
      | "reset"
      | "close";
  }
  | { readonly kind: "data send"; readonly text: string };

const SIMPLE = {
  "S:": "await reply",
  "C close": "close",
  "data connect": "data connect",
  "data listen": "data listen",
  "data tls": "data TLS",
  "data close": "data close",
  "data closed": "await reply",
} as const;

/** The dialogues of a folder of transcripts. */
export function readDialogues(directory: URL): Action[][] {
  const names = [...Deno.readDirSync(directory)].map((entry) => entry.name).toSorted();
  return names.map((name) => {
    const transcript = parseTranscript(Deno.readTextFileSync(new URL(name, directory)));
    return transcript.steps.flatMap(actionsOf);
  }).filter((actions) => actions.length > 0);
}

function actionsOf({ verb, rest }: Step): Action[] {
  const simple = SIMPLE[verb as keyof typeof SIMPLE];
  if (simple !== undefined) return [{ kind: simple }];
  switch (verb) {
    case "C:":
      return [line(latin1(rest))];
    case "C bytes:":
      return [{ kind: "send", text: JSON.parse(rest) }];
    case "login":
      return [
        line(`USER ${rest || USER}`),
        line(`PASS ${PASSWORD}`),
        { kind: "await reply" },
        { kind: "await reply" },
      ];
    case "tls":
      return [{ kind: "await reply" }, { kind: "start TLS" }];
    case "data send":
      return /^"/.test(rest) ? [{ kind: "data send", text: JSON.parse(rest) }] : [];
    default:
      return [];
  }
}

/** UTF-8, a character a byte. */
function latin1(text: string): string {
  return String.fromCharCode(...new TextEncoder().encode(text));
}

function line(text: string): Action {
  return { kind: "send", text: `${text}\r\n` };
}

const VERBS = commandTable().rows.flatMap((row) => [row.verb, ...row.aliases ?? []]);

/** Arguments that broke some server once, or could. */
const ARGUMENTS = [
  "",
  "/",
  "..",
  "../../../../../../etc/passwd",
  "a/../../b",
  "out/secret",
  "out",
  "loop",
  "file",
  "folder",
  "new",
  ".ftp/accounts.db",
  "../.ftp/accounts.db",
  "-la",
  "-R /",
  "*",
  "[",
  "[[[[[[]",
  "*a*a*a*a*a*a*a*a*b",
  "~root",
  "{a,b,c,d}{a,b,c,d}",
  "a\u0000b",
  "a\rb",
  "\u00ff\u00fe",
  "\u00c3",
  "\u00e2\u0080\u00ae",
  " ",
  "  file  ",
  '"quoted""name',
  "CON",
  "C:\\",
  "x".repeat(256),
  "d/".repeat(500),
  "0",
  "-1",
  "1e9",
  "18446744073709551616",
  "9007199254740993",
  "20261121160649 file",
  "99999999999999 file",
  "{hostport}",
  "127,0,0,1,0,22",
  "127,0,0,2,200,1",
  "999,0,0,1,4,1",
  "|1|127.0.0.1|{port}|",
  "|2|::1|{port}|",
  "|1|127.0.0.1|99999|",
  "|||||",
  "ALL",
  "TLS",
  "SHA-256",
  "Type;Size;Bogus;",
  "ON",
  "Z LEVEL 99",
  "C",
  "P",
  "E",
  "A T",
  "L 36",
  "777 file",
];

const NOISE = [
  "\u00ff\u00f4\u00ff\u00f2",
  "\u00ff\u00fa\u0001",
  "\u00ff",
  "\u0000",
  "\n",
  "\r",
  "\r\r\n",
  "\u0016\u0003\u0001\u0002\u0000",
  "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
  "A".repeat(9000),
];

const INSERTED: readonly Action[] = [
  { kind: "data connect" },
  { kind: "data connect" },
  { kind: "data listen" },
  { kind: "data TLS" },
  { kind: "data close" },
  { kind: "data reset" },
  { kind: "data send", text: "some bytes" },
  { kind: "start TLS" },
  { kind: "await reply" },
  { kind: "await reply" },
  { kind: "close" },
  { kind: "reset" },
];

/** A dialogue with something else in it, every time. */
export function mutate(
  dialogues: readonly (readonly Action[])[],
  random: Random,
): readonly Action[] {
  let actions = [...random.pick(dialogues)];
  if (random.chance(0.3)) actions = underTls(actions);
  if (random.chance(0.2)) actions = [...actions, ...random.pick(dialogues)];
  const changes = random.below(8);
  for (let change = 0; change < changes; change++) {
    const at = random.below(actions.length + 1);
    const count = random.below(3);
    switch (random.below(5)) {
      case 0:
        actions.splice(at, count);
        break;
      case 1:
        actions.splice(at, 0, ...actions.slice(at, at + count));
        break;
      case 2:
        actions.splice(at, 0, line(command(random)));
        break;
      case 3:
        actions.splice(at, 0, random.pick(INSERTED));
        break;
      default:
        if (actions.length > 0) {
          const where = random.below(actions.length);
          actions[where] = changed(actions[where] ?? line(""), random);
        }
    }
  }
  return actions;
}

/** The same over TLS, data connections included. */
function underTls(actions: readonly Action[]): Action[] {
  return [
    line("AUTH TLS"),
    { kind: "await reply" },
    { kind: "await reply" },
    { kind: "start TLS" },
    line("PBSZ 0"),
    line("PROT P"),
    { kind: "await reply" },
    { kind: "await reply" },
    ...actions.flatMap((action): Action[] =>
      // The handshake of a data connection begins after the 150.
      action.kind === "data send" ? [{ kind: "data TLS" }, action] : [action]
    ),
  ];
}

function command(random: Random): string {
  return `${random.pick(VERBS)} ${random.pick(ARGUMENTS)}`;
}

function changed(action: Action, random: Random): Action {
  if (action.kind !== "send" && action.kind !== "data send") return action;
  const { kind, text } = action;
  const at = random.below(text.length + 1);
  switch (random.below(5)) {
    case 0:
      return { kind, text: text.slice(0, at) };
    case 1:
      return { kind, text: text.slice(0, at) + random.pick(NOISE) + text.slice(at) };
    case 2:
      return {
        kind,
        text: text.slice(0, at) + String.fromCharCode(random.below(256)) + text.slice(at + 1),
      };
    case 3:
      return { kind, text: text.replace(/ .*/s, ` ${random.pick(ARGUMENTS)}\r\n`) };
    default:
      return { kind, text: text.repeat(1 + random.below(20)) };
  }
}

/** The dialogue as people read it, to be made a transcript of. */
export function shown(actions: readonly Action[]): string {
  return actions.map((action) =>
    "text" in action ? `${action.kind} ${JSON.stringify(action.text)}` : action.kind
  ).join("\n");
}
