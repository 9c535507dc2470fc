// What is measured of clients: one record a row, all against the same vsftpd.

import type { Errand } from "./client_contenders.ts";

const MIB = 1024 * 1024;

/** How much is moved and how often. */
export interface ClientScale {
  /** Of the one large file. */
  readonly fileBytes: number;
  /** Of 4 KiB each. */
  readonly smallFiles: number;
  /** The same, over a long way. */
  readonly farFiles: number;
  /** Counted rounds; one more comes before them, uncounted and verified. */
  readonly rounds: number;
  /** Whether rows that take long are left out. */
  readonly isQuick: boolean;
}

/** The whole measurement. */
export const CLIENTS_FULL: ClientScale = {
  fileBytes: 1024 * MIB,
  smallFiles: 1000,
  farFiles: 100,
  rounds: 5,
  isQuick: false,
};

/** What a developer runs: some ten seconds. A smaller file would show how soon a client starts. */
export const CLIENTS_QUICK: ClientScale = {
  fileBytes: 64 * MIB,
  smallFiles: 200,
  farFiles: 24,
  rounds: 2,
  isQuick: true,
};

/** The long way's round trip, milliseconds. */
export const ROUND_TRIP_MS = 20;

/** What a row has at hand: names at the server, and where its files are here. */
export interface ClientStage {
  /** The one large file, at both ends. */
  readonly large: { readonly remote: string; readonly local: string };
  /** Folders of small files, at both ends. */
  readonly small: Folder;
  readonly far: Folder;
  /** Names that no other turn uses, without a folder; for what arrives. */
  readonly fresh: { readonly remote: string; readonly local: string };
}

/** A folder of files of 4 KiB. */
export interface Folder {
  readonly remote: string;
  readonly local: string;
  readonly names: readonly string[];
}

/** One row of the table. */
export interface ClientRow {
  readonly name: string;
  readonly tls: boolean;
  /** Whether the way to the server is long. */
  readonly isFar: boolean;
  /** Whether `--quick` leaves it out. */
  readonly isLong?: boolean;
  /** What is to be done. */
  errand(stage: ClientStage): Errand;
}

/** Every row, in the order of the table. */
export const CLIENT_ROWS: readonly ClientRow[] = [
  many("get-many", "small", 4),
  many("put-many", "small", 4),
  many("get-many", "far", 8),
  many("put-many", "far", 8),
  ...[false, true].flatMap((tls) => [one("get", tls), one("put", tls)]),
  {
    name: "ls, from start to end",
    tls: false,
    isFar: false,
    errand: ({ far }) => ({ kind: "list", remote: far.remote }),
  },
];

function many(
  kind: "get-many" | "put-many",
  which: "small" | "far",
  connections: number,
): ClientRow {
  const way = which === "far" ? `, ${ROUND_TRIP_MS} ms away` : "";
  return {
    name: `${kind === "get-many" ? "get" : "put"}, files of 4 KiB, -j ${connections}${way}`,
    tls: false,
    isFar: which === "far",
    isLong: which === "far",
    errand(stage) {
      const { names, ...source } = stage[which];
      const ends = kind === "get-many"
        ? { remote: source.remote, local: stage.fresh.local }
        : { remote: stage.fresh.remote, local: source.local };
      return { kind, ...ends, names, connections };
    },
  };
}

function one(kind: "get" | "put", tls: boolean): ClientRow {
  return {
    name: `${kind}, one file${tls ? ", TLS" : ""}`,
    tls,
    isFar: false,
    errand: ({ large, fresh }) =>
      kind === "get"
        ? { kind, remote: large.remote, local: fresh.local }
        : { kind, remote: fresh.remote, local: large.local },
  };
}
