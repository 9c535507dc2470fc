// Every conversation in tests/transcripts/client, played by a scripted server against the real client.

import assert from "node:assert/strict";
import { join } from "node:path";
import type { Client, TransferResult } from "../../client/client.ts";
import { connect } from "../../client/connect.ts";
import { NO_FEATURES } from "../../client/features.ts";
import { BARE, type RemoteEntry } from "../../client/remote_entry.ts";
import type { TrustPolicy } from "../../client/trust.ts";
import { Secret } from "../../shared/secret.ts";
import { scriptedServer } from "../support/scripted_server.ts";
import { temporaryDirectory } from "../support/temporary_directory.ts";

const FOLDER = new URL("../transcripts/client/", import.meta.url);

/** A transcript: its name, what the client does with which outcome, and the server's script. */
interface Transcript {
  readonly name: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly actions: readonly { readonly words: readonly string[]; readonly outcome: string }[];
  readonly script: readonly string[];
}

/** Believes the first certificate it sees, like a person who says yes. */
const BELIEVING: TrustPolicy = {
  kind: "known",
  memory: { recall: () => Promise.resolve(undefined), remember: () => Promise.resolve() },
  ask: () => Promise.resolve(true),
};

/** What a login looks like where it is not the point; features from `with features=A,B`. */
function loginScript(features: string): string[] {
  return [
    "S: 220 ready",
    "C: USER u",
    "S: 331 password",
    "C: PASS p",
    "S: 230 in",
    "C: FEAT",
    "S: 211-Features",
    ...features.split(",").map((feature) => `S:  ${feature.replaceAll("_", " ")}`),
    "S: 211 End",
    "C: TYPE I",
    "S: 200 binary",
  ];
}

function parse(text: string): Transcript {
  const settings: Record<string, string> = {};
  const actions: { words: string[]; outcome: string }[] = [];
  const script: string[] = [];
  const [title = "", ...lines] = text.split("\n");
  for (const line of lines) {
    const [, action, outcome] = /^do (.*) => (.*)$/.exec(line) ?? [];
    if (action !== undefined) actions.push({ words: action.split(" "), outcome: outcome! });
    else if (line.startsWith("with ")) {
      for (const [, name, value] of line.matchAll(/(\w+)=(\S+)/g)) settings[name!] = value!;
    } else if (line === "login") script.push(...loginScript(settings["features"] ?? "SIZE"));
    else if (line !== "" && !line.startsWith("#")) script.push(line);
  }
  return { name: title.replace(/^# /, ""), settings, actions, script };
}

/** Runs one action; answers its outcome in words. */
async function act(client: Client, words: readonly string[], folder: string): Promise<string> {
  const [verb, first = "", ...more] = words;
  const local = join(folder, "local");
  switch (verb) {
    case "login":
      await client.login(first, new Secret(more.join(" ")));
      return "ok";
    case "again": {
      const [password = "", folder] = more;
      const known = { features: NO_FEATURES, ...(folder && { folder }) };
      await client.login(first, new Secret(password), { known });
      return "ok";
    }
    case "both":
      return await overlap([first, ...more], async (word, onHandOver) => {
        // `name=7`: a listing told its size.
        const [name = "", size] = word.split("=");
        const target = { path: join(folder, name) };
        const entry = size === undefined ? {} : { entry: fileOf(name, Number(size)) };
        await client.download(name, target, { preserve: false, onHandOver, ...entry });
        return await Deno.readTextFile(target.path);
      });
    case "putboth":
      return await overlap([first, ...more], async (name, onHandOver) => {
        const source = { path: join(folder, name) };
        await Deno.writeTextFile(source.path, name);
        const options = { existing: "replace", preserve: false, onHandOver } as const;
        return formatResult(await client.upload(source, name, options));
      });
    case "get": {
      await Deno.remove(local).catch(() => {});
      const result = await client.download(first, { path: local }, { preserve: false });
      return `${formatResult(result)} "${shorten(await Deno.readTextFile(local))}"`;
    }
    case "there":
      await Deno.writeTextFile(local, [first, ...more].join(" "));
      return "ok";
    case "fetch":
      return formatResult(await client.download(first, { path: local }, { preserve: false }));
    case "part":
      await Deno.writeTextFile(join(folder, ".local.part"), [first, ...more].join(" "));
      return "ok";
    case "abort": {
      const stop = new AbortController();
      const onProgress = ({ doneBytes }: { doneBytes: number }) => doneBytes > 0 && stop.abort();
      const options = { signal: stop.signal, onProgress, preserve: false };
      await client.download(first, { path: local }, options);
      return "ok";
    }
    case "put": {
      await Deno.writeTextFile(local, contentOf(more.join(" ")));
      return formatResult(await client.upload({ path: local }, first, { preserve: false }));
    }
    case "list": {
      const unknown: string[] = [];
      const names = await Array.fromAsync(
        client.list(first, { onUnknownLine: (line) => unknown.push(line) }),
        (entry) => entry.name,
      );
      return [...names, ...unknown.map((line) => `?${line}`)].join(",");
    }
    case "close":
      await client.close();
      return "ok";
    case "noop":
      await client.noop();
      return "ok";
    case "pwd":
      return await client.workingDirectory();
    case "mkdir":
      await client.createDirectory([first, ...more].join(" ").replaceAll("\\r\\n", "\r\n"));
      return "ok";
    case "quote": {
      const { code, lines } = await client.quote([first, ...more].join(" "));
      return `${code} ${lines.join("|")}`;
    }
    default:
      throw new Error(`no such action: ${verb}`);
  }
}

/** Begins with each when the one before hands the connection over; answers all outcomes. */
async function overlap(
  names: readonly string[],
  transfer: (name: string, onHandOver: () => void) => Promise<string>,
): Promise<string> {
  const outcomes: Promise<string>[] = [];
  for (const name of names) {
    const handedOver = Promise.withResolvers<void>();
    const outcome = transfer(name, handedOver.resolve).catch(describeFailure);
    outcomes.push(outcome);
    await Promise.race([handedOver.promise, outcome]);
  }
  return (await Promise.all(outcomes)).join("; ");
}

function fileOf(name: string, size: number): RemoteEntry {
  const untold = { ...BARE, modifiedMs: undefined, modifiedExactToMs: undefined };
  return { name, type: "file", size, ...untold };
}

function contentOf(words: string): string {
  const count = /^(\d+) bytes$/.exec(words)?.[1];
  return count === undefined ? words : "x".repeat(Number(count));
}

function formatResult({ size, movedBytes, resumedFrom, verified }: TransferResult): string {
  return `${size} bytes, ${movedBytes} moved from ${resumedFrom}, ${verified}`;
}

function shorten(text: string): string {
  return text.length > 40 ? `${text.slice(0, 10)}… ${text.length} characters` : text;
}

function describeFailure(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { reason, kind, why } = error as { reason?: string; kind?: string; why?: string };
  return [error.name, reason ?? kind ?? why, error.message].filter(Boolean).join(" ");
}

const names = [...Deno.readDirSync(FOLDER)].map((entry) => entry.name).sort();

for (const name of names) {
  const transcript = parse(Deno.readTextFileSync(new URL(name, FOLDER)));
  Deno.test(`${transcript.name} (${name})`, async () => {
    await using directory = await temporaryDirectory();
    await using server = scriptedServer(transcript.script);
    const { settings } = transcript;
    const limitMs = Number(settings["limitMs"] ?? 5000);
    let client: Client | undefined;
    for (const { words, outcome } of transcript.actions) {
      let actual: string;
      try {
        if (words[0] === "connect") {
          client = await connect({
            host: "127.0.0.1",
            port: server.port,
            tls: (settings["tls"] ?? "off") as "off",
            trust: settings["trust"] === "ask" ? BELIEVING : { kind: "anything" },
            active: settings["mode"] === "active",
            limits: {
              replyMs: limitMs,
              stalledMs: limitMs,
              dataConnectMs: limitMs,
              keepAliveMs: Number(settings["keepAliveMs"] ?? 60_000),
              listingBytes: Number(settings["listingBytes"] ?? 1_000_000),
              untoldBytes: Number(settings["untoldBytes"] ?? 1_000_000),
            },
          });
          actual = "ok";
        } else {
          actual = await act(client!, words, directory.path);
        }
      } catch (error) {
        if (error instanceof assert.AssertionError) throw error;
        actual = describeFailure(error);
      }
      if (!fits(outcome, actual)) {
        // What the script saw explains more than what the client made of it.
        server[Symbol.asyncDispose]();
        await server.finished;
      }
      assert.ok(
        fits(outcome, actual),
        `${words.join(" ")}: expected "${outcome}", got "${actual}"`,
      );
    }
    await server.finished;
    await client?.close();
  });
}

function fits(pattern: string, text: string): boolean {
  const source = pattern.replace(/[\\^$.|?+()[\]{}]/g, "\\$&").replaceAll("*", ".*");
  return new RegExp(`^${source}$`, "s").test(text);
}
