// What a file's bytes are: HASH, the algorithm it computes, the part RANG chooses, and the older verbs.

import {
  formatHashReport,
  HASH_ALGORITHMS,
  type HashAlgorithm,
  HASHES,
  parseHashAlgorithm,
} from "../../shared/hash.ts";
import { isFault } from "../../shared/fault.ts";
import { type Parsed, parsed, unparsed } from "../../shared/parsed.ts";
import { reply } from "../../shared/reply.ts";
import type { VirtualPath } from "../../shared/virtual_path.ts";
import { type AnyCommand, command, type Grammar } from "../command.ts";
import { labour } from "../labour.ts";
import { subjectOf } from "../file_subject.ts";
import { optional, path, text, wholeNumber } from "../grammar.ts";
import type { Session } from "../session.ts";
import { NOTHING } from "../session_state.ts";
import type { ByteRange } from "../storage/storage.ts";

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
  takesLong: true,
  async run(target, session) {
    session.wantsDigests = true;
    const { hashAlgorithm: algorithm, pending } = session;
    // What RANG chose is for one digest; what REST chose waits for its transfer.
    const range = pending.kind === "range" ? pending : undefined;
    if (range !== undefined) session.pending = NOTHING;
    const { start, end, digest } = await digestOf("HASH", target, { algorithm, range }, session);
    const report = { algorithm, start, last: end - 1, digest, path: target };
    return reply(213, formatHashReport(report));
  },
});

/** The digest of a file or a part of it, and which part it was. */
async function digestOf(
  verb: string,
  target: VirtualPath,
  { algorithm, range }: { algorithm: HashAlgorithm; range: Partial<ByteRange> | undefined },
  session: Session,
): Promise<ByteRange & { readonly digest: string }> {
  return await labour(session, { verb, path: target }, async (signal) => {
    const { size, base } = await subjectOf(target, session);
    const { start, end } = { start: 0, end: size, ...range };
    const part = range && { start, end };
    const digest = await session.storage.digest(target, algorithm, { range: part, base, signal });
    return { start, end, digest };
  });
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

const range = command({
  verb: "RANG",
  grammar: {
    syntax: "<first byte> <last byte>",
    parse(given = "", from): Parsed<{ first: number; last: number }> {
      const [one = "", two = "", ...more] = given.trim().split(/ +/);
      const first = wholeNumber("<first byte>").parse(one, from);
      const last = wholeNumber("<last byte>").parse(two, from);
      if (more.length > 0 || !first.ok || !last.ok) {
        return unparsed("two whole numbers are expected");
      }
      return parsed({ first: first.value, last: last.value });
    },
  },
  login: "needed",
  feature: () => "RANG STREAM",
  help: "Chooses part of a file, both ends included, for the next HASH or RETR; 1 0 chooses all.",
  source: "draft-bryan-ftp-range, 3",
  note: "For HASH and RETR; uploads use REST.",
  run({ first, last }, session) {
    if (first === 1 && last === 0) {
      session.pending = NOTHING;
      return reply(350, "The whole file.");
    }
    if (last < first) return reply(501, "The last byte comes before the first.");
    session.pending = { kind: "range", start: first, end: last + 1 };
    return reply(350, `Bytes ${first} to ${last}.`);
  },
});

/** What the older verbs were asked for; blanks in a name and numbers behind it may look the same. */
interface OldDigestArgument {
  /** All of the text as a name. */
  readonly whole: VirtualPath;
  /** The text as a name and a range, where it can be read so. */
  readonly part:
    | { readonly path: VirtualPath; readonly range: Partial<ByteRange> | undefined }
    | undefined;
}

const oldDigestArgument: Grammar<OldDigestArgument> = {
  syntax: '<path> | "<path>" [<first byte> [<end>]]',
  parse(given = "", from): Parsed<OldDigestArgument> {
    const quoted = /^"(.+)"(?: +(\d{1,15}))?(?: +(\d{1,15}))? *$/s.exec(given);
    const bare = /^(.+?) +(\d{1,15})(?: +(\d{1,15}))? *$/s.exec(given);
    const [, name, start, end] = quoted ?? bare ?? [];
    const whole = path.parse(given, from);
    if (!whole.ok) return whole;
    const named = path.parse(name ?? given, from);
    if (!named.ok) return named;
    const range = start === undefined ? undefined : {
      start: Number(start),
      ...(end === undefined ? {} : { end: Number(end) }),
    };
    const part = name === undefined ? undefined : { path: named.value, range };
    return parsed({ whole: whole.value, part });
  },
};

/** The verbs that predate HASH, one an algorithm: `XCRC` and its like. */
const oldDigests = HASH_ALGORITHMS.map((algorithm) => {
  const [verb = "", ...aliases] = HASHES[algorithm].verbs.filter((each) => each.startsWith("X"));
  return command({
    verb,
    aliases,
    grammar: oldDigestArgument,
    login: "needed",
    permission: "read",
    keepsPending: true,
    takesLong: true,
    feature: () => verb,
    help: `Tells the ${algorithm} of a file or of a part of it; the end is one past the last byte.`,
    source: "in wide use",
    async run({ whole, part }, session) {
      const isWhole = part === undefined || await isThere(whole, session);
      const target = isWhole ? whole : part.path;
      const range = isWhole ? undefined : part.range;
      const { digest } = await digestOf(verb, target, { algorithm, range }, session);
      // In capitals, as the clients of these verbs have always been told.
      return reply(250, digest.toUpperCase());
    },
  });
});

async function isThere(target: VirtualPath, session: Session): Promise<boolean> {
  try {
    await subjectOf(target, session);
    return true;
  } catch (error) {
    if (isFault(error, "not-found") || isFault(error, "bad-name")) return false;
    throw error;
  }
}

/** The family's rows. */
export const integrityCommands: readonly AnyCommand[] = [hash, hashOptions, range, ...oldDigests];
