// Whom the client believes: every way of trusting against every kind of certificate.

import assert from "node:assert/strict";
import { canonicalFingerprint, type Certificate, judge } from "../../client/trust.ts";

const MINE = `sha256:${"ab".repeat(32)}`;
const OTHER = `sha256:${"cd".repeat(32)}`;
const memory = {
  recall: () => Promise.resolve(undefined),
  remember: () => Promise.resolve(),
};

function presented(fingerprint: string, signedForHost = false): Certificate {
  return { fingerprint, name: "host", issuer: "host", expiresMs: undefined, signedForHost };
}

Deno.test("a pin accepts exactly the certificate it names, however it is written", () => {
  const fingerprint = `SHA256:${"AB:".repeat(31)}AB`;
  assert.deepEqual(judge({ kind: "pin", fingerprint }, presented(MINE), undefined), {
    kind: "trusted",
  });
  assert.deepEqual(judge({ kind: "pin", fingerprint: MINE }, presented(OTHER, true), undefined), {
    kind: "refused",
    reason: "not-pinned",
    expected: MINE,
  });
});

Deno.test("an authority accepts what it signed for the host and nothing else", () => {
  const policy = { kind: "authority", authorities: ["PEM"] } as const;
  assert.deepEqual(judge(policy, presented(MINE, true), undefined), { kind: "trusted" });
  assert.deepEqual(judge(policy, presented(MINE), MINE), { kind: "refused", reason: "not-signed" });
});

Deno.test("what the system's authorities sign needs no memory, even when another was remembered", () => {
  const policy = { kind: "known", memory } as const;
  assert.deepEqual(judge(policy, presented(MINE, true), undefined), { kind: "trusted" });
  assert.deepEqual(judge(policy, presented(MINE, true), OTHER), { kind: "trusted" });
});

Deno.test("an unknown certificate is asked about, a remembered one is not, a changed one is refused", () => {
  const policy = { kind: "known", memory } as const;
  assert.deepEqual(judge(policy, presented(MINE), undefined), { kind: "ask" });
  assert.deepEqual(judge(policy, presented(MINE), MINE), { kind: "trusted" });
  assert.deepEqual(judge(policy, presented(MINE), OTHER), {
    kind: "refused",
    reason: "changed",
    expected: OTHER,
  });
});

Deno.test("insecure accepts anything", () => {
  assert.deepEqual(judge({ kind: "anything" }, presented(MINE), OTHER), { kind: "trusted" });
});

Deno.test("fingerprints compare whatever their case and colons", () => {
  assert.equal(canonicalFingerprint(" SHA-256:AB:Cd "), "sha256:abcd");
});
