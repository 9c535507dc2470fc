// The rows about moving files: one large file, eight at once, with an idle crowd beside, and many small files.

import type { Served } from "./contenders.ts";
import type { Measured, Words } from "./load_generator.ts";
import { type Measurement, type Stage, titled } from "./row.ts";
import { CROWD } from "./scale.ts";

const MIB = 1024 * 1024;
const SMALL_BYTES = 4096;
const BESIDE = `, ${CROWD} idle clients beside`;

/** Their logins take some servers seconds. */
const CROWD_ROUNDS = 2;

/** For rows whose crowd must log in before they begin. */
export const BEGINS_WITH_A_CROWD = {
  beginsWithLogins: true,
  isLong: true,
  roundsLimit: CROWD_ROUNDS,
} as const;

type Amount = (stage: Stage) => Words;

/** The rows, in the order of the table. */
export const transferRows: readonly Measurement[] = [
  ...[false, true].flatMap((tls) => [
    download("RETR, one file", tls, whole),
    upload("STOR, one file", tls, whole),
  ]),
  { ...download(`RETR, one file${BESIDE}`, false, besides), ...BEGINS_WITH_A_CROWD },
  { ...upload(`STOR, one file${BESIDE}`, false, besides), ...BEGINS_WITH_A_CROWD },
  { ...download("RETR, 8 at once", false, eightParts), isLong: true },
  files("retr", false),
  files("stor", false),
  { ...files("retr", true), isLong: true },
  { ...files("stor", true), isLong: true },
];

function whole({ scale }: Stage): Words {
  return { bytes: scale.fileBytes };
}

function eightParts({ scale, eighth }: Stage): Words {
  return { path: eighth, bytes: scale.fileBytes / 8, clients: 8 };
}

function besides(stage: Stage): Words {
  return { ...whole(stage), idle: CROWD };
}

function download(name: string, tls: boolean, amount: Amount): Measurement {
  return moving(name, tls, (stage, server) =>
    stage.load.measure("retr", server, {
      path: stage.large,
      verify: stage.isUncounted ? 1 : 0,
      ...amount(stage),
    }, stage.whileOpen));
}

function upload(name: string, tls: boolean, amount: Amount): Measurement {
  return moving(name, tls, (stage, server) =>
    stage.load.measure(
      "stor",
      server,
      { path: stage.fresh, ...amount(stage) },
      stage.whileOpen,
    ));
}

/** A measurement of how many bytes are moved a second. */
export function moving(
  name: string,
  tls: boolean,
  run: (stage: Stage, server: Served) => Promise<Measured>,
): Measurement {
  return {
    shows: [{ name: titled(name, tls), unit: "MiB/s", better: "higher" }],
    tls,
    movesBytes: true,
    freshServers: false,
    async measure(stage, server) {
      const seen = await run(stage, server);
      return { values: [seen.bytes / MIB / seen.seconds], seen };
    },
  };
}

function files(mode: "retr" | "stor", tls: boolean): Measurement {
  return {
    shows: [{
      name: titled(`${mode.toUpperCase()}, files of 4 KiB`, tls),
      unit: "files/s",
      better: "higher",
    }],
    tls,
    movesBytes: false,
    freshServers: false,
    async measure(stage, server) {
      const { isUncounted, scale } = stage;
      const seen = await stage.load.measure(mode, server, {
        path: mode === "retr" ? stage.small : stage.fresh,
        bytes: SMALL_BYTES,
        // With TLS each takes milliseconds; a thousand are enough there.
        count: isUncounted && !tls ? scale.warmUpFiles : scale.smallFiles,
      });
      return { values: [seen.items / seen.seconds], seen };
    },
  };
}
