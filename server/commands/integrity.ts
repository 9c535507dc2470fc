// What a file's bytes are: HASH and the algorithm it computes (draft-bryan-ftpext-hash).

import { formatHashReport, HASH_ALGORITHMS, parseHashAlgorithm } from "../../shared/hash.ts";
import { parsed } from "../../shared/parsed.ts";
import { reply } from "../../shared/reply.ts";
import { type AnyCommand, command } from "../command.ts";
import { subjectOf } from "../file_subject.ts";
import { optional, path, text } from "../grammar.ts";

const hash = command({
  verb: "HASH",
  grammar: path,
  login: "needed",
  permission: "read",
  keepsPending: true,
  feature: (session) =>
    `HASH ${HASH_ALGORITHMS.map((a) => a === session.hashAlgorithm ? `${a}*` : a).join(";")}`,
  help: "Tells the digest of a file.",
  source: "draft-bryan-ftpext-hash-02, 3",
  async run(target, session) {
    session.wantsDigests = true;
    const { storage, hashAlgorithm: algorithm, closing } = session;
    const { size, base } = await subjectOf(target, session);
    const digest = await storage.digest(target, algorithm, undefined, closing, base);
    const report = { algorithm, start: 0, last: size - 1, digest, path: target };
    return reply(213, formatHashReport(report));
  },
});

const hashOptions = command({
  verb: "OPTS HASH",
  grammar: optional(text(`[${HASH_ALGORITHMS.join(" | ")}]`)),
  login: "not-needed",
  keepsPending: true,
  help: "Chooses what HASH computes; uploads are digested from then on.",
  source: "draft-bryan-ftpext-hash-02, 3.2",
  run(wanted, session) {
    const algorithm = wanted === undefined
      ? parsed(session.hashAlgorithm)
      : parseHashAlgorithm(wanted.trim());
    if (!algorithm.ok) return reply(501, `Unknown algorithm: ${algorithm.why}.`);
    session.wantsDigests = true;
    session.hashAlgorithm = algorithm.value;
    return reply(200, algorithm.value);
  },
});

/** The family's rows. */
export const integrityCommands: readonly AnyCommand[] = [hash, hashOptions];
