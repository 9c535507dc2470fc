// The file of known certificates: remembered, recalled, private, and never half written.

import assert from "node:assert/strict";
import { join } from "node:path";
import { knownCertificates, knownCertificatesPath } from "../../client/known_certificates.ts";

const FIRST = `sha256:${"1a".repeat(32)}`;
const SECOND = `sha256:${"2b".repeat(32)}`;

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("a certificate that was remembered is recalled for its own host and port", () =>
  inFolder(async (folder) => {
    const path = join(folder, "made", "known_certificates");
    const memory = knownCertificates(path);
    assert.equal(await memory.recall("example.org", 21), undefined);
    await memory.remember("Example.org", 21, FIRST);
    await memory.remember("2001:db8::1", 990, SECOND.toUpperCase());
    assert.equal(await knownCertificates(path).recall("example.ORG", 21), FIRST);
    assert.equal(await memory.recall("2001:db8::1", 990), SECOND);
    assert.equal(await memory.recall("example.org", 2121), undefined);
  }));

Deno.test("the file is the owner's alone and nothing lies beside it", () =>
  inFolder(async (folder) => {
    const path = join(folder, "known_certificates");
    await knownCertificates(path).remember("a", 1, FIRST);
    await knownCertificates(path).remember("b", 2, SECOND);
    if (Deno.build.os !== "windows") {
      assert.equal(((await Deno.stat(path)).mode ?? 0) & 0o777, 0o600);
    }
    const names = await Array.fromAsync(Deno.readDir(folder), (entry) => entry.name);
    assert.deepEqual(names, ["known_certificates"]);
  }));

Deno.test("lines that are none are passed over", () =>
  inFolder(async (folder) => {
    const path = join(folder, "known_certificates");
    await Deno.writeTextFile(path, `# mine\nnonsense\na:1 ${FIRST}\nb:2 sha256:12\n`);
    assert.equal(await knownCertificates(path).recall("a", 1), FIRST);
    assert.equal(await knownCertificates(path).recall("b", 2), undefined);
  }));

Deno.test("the file lies where the platform keeps settings", () => {
  const at = knownCertificatesPath;
  assert.equal(at({ XDG_CONFIG_HOME: "/x", HOME: "/h" }), "/x/ftp/known_certificates");
  assert.equal(at({ HOME: "/h" }), "/h/.config/ftp/known_certificates");
  assert.equal(at({}), undefined);
});
