// The classic rows about three hundred clients at once: they log in, move a file each, and leave.

import { type Measurement, titled } from "./row.ts";
import { CROWD } from "./scale.ts";
import { BEGINS_WITH_A_CROWD, moving } from "./transfer_rows.ts";

/** The rows, in the order of the table. */
export const crowdRows: readonly Measurement[] = [
  arrival(false),
  arrival(true),
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
    ...BEGINS_WITH_A_CROWD,
    async measure({ load }, server) {
      const seen = await load.measure("idle", server, { clients: CROWD });
      return { values: [seen.seconds * 1000], seen };
    },
  };
}

function crowd(mode: "retr" | "stor"): Measurement {
  const name = `${mode.toUpperCase()}, ${CROWD} clients at once`;
  const measurement = moving(
    name,
    false,
    ({ load, share, fresh, scale, whileOpen }, server) =>
      load.measure(`crowd-${mode}`, server, {
        path: mode === "retr" ? share : fresh,
        clients: CROWD,
        bytes: scale.shareBytes,
      }, whileOpen),
  );
  return { ...measurement, ...BEGINS_WITH_A_CROWD };
}

function departure(): Measurement {
  return {
    shows: [{ name: `QUIT of ${CROWD} clients`, unit: "ms", better: "lower" }],
    tls: false,
    movesBytes: false,
    freshServers: false,
    ...BEGINS_WITH_A_CROWD,
    async measure({ load }, server) {
      const seen = await load.measure("quit", server, { clients: CROWD });
      return { values: [seen.seconds * 1000], seen };
    },
  };
}
