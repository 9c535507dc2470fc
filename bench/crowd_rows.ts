// The classic rows about three hundred clients at once: they log in, move a file each, and leave.

import { type Measurement, titled } from "./row.ts";
import { CROWD, CROWD_ROUNDS } from "./scale.ts";
import { moving } from "./transfer_rows.ts";

/** The rows, in the order of the table. */
export const crowdRows: readonly Measurement[] = [
  arrival(false),
  { ...arrival(true), isLong: true },
  crowd("retr"),
  crowd("stor"),
  departure(),
];

/** One after the other: three hundred connections within a moment are more than some let wait. */
function arrival(tls: boolean): Measurement {
  return {
    shows: [{ name: titled(`${CROWD} logins, all stay`, tls), unit: "ms", better: "lower" }],
    tls,
    movesBytes: false,
    freshServers: false,
    roundsLimit: CROWD_ROUNDS,
    async measure({ load }, server) {
      const seen = await load.measure("idle", server, { clients: CROWD });
      return { values: [seen.seconds * 1000], seen };
    },
  };
}

function crowd(mode: "retr" | "stor"): Measurement {
  return moving(
    `${mode.toUpperCase()}, ${CROWD} clients at once`,
    false,
    (stage, server) =>
      stage.load.measure(`crowd-${mode}`, server, {
        path: mode === "retr" ? stage.share : stage.fresh,
        clients: CROWD,
        bytes: stage.scale.shareBytes,
      }, stage.whileOpen),
  );
}

function departure(): Measurement {
  return {
    shows: [{ name: `QUIT of ${CROWD} clients`, unit: "ms", better: "lower" }],
    tls: false,
    movesBytes: false,
    freshServers: false,
    roundsLimit: CROWD_ROUNDS,
    async measure({ load }, server) {
      const seen = await load.measure("quit", server, { clients: CROWD });
      return { values: [seen.seconds * 1000], seen };
    },
  };
}
