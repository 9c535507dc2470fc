// What policy makes of a peer: TLS is required of everybody but this machine itself.

import assert from "node:assert/strict";
import type { Acquaintance } from "../../server/incoming.ts";
import { Session, type SessionParts } from "../../server/session.ts";
import { secured, withBufferSize, withDataProtection } from "../../server/session_state.ts";
import { standingOf } from "../../server/standing.ts";
import type { Services } from "../../server/services.ts";
import type { ServerSettings } from "../../server/settings.ts";

/** A session of a peer, as far as a standing asks for it. */
function sessionOf(
  tls: ServerSettings["tls"],
  address: string,
  known: Acquaintance = "direct",
): Session {
  const services = { settings: { tls } as ServerSettings } as Services;
  return new Session({ services, peer: { address, port: 1025 }, known } as SessionParts);
}

function policyOf(session: Session): [secrets: boolean, files: boolean] {
  const { controlMayCarrySecrets, dataMayCarryFiles } = standingOf(session);
  return [controlMayCarrySecrets, dataMayCarryFiles];
}

Deno.test("where TLS is required another machine may send neither secret nor file in clear", () => {
  const session = sessionOf("required", "192.0.2.1");
  assert.deepEqual(policyOf(session), [false, false]);
  session.protection = withBufferSize(secured());
  assert.deepEqual(policyOf(session), [true, false]);
  session.protection = withDataProtection(session.protection, "private");
  assert.deepEqual(policyOf(session), [true, true]);
});

for (const address of ["127.0.0.1", "127.9.9.9", "::1"]) {
  Deno.test(`where TLS is required ${address} may speak in clear`, () => {
    assert.deepEqual(policyOf(sessionOf("required", address)), [true, true]);
  });
}

Deno.test("where TLS is optional or off everybody may speak in clear", () => {
  for (const tls of ["optional", "off"] as const) {
    assert.deepEqual(policyOf(sessionOf(tls, "192.0.2.1")), [true, true]);
  }
});

Deno.test("what comes through a proxy on this machine is not this machine", () => {
  assert.deepEqual(policyOf(sessionOf("required", "127.0.0.1", "told")), [false, false]);
});
