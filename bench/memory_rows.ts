// The rows about memory: at rest, with idle sessions and after them, with many transfers, and in a long listing.

import { OURS } from "./contenders.ts";
import { peakMemory, settledMemory } from "./memory_watch.ts";
import { type Measurement, type Shown, titled } from "./row.ts";
import { CROWD } from "./scale.ts";

const KIB = 1024;
const MIB = 1024 * KIB;
/** Contenders without a process for each session: thousands of those would measure the kernel. */
const WITHOUT_PROCESSES = [OURS, "pyftpdlib"];
const AT_ONCE = 1000;

/** What a plain and a TLS session may take, KiB. */
const SESSION_GOAL_KIB = { plain: 40, tls: 100 };
/** With two workers, which is what two cores have. */
const BASE_GOAL_MIB = 120;
const TRANSFERS_GOAL_MIB = 1024;

/** What all of them have in common; memory that has settled is the same in every round. */
const MEMORY = { movesBytes: false, freshServers: true, roundsLimit: 1 } as const;

/** The rows, in the order of the table. */
export const memoryRows: readonly Measurement[] = [
  { ...atRest(), isLong: true },
  // What a session may take is a goal of ours, whatever it takes others.
  { ...idle(CROWD, false), onlyInQuick: [OURS] },
  { ...idle(CROWD, true), isLong: true },
  ...[5_000, 10_000].flatMap((clients) =>
    [false, true].map((tls) => ({
      ...idle(clients, tls),
      only: WITHOUT_PROCESSES,
      isLong: true,
    }))
  ),
  transfers("retr"),
  transfers("stor"),
  { ...whileListing(), isLong: true },
];

function mebibytes(name: string, goal?: number): Shown {
  return {
    name,
    unit: "MiB",
    better: "lower",
    ...(goal === undefined ? {} : { goal: { of: "value", at: goal } }),
  };
}

function atRest(): Measurement {
  return {
    ...MEMORY,
    shows: [mebibytes("memory, nobody there", BASE_GOAL_MIB)],
    tls: false,
    async measure({ load }, server) {
      const seen = await load.measure("login", server, {});
      return { values: [await settledMemory(server.pid) / MIB], seen };
    },
  };
}

function idle(clients: number, tls: boolean): Measurement {
  const goal = tls ? SESSION_GOAL_KIB.tls : SESSION_GOAL_KIB.plain;
  return {
    ...MEMORY,
    shows: [
      mebibytes(titled(`memory, ${clients} idle sessions`, tls)),
      {
        name: titled(`memory of each of ${clients} idle sessions`, tls),
        unit: "KiB",
        better: "lower",
        goal: { of: "value", at: goal },
      },
      mebibytes(titled(`memory, ${clients} idle sessions have left`, tls)),
    ],
    tls,
    async measure({ load }, server) {
      // The first login opens what every later one finds open.
      await load.measure("login", server, {});
      const before = await settledMemory(server.pid);
      let during = before;
      const seen = await load.measure("idle", server, { clients }, async () => {
        during = await settledMemory(server.pid);
      });
      const after = await settledMemory(server.pid);
      return { values: [during / MIB, (during - before) / KIB / clients, after / MIB], seen };
    },
  };
}

function transfers(mode: "retr" | "stor"): Measurement {
  return {
    ...MEMORY,
    shows: [
      mebibytes(`memory, ${AT_ONCE} at once ${mode.toUpperCase()}, at most`, TRANSFERS_GOAL_MIB),
    ],
    tls: false,
    only: WITHOUT_PROCESSES,
    isLong: true,
    async measure({ load, scale, share, fresh }, server) {
      const { result, peakBytes } = await peakMemory(
        server.pid,
        () =>
          load.measure(`crowd-${mode}`, server, {
            path: mode === "retr" ? share : fresh,
            clients: AT_ONCE,
            bytes: scale.shareBytes,
          }),
      );
      return { values: [peakBytes / MIB], seen: result };
    },
  };
}

function whileListing(): Measurement {
  return {
    ...MEMORY,
    shows: [mebibytes("memory that LIST of a large directory adds, at most")],
    tls: false,
    async measure({ load, scale, crowded }, server) {
      await load.measure("login", server, {});
      const before = await settledMemory(server.pid);
      const { result, peakBytes } = await peakMemory(
        server.pid,
        () => load.measure("list", server, { verb: "LIST", path: crowded, count: scale.names }),
      );
      return { values: [Math.max(0, peakBytes - before) / MIB], seen: result };
    },
  };
}
