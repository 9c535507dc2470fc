// Files over the data connection: RETR, STOR, STOU, APPE, and ABOR, which stops them.

import { crlfSource, lfSource } from "../../shared/ascii.ts";
import type { ByteSource, ByteStream } from "../../shared/byte_stream.ts";
import { Fault, isFault } from "../../shared/fault.ts";
import { pump } from "../../shared/pump.ts";
import { type Reply, reply } from "../../shared/reply.ts";
import { childOf, nameOf, parentOf, type VirtualPath } from "../../shared/virtual_path.ts";
import { type AnyCommand, command } from "../command.ts";
import { none, optionalPath, path } from "../grammar.ts";
import { labour } from "../labour.ts";
import type { Session, Transfer } from "../session.ts";
import type { Upload, WriteOptions } from "../storage/storage.ts";
import { allowedSource, carry, pumpOptionsOf } from "../transfer.ts";

/** A peer that takes this much within the stall limit, 2 KB/s with its default, is slow but alive. */
const LARGEST_PEER_WRITE_BYTES = 256 * 1024;

const retrieve = command({
  verb: "RETR",
  grammar: path,
  login: "needed",
  permission: "read",
  transfers: true,
  help: "Sends a file, from the restart offset on.",
  source: "RFC 959, 4.1.3; RFC 3659, 5",
  run: send,
});

async function* send(target: VirtualPath, session: Session): AsyncGenerator<Reply> {
  const { pending } = session;
  const range = pending.kind === "range" ? pending : undefined;
  const offsetBytes = range?.start ?? restartOffset(session);
  const digest = session.wantsDigests ? session.hashAlgorithm : undefined;
  await using file = await session.storage.read(target, offsetBytes, digest);
  if (range !== undefined && range.end > file.entry.size) {
    throw new Fault("bad-restart", { about: target });
  }
  const chosen = range === undefined ? file : firstBytes(file, range.end - range.start);
  yield* carry(session, {
    verb: "RETR",
    path: target,
    sends: true,
    totalBytes: file.entry.size,
    offsetBytes,
    opening: `Sending ${file.entry.size} bytes.`,
    async move(stream, transfer) {
      const allowed = allowedSource(chosen, transfer);
      const source = session.type === "ascii" ? crlfSource(allowed) : allowed;
      const largestWriteBytes = LARGEST_PEER_WRITE_BYTES;
      await pump(source, stream, { ...pumpOptionsOf(session, transfer), largestWriteBytes });
    },
  });
}

/** The next `count` bytes of a source, as a source that ends after them. */
function firstBytes(source: ByteSource, count: number): ByteSource {
  let left = count;
  return {
    async read(into) {
      if (left === 0) return null;
      const bytes = await source.read(into.subarray(0, Math.min(left, into.length)));
      left -= bytes ?? left;
      return bytes;
    },
  };
}

const store = command({
  verb: "STOR",
  grammar: path,
  login: "needed",
  permission: "write",
  transfers: true,
  help: "Receives a file, from the restart offset on; it appears when it is complete.",
  source: "RFC 959, 4.1.3; RFC 3659, 5",
  note: "Appears under its name when it is complete; see rule 4 of the protocol.",
  run: (target, session) => receive("STOR", target, session),
});

const storeUnique = command({
  verb: "STOU",
  grammar: optionalPath,
  login: "needed",
  permission: "write",
  transfers: true,
  help:
    "Receives a file under a new name that nothing has, told in the reply; a given name begins it.",
  source: "RFC 959, 4.1.3; RFC 1123, 4.1.2.9",
  run: (wanted, session) => receive("STOU", uniqueName(wanted, session), session),
});

/**
 * A name that nothing has: the wanted one with something random before its ending. Always, since an
 * upload takes its name only when it is complete, and two at once must not want the same.
 */
function uniqueName(wanted: VirtualPath | undefined, session: Session): VirtualPath {
  const directory = wanted === undefined ? session.directory : parentOf(wanted);
  const name = wanted === undefined ? "upload" : nameOf(wanted);
  const [, stem = "", ending = ""] = /^(.+?)((?:\.[^.]*)?)$/s.exec(name) ?? [];
  const random = crypto.getRandomValues(new Uint8Array(RANDOM_NAME_BYTES)).toHex();
  return childOf(directory, `${stem}-${random}${ending}`);
}

/** 2^64 names: nobody meets or guesses one. */
const RANDOM_NAME_BYTES = 8;

const append = command({
  verb: "APPE",
  grammar: path,
  login: "needed",
  permission: "write",
  transfers: true,
  help: "Receives bytes that follow what the file, or its unfinished upload, has.",
  source: "RFC 959, 4.1.3",
  run: (target, session) => receive("APPE", target, session),
});

const UPLOAD_MODES = { STOR: "replace", APPE: "append", STOU: "create" } as const;

async function* receive(
  verb: "STOR" | "APPE" | "STOU",
  target: VirtualPath,
  session: Session,
): AsyncGenerator<Reply> {
  if (session.pending.kind === "range") return yield reply(504, "Use REST for uploads, not RANG.");
  const { announcedSize, resuming } = session;
  session.announcedSize = undefined;
  if (resuming === target) session.resuming = undefined;
  await using upload = await begin(verb, target, session, {
    mode: UPLOAD_MODES[verb],
    ...(verb === "STOR" ? { offset: restartOffset(session) } : {}),
    ...(session.wantsDigests ? { digest: session.hashAlgorithm } : {}),
    ...(announcedSize === undefined ? {} : { announcedSize }),
    ...(resuming === target ? { base: "unfinished" } : {}),
  });
  yield* carry(session, {
    verb,
    path: target,
    sends: false,
    totalBytes: announcedSize,
    offsetBytes: upload.offset,
    // RFC 1123, 4.1.2.9: the one form in which programs find the name.
    opening: verb === "STOU" ? `FILE: ${target}` : "Receiving.",
    move: (stream, transfer) => fill(upload, stream, { session, transfer, announcedSize }),
    async complete(signal) {
      await upload.commit(signal);
    },
  });
}

/** Starts an upload. What it carries on may have to be copied first: ABOR and a lost peer end that. */
async function begin(
  verb: "STOR" | "APPE" | "STOU",
  target: VirtualPath,
  session: Session,
  options: WriteOptions,
): Promise<Upload> {
  const { storage, closing } = session;
  if (options.mode !== "append" && (options.offset ?? 0) === 0) {
    return await storage.write(target, { ...options, signal: closing });
  }
  return await labour(session, { verb, path: target }, async (signal) => {
    const upload = await storage.write(target, { ...options, signal });
    // Then nobody gets it who could.
    if (signal.aborted) await upload[Symbol.asyncDispose]();
    return upload;
  });
}

/** Each write is a trip through the thread pool: a fifth faster than with a quarter of it. */
const LARGEST_UPLOAD_BUFFER_BYTES = 4 * 1024 * 1024;

/** What an upload is judged by when its stream breaks off. */
interface Filling {
  readonly session: Session;
  readonly transfer: Transfer;
  readonly announcedSize: number | undefined;
}

async function fill(upload: Upload, stream: ByteStream, filling: Filling): Promise<void> {
  const { session, transfer, announcedSize } = filling;
  const allowed = allowedSource(stream, transfer);
  const source = session.type === "ascii" ? lfSource(allowed) : allowed;
  try {
    const largestBufferBytes = LARGEST_UPLOAD_BUFFER_BYTES;
    await pump(source, upload, {
      ...pumpOptionsOf(session, transfer),
      salvage: true,
      largestBufferBytes,
      ...(session.wantsDigests && { onRead: (bytes) => upload.foresee(bytes) }),
    });
  } catch (error) {
    if (!stream.secure || !isFault(error, "truncated")) throw error;
    // SECURITY: without close_notify anybody on the way may have cut the stream off; only a size
    // announced over the control connection can tell that it is whole all the same.
    const received = upload.offset + transfer.movedBytes;
    if (received !== announcedSize && !isTakenForWhole(error, session)) throw error;
  }
}

/** `--tls-eof lenient`: a FIN does, as it does without TLS; but no RST, and no deflate stream without its end. */
function isTakenForWhole({ cause }: Fault, session: Session): boolean {
  const { tlsEof } = session.services.settings;
  return tlsEof === "lenient" && session.mode === "stream" &&
    cause instanceof Deno.errors.UnexpectedEof;
}

/** Where the transfer starts: what REST said just before, or 0. */
function restartOffset(session: Session): number {
  return session.pending.kind === "restart" ? session.pending.offset : 0;
}

const abort = command({
  verb: "ABOR",
  grammar: none,
  login: "not-needed",
  duringTransfer: "now",
  help: "Stops the transfer, or other long work, that runs.",
  source: "RFC 959, 4.1.3",
  async run(_argument, session) {
    const running = session.transfer ?? session.labour;
    if (running === undefined) session.data.forget();
    else running.abort.abort("ABOR");
    // The transfer's own 426 goes first (RFC 959, 4.1.3).
    await session.control.transferAnswered();
    return reply(226, running === undefined ? "Nothing to abort." : "Aborted.");
  },
});

/** The family's rows. */
export const transferCommands: readonly AnyCommand[] = [
  retrieve,
  store,
  storeUnique,
  append,
  abort,
];
