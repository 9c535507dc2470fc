// RETR and STOR in TYPE A: text whose line ends become those of each side; never carried on, proven in either form.

import { crlfSink, lfSource } from "../shared/ascii.ts";
import type { ByteSink, ByteSource } from "../shared/byte_stream.ts";
import { Fault } from "../shared/fault.ts";
import { createHasher, type HashAlgorithm } from "../shared/hash.ts";
import type {
  DownloadOptions,
  DownloadTarget,
  Proof,
  TransferResult,
  UploadOptions,
  UploadSource,
} from "./client.ts";
import { exchangeData } from "./data_exchange.ts";
import { endingSource } from "./download_limit.ts";
import { AlreadyThere, ContentDiffers, Refused, Unproven } from "./failure.ts";
import { demandRegular, fileSink, fileSource, openLocal, statOrNothing } from "./local_file.ts";
import { openPart } from "./part_file.ts";
import { patienceFor, type Peer, useAsciiType, useImageType } from "./peer.ts";
import { digestAlgorithmOf, remoteDigestIfAllowed } from "./remote_digest.ts";
import type { RemoteEntry } from "./remote_entry.ts";
import { remoteModified, remoteSize, remoteStat } from "./remote_facts.ts";
import { setRemoteModified } from "./remote_times.ts";
import { relate } from "./resume.ts";
import { TextForms } from "./text_forms.ts";
import { move } from "./transfer.ts";

/** Downloads one text; what an earlier try left is not used. @throws what `Client.download` says */
export async function downloadText(
  peer: Peer,
  path: string,
  target: DownloadTarget,
  options: DownloadOptions,
): Promise<TransferResult> {
  const transfer = new TextTransfer(peer, path, options);
  const size = options.entry?.size ?? await remoteSize(peer, path, transfer.asked) ??
    (await remoteStat(peer, path, transfer.asked)).size;
  if ("sink" in target) return await transfer.fetch(target.sink, size);
  const local = statOrNothing(target.path);
  if (local !== undefined) {
    demandRegular(target.path, local);
    if (local.isDirectory) throw new Fault("is-a-directory", { about: target.path });
    const same = await transfer.judgeExisting("local", target.path, options.existing, size);
    if (same !== undefined) return same;
  }
  const keepsTime = options.preserve ?? true;
  const modified = keepsTime ? await remoteModified(peer, path, transfer.asked) : undefined;
  await using part = await openPart(target.path);
  await part.continueAt(0);
  options.onSource?.({ size, modifiedMs: modified });
  try {
    const result = await transfer.fetch(fileSink(part.file), size);
    part.publish(modified);
    return result;
  } catch (error) {
    // Half a text is no beginning of the file: nobody may carry it on.
    await part.continueAt(0);
    throw error;
  }
}

/** Uploads one text from its beginning. @throws what `Client.upload` says */
export async function uploadText(
  peer: Peer,
  source: UploadSource,
  path: string,
  options: UploadOptions,
): Promise<TransferResult> {
  const transfer = new TextTransfer(peer, path, options);
  const there = options.existing === "replace" ? undefined : await transfer.fileThere();
  const local = "path" in source ? source.path : undefined;
  if (there !== undefined) {
    const same = await transfer.judgeExisting("remote", local, options.existing, there.size);
    if (same !== undefined) return same;
  }
  if ("source" in source) return await transfer.send(source.source, undefined);
  using file = await openLocal(source.path);
  const { size, mtime } = await file.stat();
  options.onSource?.({ size, modifiedMs: mtime?.getTime() });
  const from = fileSource(file);
  const result = await transfer.send(from, size, () => from.rewind(0));
  if ((options.preserve ?? true) && mtime) {
    await setRemoteModified(peer, path, mtime.getTime(), options.signal);
  }
  return result;
}

class TextTransfer {
  readonly #peer: Peer;
  readonly #path: string;
  readonly #options: DownloadOptions & UploadOptions;
  readonly #startedMs = performance.now();
  #forms: TextForms;

  constructor(peer: Peer, path: string, options: DownloadOptions & UploadOptions) {
    this.#peer = peer;
    this.#path = path;
    this.#options = options;
    this.#forms = this.#newForms();
  }

  /** What requests are told. */
  get asked(): { readonly signal?: AbortSignal } {
    const { signal } = this.#options;
    return signal === undefined ? {} : { signal };
  }

  /** The file of that name; an unfinished upload is none: it is begun anew. */
  async fileThere(): Promise<RemoteEntry | undefined> {
    try {
      return await remoteStat(this.#peer, this.#path, this.asked);
    } catch (error) {
      if (error instanceof Refused) return undefined;
      throw error;
    }
  }

  /** What is there is left when it is the same, byte for byte. @throws AlreadyThere unless it may be replaced */
  async judgeExisting(
    where: "local" | "remote",
    localPath: string | undefined,
    existing: DownloadOptions["existing"] = "resume",
    remoteBytes: number | undefined,
  ): Promise<TransferResult | undefined> {
    if (existing === "replace") return undefined;
    const about = where === "local" ? localPath ?? "" : this.#path;
    if (existing === "refuse") throw new AlreadyThere(where, about, "refused");
    if (localPath !== undefined && remoteBytes !== undefined) {
      using file = await openLocal(localPath);
      const { size } = await file.stat();
      await useImageType(this.#peer, this.#options.signal);
      const found = size === remoteBytes
        ? await relate(this.#peer, this.#path, { file, size }, remoteBytes, this.asked)
        : undefined;
      if (found?.relation === "same") return this.#result(size, 0, size, found.verified);
    }
    throw new AlreadyThere(where, about, "text");
  }

  async fetch(sink: ByteSink, totalBytes: number | undefined): Promise<TransferResult> {
    const size = await this.#exchange("RETR", {
      move: (stream) => [lfSource(this.#watchedSource(this.#ending(stream, totalBytes))), sink],
      totalBytes,
    });
    return await this.#prove(size, totalBytes);
  }

  /** A text whose every byte is the end of a line is twice as long on the wire. */
  #ending(source: ByteSource, size: number | undefined): ByteSource {
    const expected = { path: this.#path, size: size === undefined ? undefined : 2 * size };
    return endingSource(source, expected, this.#peer);
  }

  async send(
    source: ByteSource,
    totalBytes: number | undefined,
    rewind?: () => Promise<void>,
  ): Promise<TransferResult> {
    const size = await this.#exchange("STOR", {
      move: (stream) => [source, crlfSink(this.#watchedSink(stream))],
      totalBytes,
      ...(rewind && { rewind }),
    });
    return await this.#prove(size, (await this.fileThere())?.size);
  }

  /** @returns how many bytes were read or written here */
  async #exchange(verb: "RETR" | "STOR", { move: ends, totalBytes, rewind }: {
    move(stream: ByteSource & ByteSink): readonly [ByteSource, ByteSink];
    readonly totalBytes: number | undefined;
    rewind?(): Promise<void>;
  }): Promise<number> {
    const { signal } = this.#options;
    const { stalledMs } = this.#peer.limits;
    await useAsciiType(this.#peer, signal);
    return await exchangeData(this.#peer, {
      command: `${verb} ${this.#path}`,
      direction: verb === "RETR" ? "in" : "out",
      completionMs: patienceFor(this.#peer, totalBytes),
      signal,
      ...(rewind && { rewind }),
      move: async (stream, stop) => {
        this.#forms = this.#newForms();
        const [source, sink] = ends(stream);
        const options = this.#options;
        const common = { hasher: undefined, doneBytes: 0, totalBytes, salvage: false };
        return await move(source, sink, { options, stalledMs, signal: stop, ...common });
      },
    });
  }

  /**
   * The server keeps the text with one kind of line ends or the other: its digest, or its size where it tells no
   * digest, is that of one of the two. One that is neither says nothing: lines of both kinds are made alike. But a
   * size that is not even between the two is that of another text, such as the whole of which half has come.
   */
  async #prove(size: number, remoteBytes: number | undefined): Promise<TransferResult> {
    const { verify = "auto", onProgress, signal } = this.#options;
    const { wire, rest } = this.#forms.end();
    const algorithm = this.#algorithm;
    let verified: Proof = "nothing";
    if (algorithm !== undefined) {
      onProgress?.({ stage: "verifying", doneBytes: size, totalBytes: size });
      await useImageType(this.#peer, signal);
      const asked = { algorithm, sizeHint: wire.size, signal };
      const remote = await remoteDigestIfAllowed(this.#peer, this.#path, asked);
      if (remote && [wire.hex, rest.hex].includes(remote.hex)) verified = algorithm;
    }
    if (verified === "nothing" && remoteBytes !== undefined) {
      this.#demandBetween(rest.size, remoteBytes, wire.size);
    }
    if (verify === "always" && verified === "nothing") throw new Unproven(this.#path);
    const isLike = remoteBytes === wire.size || remoteBytes === rest.size;
    if (verified === "nothing" && algorithm === undefined && isLike) verified = "size";
    return this.#result(size, wire.size, 0, verified);
  }

  #demandBetween(leastBytes: number, remoteBytes: number, mostBytes: number): void {
    if (leastBytes <= remoteBytes && remoteBytes <= mostBytes) return;
    const nearest = remoteBytes < leastBytes ? leastBytes : mostBytes;
    throw new ContentDiffers(this.#path, "size", `${nearest} bytes`, `${remoteBytes} bytes`);
  }

  #result(size: number, movedBytes: number, resumedFrom: number, verified: Proof): TransferResult {
    const elapsedMs = performance.now() - this.#startedMs;
    return { size, movedBytes, resumedFrom, verified, digest: undefined, elapsedMs };
  }

  #watchedSource(stream: ByteSource): ByteSource {
    return {
      read: async (into) => {
        const count = await stream.read(into);
        if (count !== null) this.#forms.take(into.subarray(0, count));
        return count;
      },
    };
  }

  #watchedSink(stream: ByteSink): ByteSink {
    return {
      write: async (bytes) => {
        this.#forms.take(bytes);
        await stream.write(bytes);
      },
    };
  }

  #newForms(): TextForms {
    const algorithm = this.#algorithm;
    return new TextForms(() => algorithm && createHasher(algorithm));
  }

  /** What proves it at the end; `undefined` where nothing can, or need not. */
  get #algorithm(): HashAlgorithm | undefined {
    return this.#options.verify === "never" ? undefined : digestAlgorithmOf(this.#peer);
  }
}
