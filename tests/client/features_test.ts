// What servers answer to FEAT, and what is concluded from it.

import assert from "node:assert/strict";
import { NO_FEATURES, parseFeatures } from "../../client/features.ts";

Deno.test("the features of a server that has everything", () => {
  const features = parseFeatures({
    code: 211,
    lines: [
      "Features:",
      "MLST type*;size*;modify*;",
      "SIZE",
      "MDTM",
      "MFMT",
      "REST STREAM",
      "UTF8",
      "HASH SHA-256*;SHA-512;sha-1;WHIRLPOOL",
      "XSHA256",
      "XCRC filename;start;end",
      "SITE RESUME",
      "SITE UTIME",
      "End",
    ],
  });
  assert.equal(features.machineListings, true);
  assert.equal(features.size, true);
  assert.equal(features.modified, true);
  assert.equal(features.setModified, true);
  assert.equal(features.restart, true);
  assert.equal(features.utf8, true);
  assert.equal(features.resumesReplacements, true);
  assert.deepEqual(features.hashAlgorithms, ["SHA-256", "SHA-512", "SHA-1"]);
  assert.equal(features.hashSelected, "SHA-256");
  assert.deepEqual(features.digestCommands, [
    { verb: "XSHA256", algorithm: "SHA-256" },
    { verb: "XCRC", algorithm: "CRC32" },
  ]);
  assert.equal(features.said.get("REST"), "STREAM");
  assert.equal(features.asked, true);
});

Deno.test("features in lower case, indented or not, are the same features", () => {
  const features = parseFeatures({ code: 211, lines: ["Extensions", "mdtm", " Size", "End"] });
  assert.equal(features.modified && features.size, true);
  assert.equal(features.machineListings, false);
  assert.equal(features.resumesReplacements, false);
});

Deno.test("the star says which digest is in force, wherever it stands", () => {
  const selected = (text: string) =>
    parseFeatures({ code: 211, lines: ["Features:", `HASH ${text}`, "End"] }).hashSelected;
  assert.equal(selected("SHA-256;SHA-1*;MD5"), "SHA-1");
  assert.equal(selected("SHA-256; MD5*"), "MD5");
  assert.equal(selected("SHA-256"), undefined);
});

Deno.test("a server without FEAT has no features, and is known to", () => {
  const features = parseFeatures({ code: 500, lines: ["Unknown command."] });
  assert.deepEqual({ ...features, asked: false }, NO_FEATURES);
  assert.equal(features.asked, true);
  const lengthy = parseFeatures({ code: 502, lines: ["No FEAT here, but", "SIZE", "End"] });
  assert.deepEqual({ ...lengthy, asked: false }, NO_FEATURES);
});

Deno.test("a single 211 line names no features", () => {
  assert.equal(parseFeatures({ code: 211, lines: ["no-features"] }).said.size, 0);
});
