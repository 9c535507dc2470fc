// Files over the data connection: RETR, STOR, APPE, and ABOR, which stops them.

import { crlfSource, lfSource } from "../../shared/ascii.ts";
import { LARGEST_PEER_BUFFER_BYTES } from "../../shared/buffer_pool.ts";
import type { ByteStream } from "../../shared/byte_stream.ts";
import { isFault } from "../../shared/fault.ts";
import { pump } from "../../shared/pump.ts";
import { type Reply, reply } from "../../shared/reply.ts";
import type { VirtualPath } from "../../shared/virtual_path.ts";
import { type AnyCommand, command } from "../command.ts";
import { none, path } from "../grammar.ts";
import type { Session, Transfer } from "../session.ts";
import type { Upload } from "../storage/storage.ts";
import { allowedSource, carry, pumpOptionsOf } from "../transfer.ts";

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
  await using file = await session.storage.read(target, restartOffset(session));
  const offsetBytes = restartOffset(session);
  yield* carry(session, {
    verb: "RETR",
    path: target,
    sends: true,
    totalBytes: file.entry.size,
    offsetBytes,
    opening: `Sending ${file.entry.size} bytes.`,
    async move(stream, transfer) {
      const allowed = allowedSource(file, transfer);
      const source = session.type === "ascii" ? crlfSource(allowed) : allowed;
      const largestBufferBytes = LARGEST_PEER_BUFFER_BYTES;
      await pump(source, stream, { ...pumpOptionsOf(session, transfer), largestBufferBytes });
    },
  });
}

const store = command({
  verb: "STOR",
  grammar: path,
  login: "needed",
  permission: "write",
  transfers: true,
  help: "Receives a file, from the restart offset on; it appears when it is complete.",
  source: "RFC 959, 4.1.3; RFC 3659, 5",
  run: (target, session) => receive("STOR", target, session),
});

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

async function* receive(
  verb: "STOR" | "APPE",
  target: VirtualPath,
  session: Session,
): AsyncGenerator<Reply> {
  const { announcedSize, resuming } = session;
  session.announcedSize = undefined;
  if (resuming === target) session.resuming = undefined;
  await using upload = await session.storage.write(target, {
    mode: verb === "APPE" ? "append" : "replace",
    ...(verb === "STOR" ? { offset: restartOffset(session) } : {}),
    ...(session.wantsDigests ? { digest: session.hashAlgorithm } : {}),
    ...(announcedSize === undefined ? {} : { announcedSize }),
    ...(resuming === target ? { base: "unfinished" } : {}),
    signal: session.closing,
  });
  yield* carry(session, {
    verb,
    path: target,
    sends: false,
    totalBytes: announcedSize,
    offsetBytes: upload.offset,
    opening: "Receiving.",
    move: (stream, transfer) => fill(upload, stream, { session, transfer, announcedSize }),
    async complete() {
      await upload.commit();
    },
  });
}

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
    await pump(source, upload, { ...pumpOptionsOf(session, transfer), salvage: true });
  } catch (error) {
    // SECURITY: without close_notify anybody on the way may have cut the stream off; only a size
    // announced over the control connection can tell that it is whole all the same.
    const received = upload.offset + transfer.movedBytes;
    if (!stream.secure || !isFault(error, "truncated") || received !== announcedSize) throw error;
  }
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
  help: "Stops the transfer that runs.",
  source: "RFC 959, 4.1.3",
  async run(_argument, session) {
    const { transfer } = session;
    if (transfer === undefined) session.data.forget();
    else transfer.abort.abort("ABOR");
    // The transfer's own 426 goes first (RFC 959, 4.1.3).
    await session.control.transferAnswered();
    return reply(226, transfer === undefined ? "Nothing to abort." : "Aborted.");
  },
});

/** The family's rows. */
export const transferCommands: readonly AnyCommand[] = [retrieve, store, append, abort];
