// A small file sent up and fetched back: what transfers, resuming, digests and the server's clock are worth.

import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { CommandFailure, ExitCode } from "../../shared/exit_code.ts";
import { createHasher } from "../../shared/hash.ts";
import type { ByteSink } from "../../shared/byte_stream.ts";
import { isSameContent, memorySource } from "../bytes_in_memory.ts";
import type { Client } from "../client.ts";
import { formatRefusal, Refused } from "../failure.ts";
import { removeLeftover } from "../leftover.ts";
import { temporaryFolder } from "../operations/copying.ts";
import { childPath } from "../operations/remote_names.ts";
import type { RemoteEntry } from "../remote_entry.ts";
import { clockFinding } from "./clock.ts";
import { fails, type Finding, limited, skipped, works } from "./finding.ts";

/** More than the buffers of one round trip hold, and soon moved over a slow line. */
const TRIAL_BYTES = 256 * 1024;

/** A file of the server's that stands in where nothing may be uploaded is no larger. */
const BORROWED_LIMIT_BYTES = 4 * 1024 * 1024;

/** Replies that mean: not you, or not here. Anything else is a failure of the upload itself. */
const NOT_YOURS: ReadonlySet<number> = new Set([500, 502, 530, 532, 550, 553]);

/** What the steps after the upload look at. */
interface Subject {
  readonly path: string;
  /** The whole content, as it was sent or first fetched; `undefined` until then. */
  content: Uint8Array | undefined;
  readonly isOurs: boolean;
}

/** The trial, step by step; each step tells what it found. */
export class Trial {
  readonly #path: string;
  #subject: Subject | undefined;
  #whyNone = "nothing could be uploaded, and there is no small file to fetch";
  #uploadedMs = 0;
  /** Whether the server may hold anything of ours. */
  mayHaveLeft = false;

  /** @param folder where the file goes, as the server knows it. */
  constructor(folder: string) {
    this.#path = childPath(folder, `.ftp-doctor-${randomBytes(6).toString("hex")}`);
  }

  /** Sends the file up; where that is not allowed, one of the listing stands in for it. */
  async upload(
    client: Client,
    listed: readonly RemoteEntry[],
    folder: string,
    signal: AbortSignal,
  ): Promise<Finding> {
    const content = new Uint8Array(randomBytes(TRIAL_BYTES));
    this.mayHaveLeft = true;
    try {
      const { elapsedMs } = await client.upload({ source: memorySource(content) }, this.#path, {
        existing: "replace",
        verify: "never",
        signal,
      });
      this.#uploadedMs = Date.now();
      this.#subject = { path: this.#path, content, isOurs: true };
      return works(`${TRIAL_BYTES} bytes in ${Math.round(elapsedMs)} ms`, { bytes: TRIAL_BYTES });
    } catch (error) {
      const small = listed.find(({ type, size }) =>
        type === "file" && size !== undefined && size > 0 && size <= BORROWED_LIMIT_BYTES
      );
      if (small !== undefined) {
        const path = childPath(folder, small.name);
        this.#subject = { path, content: undefined, isOurs: false };
      }
      if (!(error instanceof Refused) || !NOT_YOURS.has(error.reply.code)) throw error;
      this.mayHaveLeft = false;
      const reply = formatRefusal(error.reply);
      return skipped(
        `the account may not upload here (${reply}); ADDRESS/PATH names another folder`,
      );
    }
  }

  async download(client: Client, signal: AbortSignal): Promise<Finding> {
    const subject = this.#subject;
    if (subject === undefined) return skipped(this.#whyNone);
    const fetched = await fetch(client, subject.path, 0, signal);
    if (subject.content !== undefined && !isSameContent(fetched, subject.content)) {
      return fails(
        ExitCode.contentDiffers,
        `${fetched.length} bytes came back, and they are not those that were sent`,
        "the server, or something on the way, changes what it carries: files must travel in binary (TYPE I)",
      );
    }
    subject.content ??= fetched;
    return works(`${fetched.length} bytes${subject.isOurs ? ", the same as were sent" : ""}`, {
      bytes: fetched.length,
    });
  }

  async resume(client: Client, signal: AbortSignal): Promise<Finding> {
    const subject = this.#subject;
    if (subject?.content === undefined) return skipped(this.#whyNone);
    const { path, content, isOurs } = subject;
    const half = Math.floor(content.length / 2);
    if (half === 0) return skipped(this.#whyNone);
    const down = await tolerant(async () =>
      isSameContent(await fetch(client, path, half, signal), content.subarray(half))
    );
    if (down === false) {
      return fails(
        ExitCode.contentDiffers,
        `REST ${half} before RETR gives other bytes`,
        "repair or replace the server: clients that resume there put wrong files together",
      );
    }
    const up = isOurs ? await tolerant(() => this.#resumesUp(client, content, half, signal)) : true;
    const facts = { down: down === true, up: isOurs ? up === true : null };
    if (down === true && up === true) {
      return works(isOurs ? "downloads and uploads" : "downloads; uploads were not tried", facts);
    }
    const told = `downloads: ${answer(down)}; uploads: ${isOurs ? answer(up) : "not tried"}`;
    return limited(
      told,
      "let the server accept REST before RETR and STOR: until then interrupted files start again from 0",
      facts,
    );
  }

  async verification(client: Client, signal: AbortSignal): Promise<Finding> {
    const subject = this.#subject;
    if (subject?.content === undefined) return skipped(this.#whyNone);
    const digest = await client.digest(subject.path, { signal });
    if (digest === undefined) {
      return limited(
        "the server gives no digests: only sizes can be compared",
        "a server with HASH or XSHA256 lets every transfer be proven",
        { algorithm: null },
      );
    }
    const { algorithm, hex } = digest;
    const hasher = createHasher(algorithm);
    hasher.update(subject.content);
    if (hasher.digest() === hex) return works(algorithm, { algorithm });
    return fails(
      ExitCode.contentDiffers,
      `${algorithm} of the server is not that of the content`,
      "the server's digests are wrong, or its disk is: --verify never goes without them",
      { algorithm },
    );
  }

  async clock(client: Client, signal: AbortSignal): Promise<Finding> {
    const subject = this.#subject;
    if (subject === undefined || !subject.isOurs) {
      return skipped("only a file that was uploaded just now tells what time it is at the server");
    }
    return clockFinding(await client.stat(subject.path, { signal }), this.#uploadedMs);
  }

  /** Removes what is ours, finished or not. */
  async remove(client: Client, signal: AbortSignal): Promise<Finding> {
    const refused = await removeLeftover(client, this.#path, signal);
    if (refused === undefined) return works("nothing of the trial is left at the server");
    return limited(
      `"${this.#path}" is still there: ${formatRefusal(refused.reply)}`,
      "remove it as somebody who may",
      { left: this.#path },
    );
  }

  /** Half of it as a file of its own, then all of it: the client must send the second half only. */
  async #resumesUp(
    client: Client,
    content: Uint8Array,
    half: number,
    signal: AbortSignal,
  ): Promise<boolean> {
    await using folder = await temporaryFolder();
    const local = join(folder.path, "trial");
    await Deno.writeFile(local, content);
    const first = { source: memorySource(content.subarray(0, half)) };
    await client.upload(first, this.#path, { existing: "replace", verify: "never", signal });
    const second = await client.upload({ path: local }, this.#path, { preserve: false, signal });
    return second.resumedFrom === half;
  }
}

/** What a refusal says instead of an answer. */
async function tolerant(work: () => Promise<boolean>): Promise<boolean | string> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Refused) return formatRefusal(error.reply);
    throw error;
  }
}

function answer(outcome: boolean | string): string {
  return typeof outcome === "string" ? outcome : outcome ? "yes" : "no";
}

async function fetch(
  client: Client,
  path: string,
  offset: number,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const kept = new Uint8Array(BORROWED_LIMIT_BYTES);
  let length = 0;
  const sink: ByteSink = {
    write: (bytes) => {
      if (length + bytes.length > kept.length) {
        throw new CommandFailure(
          ExitCode.contentDiffers,
          `get "${path}"`,
          `more than the ${BORROWED_LIMIT_BYTES} bytes that were to come`,
        );
      }
      kept.set(bytes, length);
      length += bytes.length;
      return Promise.resolve();
    },
  };
  await client.download(path, { sink }, { offset, verify: "never", signal });
  return kept.slice(0, length);
}
