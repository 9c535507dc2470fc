// What TLS protects: AUTH, PBSZ, PROT (RFC 2228, RFC 4217).

import { type Reply, reply } from "../../shared/reply.ts";
import { type AnyCommand, command } from "../command.ts";
import { text, wholeNumber } from "../grammar.ts";
import type { Session } from "../session.ts";
import { withBufferSize, withDataProtection } from "../session_state.ts";

const onlyWithTls = (line: string) => (session: Session) =>
  session.services.tls === undefined ? undefined : line;

const authenticate = command({
  verb: "AUTH",
  grammar: text("TLS"),
  login: "not-needed",
  lastOfItsStream: true,
  feature: onlyWithTls("AUTH TLS"),
  help: "Puts the control connection under TLS.",
  source: "RFC 4217, 4",
  note: "TLS, also as SSL and TLS-C; every other mechanism is 504.",
  run: startTls,
});

async function* startTls(mechanism: string, session: Session): AsyncGenerator<Reply> {
  if (session.services.tls === undefined) return yield reply(502, "TLS is switched off here.");
  if (session.protection.kind === "tls") return yield reply(503, "TLS is on already.");
  // SSL and TLS-C are what clients of the drafts before the standard say.
  if (!/^(TLS|TLS-C|SSL)$/i.test(mechanism)) return yield reply(504, "Expected AUTH TLS.");
  yield reply(234, "Start the TLS handshake.");
  await session.control.startTls();
}

const bufferSize = command({
  verb: "PBSZ",
  grammar: wholeNumber("0"),
  login: "not-needed",
  keepsPending: true,
  feature: onlyWithTls("PBSZ"),
  help: "Comes before PROT; TLS needs no buffer size but 0.",
  source: "RFC 4217, 8",
  run(_size, session) {
    if (session.protection.kind === "clear") return reply(503, "Send AUTH TLS first.");
    session.protection = withBufferSize(session.protection);
    return reply(200, "PBSZ=0");
  },
});

const protect = command({
  verb: "PROT",
  grammar: text("C | P"),
  login: "not-needed",
  keepsPending: true,
  feature: onlyWithTls("PROT"),
  help: "Says whether data connections are clear (C) or private (P).",
  source: "RFC 4217, 9",
  note: "C and P; S and E are 536.",
  run(level, session) {
    const { protection } = session;
    if (protection.kind === "clear") return reply(503, "Send AUTH TLS first.");
    if (!protection.bufferSizeSet) return reply(503, "Send PBSZ 0 first.");
    switch (level.toUpperCase()) {
      case "P":
        session.protection = withDataProtection(protection, "private");
        return reply(200, "Data connections are private.");
      case "C":
        session.protection = withDataProtection(protection, "clear");
        return reply(200, "Data connections are clear.");
      case "S":
      case "E":
        return reply(536, "TLS knows no such level.");
      default:
        return reply(504, "Expected PROT P or PROT C.");
    }
  },
});

const clearControl = command({
  verb: "CCC",
  grammar: text(""),
  login: "not-needed",
  refusal: "The control connection stays under TLS.",
  // RFC 2228, 4: there is no protection to clear, or policy wants it kept.
  refusalCode: ({ controlIsProtected }) => controlIsProtected ? 534 : 533,
  help: "Takes TLS off the control connection.",
  source: "RFC 4217, 12.3",
  run: () => reply(502, "Not done here."),
});

/** What other mechanisms than TLS need (RFC 2228, 3 and 4): nobody offers them any more. */
const otherMechanisms = [
  ["ADAT", "Brings the data of a security exchange."],
  ["MIC", "Brings a command with its integrity check."],
  ["CONF", "Brings an encrypted command."],
  ["ENC", "Brings an encrypted command with its integrity check."],
] as const;

const refusedMechanisms = otherMechanisms.map(([verb, help]) =>
  command({
    verb,
    grammar: text("<base64>"),
    login: "not-needed",
    refusal: "TLS is the one mechanism here.",
    help,
    source: verb === "ADAT" ? "RFC 2228, 3" : "RFC 2228, 4",
    run: () => reply(502, "Not done here."),
  })
);

/** The family's rows. */
export const protectionCommands: readonly AnyCommand[] = [
  authenticate,
  bufferSize,
  protect,
  clearControl,
  ...refusedMechanisms,
];
