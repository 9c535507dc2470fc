// A server under clients that follow no rules: what must be true all the while, and afterwards.

import { join } from "node:path";
import { type Counts, EventCounts } from "../../server/metrics/event_counts.ts";
import { ANONYMOUS_DIRECTORY } from "../../server/data_directory.ts";
import type { ServerSettings } from "../../server/settings.ts";
import type { Log, LogFields, LogLevel } from "../../shared/log.ts";
import { ControlLine } from "../support/control_line.ts";
import { CONTENT, useFeature } from "../support/feature_uses.ts";
import { InProcessServer, PASSWORD, USER } from "../support/in_process_server.ts";
import { temporaryDirectory } from "../support/temporary_directory.ts";
import { DescriptorWatch } from "./descriptor_watch.ts";
import { type Action, mutate, readDialogues, shown } from "./dialogue.ts";
import { HostileClient } from "./hostile_client.ts";
import { prepareOutside, SECRET } from "./outside.ts";
import { Random } from "./random.ts";

/** How much of it. */
export interface FuzzOptions {
  readonly seed: number;
  readonly seconds: number;
}

/** What came of it. */
export interface FuzzResult {
  /** What the server's log counted, to show how deep the clients got. */
  readonly counts: Counts;
  /** What should not have happened, each with what was going on. */
  readonly findings: readonly string[];
}

const DIALOGUES = new URL("../transcripts/server/", import.meta.url);
/** So many clients at once. */
const LANES = 6;
/** What may change in HOME, besides the folders of those who register. */
const HOME_NAMES = [USER, ANONYMOUS_DIRECTORY, ".ftp"];
/** More findings than these are the same few again. */
const FINDINGS_LIMIT = 10;

/** Lets chance play clients for so long. Ends early when there are enough findings. */
export async function fuzz({ seed, seconds }: FuzzOptions): Promise<FuzzResult> {
  const findings: string[] = [];
  const find = (what: string) => {
    if (findings.length < FINDINGS_LIMIT) findings.push(what);
  };
  using _ = unhandledRejections(find);
  const events = new EventCounts();
  // Two ways to speak TLS on data connections: seeds take turns.
  const tlsReuse = seed % 2 === 0 ? "off" : "prefer";
  const log = new BugLog(find);
  // Nobody else makes anything there.
  await using parent = await temporaryDirectory();
  await using server = await startServer(events.watching(log), tlsReuse, parent.path);
  await using outside = await prepareOutside({
    parent: parent.path,
    home: server.home,
    root: server.root,
    isLetIn: (name) => HOME_NAMES.includes(name) || log.registered.has(name),
  });
  const before = outside.state();
  await answers(server.port);
  // What a thread opens for its first data connection under TLS it keeps.
  await Deno.writeTextFile(join(server.root, "file"), CONTENT);
  await useFeature("PROT", server);
  const descriptors = await DescriptorWatch.start();

  const lanes = Array.from({ length: LANES }, (_, lane) => new Lane(server, lane, seed, find));
  const endMs = performance.now() + seconds * 1000;
  await Promise.all(lanes.map((lane) => lane.play(endMs, () => findings.length > 0)));

  await answers(server.port).catch((error) => find(`the server does not answer: ${error}`));
  await descriptors.settled().catch((error) => find(String(error)));
  if (outside.state() !== before) {
    find(`what no session may change has changed:\n${before}\nis now\n${outside.state()}`);
  }
  return { counts: events.counts, findings };
}

/** One client after the other. */
class Lane {
  readonly #server: InProcessServer;
  readonly #random: Random;
  readonly #find: (what: string) => void;
  readonly #dialogues = readDialogues(DIALOGUES);

  constructor(server: InProcessServer, lane: number, seed: number, find: (what: string) => void) {
    this.#server = server;
    this.#random = new Random(seed * LANES + lane);
    this.#find = find;
  }

  async play(endMs: number, isOver: () => boolean): Promise<void> {
    while (performance.now() < endMs && !isOver()) {
      const actions = mutate(this.#dialogues, this.#random);
      await HostileClient.play(actions, {
        port: this.#server.port,
        // Another address each time: answers to those that failed before come ever later.
        from: `127.${this.#random.below(250)}.${this.#random.below(250)}.7`,
        onReceived: (bytes, channel) => this.#look(bytes, channel, actions),
      }, this.#random);
    }
  }

  #look(bytes: Uint8Array, channel: "control" | "data", actions: readonly Action[]): void {
    const text = new TextDecoder("latin1").decode(bytes);
    if (text.includes(SECRET)) this.#find(`a session read outside of its root:\n${shown(actions)}`);
    if (text.includes("SQLite format 3")) this.#find(`a session read accounts:\n${shown(actions)}`);
    if (channel === "control" && text.includes(this.#server.home)) {
      this.#find(`a reply tells a path of the host: ${text}\n${shown(actions)}`);
    }
  }
}

function startServer(
  log: Log,
  tlsReuse: ServerSettings["tlsReuse"],
  homeParent: string,
): Promise<InProcessServer> {
  return InProcessServer.start({
    homeParent,
    settings: {
      tlsReuse,
      anonymous: "write",
      registration: "open",
      registrationsPerHour: 1000,
      // Nobody is to be kept out: whoever is banned finds nothing.
      loginFailures: 1000,
      idleTimeoutMs: 2000,
      loginTimeoutMs: 3000,
      tlsHandshakeTimeoutMs: 1000,
      dataConnectTimeoutMs: 500,
      stallTimeoutMs: 1000,
    },
    services: (usual) => ({ ...usual, log }),
  });
}

/** A log that only listens for what is a mistake of ours, and for who registers. */
class BugLog implements Log {
  /** Names of accounts that sessions made. */
  readonly registered = new Set<string>();

  constructor(private readonly find: (what: string) => void) {}

  write(level: LogLevel, event: string, fields: LogFields = {}): void {
    if (event === "registered") this.registered.add(String(fields["user"]));
    if (level === "error") this.find(`${event}: ${JSON.stringify(fields)}`);
  }

  with(): Log {
    return this;
  }
}

/** A client that keeps the rules is served. */
async function answers(port: number): Promise<void> {
  using peer = await ControlLine.open(port);
  await peer.say(`USER ${USER}`, 331);
  await peer.say(`PASS ${PASSWORD}`, 230);
  await peer.say("MLST /", 250);
  await peer.say("QUIT", 221);
}

function unhandledRejections(find: (what: string) => void): Disposable {
  const onRejection = (event: PromiseRejectionEvent) => {
    event.preventDefault();
    find(`nobody handled: ${event.reason?.stack ?? event.reason}`);
  };
  globalThis.addEventListener("unhandledrejection", onRejection);
  return {
    [Symbol.dispose]: () => globalThis.removeEventListener("unhandledrejection", onRejection),
  };
}
