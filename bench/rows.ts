// What is measured: one record a row of the table.

import type { Contender, Target } from "./contenders.ts";
import type { LoadGenerator, Measured } from "./load_generator.ts";
import { memoryBytes } from "./process_cost.ts";

const MIB = 1024 * 1024;

/** How much is moved and how often. */
export interface Scale {
  /** Of the one large file. */
  readonly fileBytes: number;
  /** Counted rounds; one more comes before them, uncounted and verified. */
  readonly rounds: number;
  readonly smallFiles: number;
  /** In the one large directory. */
  readonly names: number;
  readonly logins: number;
  readonly pingSeconds: number;
  readonly idleSessions: number;
}

/** The whole measurement. */
export const FULL: Scale = {
  fileBytes: 1024 * MIB,
  rounds: 5,
  smallFiles: 1000,
  names: 100_000,
  logins: 500,
  pingSeconds: 5,
  idleSessions: 300,
};

/** What a developer runs: about a minute. */
export const QUICK: Scale = {
  fileBytes: 256 * MIB,
  rounds: 3,
  smallFiles: 200,
  names: 20_000,
  logins: 100,
  pingSeconds: 1,
  idleSessions: 100,
};

/** What a row has at hand. */
export interface Stage {
  readonly load: LoadGenerator;
  readonly scale: Scale;
  readonly contender: Contender;
  /** The large file, one of an eighth of it, and one of 4 KiB, as the contender names them. */
  readonly large: string;
  readonly eighth: string;
  readonly small: string;
  /** The large directory. */
  readonly crowded: string;
  /** A name that no other round uses; what is stored there is removed afterwards. */
  readonly fresh: string;
  /** The uncounted round: every byte is compared. */
  readonly verify: boolean;
  /** To be called while the sessions are still open: some servers forget what a session cost. */
  readonly whileOpen: () => Promise<void>;
}

/** One row of the table. */
export interface Row {
  readonly name: string;
  readonly unit: string;
  readonly better: "higher" | "lower";
  /** Which of the contender's targets it uses. */
  readonly tls: boolean;
  /** Whether CPU time per GiB is worth a column. */
  readonly movesBytes: boolean;
  /** Whether it asks for servers that have done nothing before: memory once taken is kept. */
  readonly freshServers: boolean;
  /** The value in the row's unit, and what the generator saw. */
  measure(stage: Stage, target: Target): Promise<{ value: number; seen: Measured }>;
}

const SMALL_BYTES = 4096;

/** Every row, in the order of the table. */
export const ROWS: readonly Row[] = [
  ...[false, true].flatMap((tls) => [
    download("RETR, one file", tls, ({ scale }) => ({ bytes: scale.fileBytes })),
    upload("STOR, one file", tls, ({ scale }) => ({ bytes: scale.fileBytes })),
  ]),
  download("RETR, 8 at once", false, ({ scale, eighth }) => ({
    path: eighth,
    bytes: scale.fileBytes / 8,
    clients: 8,
  })),
  files("retr", false),
  files("stor", false),
  files("retr", true),
  files("stor", true),
  listing("LIST", "first line"),
  listing("LIST", "all"),
  listing("NLST", "all"),
  logins(false),
  logins(true),
  ping(false),
  ping(true),
  idleMemory(false),
  idleMemory(true),
];

type Amount = (stage: Stage) => { bytes: number; clients?: number; path?: string };

function download(name: string, tls: boolean, amount: Amount): Row {
  return transfer(name, tls, (stage, target) =>
    stage.load.measure("retr", target, {
      path: stage.large,
      verify: stage.verify ? 1 : 0,
      ...amount(stage),
    }, stage.whileOpen));
}

function upload(name: string, tls: boolean, amount: Amount): Row {
  return transfer(name, tls, (stage, target) =>
    stage.load.measure(
      "stor",
      target,
      { path: stage.fresh, ...amount(stage) },
      stage.whileOpen,
    ));
}

function transfer(
  name: string,
  tls: boolean,
  run: (stage: Stage, target: Target) => Promise<Measured>,
): Row {
  return {
    name: titled(name, tls),
    unit: "MiB/s",
    better: "higher",
    tls,
    movesBytes: true,
    freshServers: false,
    async measure(stage, target) {
      const seen = await run(stage, target);
      return { value: seen.bytes / MIB / seen.seconds, seen };
    },
  };
}

function files(mode: "retr" | "stor", tls: boolean): Row {
  return {
    name: titled(`${mode.toUpperCase()}, files of 4 KiB`, tls),
    unit: "files/s",
    better: "higher",
    tls,
    movesBytes: false,
    freshServers: false,
    async measure(stage, target) {
      const seen = await stage.load.measure(mode, target, {
        path: mode === "retr" ? stage.small : stage.fresh,
        bytes: SMALL_BYTES,
        count: stage.scale.smallFiles,
      });
      return { value: seen.items / seen.seconds, seen };
    },
  };
}

function listing(verb: string, part: "first line" | "all"): Row {
  return {
    name: `${verb} of a large directory, ${part}`,
    unit: "ms",
    better: "lower",
    tls: false,
    movesBytes: false,
    freshServers: false,
    async measure({ load, scale, crowded }, target) {
      const seen = await load.measure("list", target, { verb, path: crowded, count: scale.names });
      return { value: part === "all" ? seen.seconds * 1000 : seen.firstMs, seen };
    },
  };
}

function logins(tls: boolean): Row {
  return {
    name: titled("logins, 4 at once", tls),
    unit: "logins/s",
    better: "higher",
    tls,
    movesBytes: false,
    freshServers: false,
    async measure(stage, target) {
      const clients = 4;
      const count = Math.ceil(stage.scale.logins / clients);
      const seen = await stage.load.measure("login", target, { clients, count });
      return { value: seen.items / seen.seconds, seen };
    },
  };
}

function ping(tls: boolean): Row {
  return {
    name: titled("NOOP p99 beside a download", tls),
    unit: "ms",
    better: "lower",
    tls,
    movesBytes: false,
    freshServers: false,
    async measure(stage, target) {
      const seen = await stage.load.measure("ping", target, {
        clients: 1,
        seconds: stage.scale.pingSeconds,
        path: stage.large,
        bytes: stage.scale.fileBytes,
      });
      return { value: seen.p99Ms, seen };
    },
  };
}

function idleMemory(tls: boolean): Row {
  return {
    name: titled("memory of an idle session", tls),
    unit: "KiB",
    better: "lower",
    tls,
    movesBytes: false,
    freshServers: true,
    async measure(stage, target) {
      const { contender: { pids }, scale: { idleSessions: clients } } = stage;
      const before = await memoryBytes(pids);
      let during = before;
      const seen = await stage.load.measure("idle", target, { clients }, async () => {
        during = await memoryBytes(pids);
      });
      return { value: (during - before) / 1024 / clients, seen };
    },
  };
}

function titled(name: string, tls: boolean): string {
  return tls ? `${name}, TLS` : name;
}
