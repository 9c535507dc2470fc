// What a file's bytes are: HASH and the algorithm it computes (draft-bryan-ftpext-hash).

import { Fault, isFault } from "../../shared/fault.ts";
import { formatHashReport, HASH_ALGORITHMS, parseHashAlgorithm } from "../../shared/hash.ts";
import { parsed } from "../../shared/parsed.ts";
import { reply } from "../../shared/reply.ts";
import type { VirtualPath } from "../../shared/virtual_path.ts";
import { type AnyCommand, command } from "../command.ts";
import { optional, path, text } from "../grammar.ts";
import type { Storage } from "../storage/storage.ts";

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
    const size = await digestibleSize(storage, target);
    const digest = await storage.digest(target, algorithm, undefined, closing);
    const report = { algorithm, start: 0, last: size - 1, digest, path: target };
    return reply(213, formatHashReport(report));
  },
});

/** An unfinished upload is digested too, like SIZE tells its size: so a client proves what it carries on. */
async function digestibleSize(storage: Storage, target: VirtualPath): Promise<number> {
  try {
    const entry = await storage.stat(target);
    if (entry.type !== "file") throw new Fault("is-a-directory", { about: target });
    return entry.size;
  } catch (error) {
    const size = isFault(error, "not-found") ? await storage.unfinished(target) : undefined;
    if (size === undefined) throw error;
    return size;
  }
}

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
