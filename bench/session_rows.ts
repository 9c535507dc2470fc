// The rows about conversations: listings of a large directory, logins, and how soon a NOOP is answered.

import { type Measurement, titled } from "./row.ts";

/** The rows about listings, in the order of the table. */
export const listingRows: readonly Measurement[] = [
  listing("LIST"),
  { ...listing("MLSD"), isLong: true },
  { ...listing("NLST"), isLong: true },
];

/** The rows about sessions, in the order of the table. */
export const sessionRows: readonly Measurement[] = [
  logins(false),
  { ...logins(true), isLong: true },
  ping(1, false),
  { ...ping(1, true), isLong: true },
  { ...ping(8, false), isLong: true },
];

function listing(verb: string): Measurement {
  return {
    shows: ["first line", "all"].map((part) => ({
      name: `${verb} of a large directory, ${part}`,
      unit: "ms",
      better: "lower",
    })),
    tls: false,
    movesBytes: false,
    freshServers: false,
    async measure({ load, scale, crowded }, server) {
      const seen = await load.measure("list", server, { verb, path: crowded, count: scale.names });
      return { values: [seen.firstMs, seen.seconds * 1000], seen };
    },
  };
}

function logins(tls: boolean): Measurement {
  return {
    shows: [{ name: titled("logins, 4 at once", tls), unit: "logins/s", better: "higher" }],
    tls,
    movesBytes: false,
    freshServers: false,
    async measure({ load, scale }, server) {
      const clients = 4;
      const count = Math.ceil(scale.logins / clients);
      const seen = await load.measure("login", server, { clients, count });
      return { values: [seen.items / seen.seconds], seen };
    },
  };
}

function ping(clients: number, tls: boolean): Measurement {
  const beside = clients === 1 ? "a download" : `${clients} downloads`;
  return {
    shows: [{ name: titled(`NOOP p99 beside ${beside}`, tls), unit: "ms", better: "lower" }],
    tls,
    movesBytes: false,
    freshServers: false,
    async measure({ load, scale, large }, server) {
      const seen = await load.measure("ping", server, {
        clients,
        seconds: scale.pingSeconds,
        path: large,
        bytes: scale.fileBytes,
      });
      return { values: [seen.p99Ms], seen };
    },
  };
}
