// What a server says it can do (FEAT), and what it costs where something is missing.

import type { Features } from "../features.ts";
import { type Finding, limited, works } from "./finding.ts";

/** What this client makes use of, and what is lost without it. */
const WANTED: readonly (readonly [
  name: string,
  has: (features: Features) => boolean,
  loss: string,
])[] = [
  ["MLSD", ({ machineListings }) => machineListings, "times in listings are inexact"],
  ["SIZE", ({ size }) => size, "half a file may pass for a whole one"],
  ["MDTM", ({ modified }) => modified, "copies do not keep their time"],
  ["REST", ({ restart }) => restart, "interrupted files start again from 0"],
  ["UTF8", ({ utf8 }) => utf8, "names beyond ASCII may be misread"],
  [
    "HASH",
    ({ hashAlgorithms, digestCommands }) => hashAlgorithms.length + digestCommands.length > 0,
    "transfers cannot be proven",
  ],
];

/** Judges what FEAT told. */
export function featuresFinding(features: Features): Finding {
  const names = [...features.said.keys()];
  const facts = { features: names.join(" ") };
  const missing = WANTED.filter(([, has]) => !has(features));
  const known = WANTED.filter(([, has]) => has(features)).map(([name]) => name);
  const told = names.length === 0 ? "the server tells none" : known.join(" ") || "none of ours";
  if (missing.length === 0) return works(told, facts);
  const lost = missing.map(([name, , loss]) => `${name} (${loss})`).join(", ");
  return limited(told, `a server with more would be better: without ${lost}`, facts);
}
