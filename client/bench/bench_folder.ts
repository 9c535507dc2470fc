// A folder of our own at the server for the time of the measurements, removed with everything in it.

import { randomBytes } from "node:crypto";
import { CommandFailure, ExitCode } from "../../shared/exit_code.ts";
import { isFault } from "../../shared/fault.ts";
import { formatRefusal, isClientFailure, Refused } from "../failure.ts";
import { removeLeftover } from "../leftover.ts";
import { childPath } from "../operations/remote_names.ts";
import type { Visit } from "../visit.ts";

/** Removing takes a round trip a file, whatever the line is like; nobody waits longer, milliseconds. */
const REMOVAL_MS = 10 * 60_000;

/** The folder. Disposal empties and removes it, also after Ctrl-C. */
export class BenchFolder implements AsyncDisposable {
  readonly path: string;
  readonly #visit: Visit;
  readonly #files = new Set<string>();

  readonly #onLeft: (failure: CommandFailure) => void;

  private constructor(path: string, visit: Visit, onLeft: (failure: CommandFailure) => void) {
    this.path = path;
    this.#visit = visit;
    this.#onLeft = onLeft;
  }

  /**
   * Makes it.
   *
   * @param onLeft gets the failure when something of it stays.
   * @throws Refused where the account may not
   */
  static async make(
    parent: string,
    visit: Visit,
    signal: AbortSignal,
    onLeft: (failure: CommandFailure) => void,
  ): Promise<BenchFolder> {
    const path = childPath(parent, `.ftp-bench-${randomBytes(6).toString("hex")}`);
    const client = await visit.client(signal);
    await client.createDirectory(path, { signal });
    return new BenchFolder(path, visit, onLeft);
  }

  /** The path of a file in it, which will be removed whether or not it comes about. */
  file(name: string): string {
    const path = childPath(this.path, name);
    this.#files.add(path);
    return path;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const signal = AbortSignal.timeout(REMOVAL_MS);
    try {
      const client = await this.#visit.client(signal);
      for (const path of this.#files) {
        const refused = await removeLeftover(client, path, signal);
        if (refused !== undefined) throw refused;
      }
      await client.removeDirectory(this.path, { signal });
    } catch (error) {
      if (!isClientFailure(error) && !isFault(error) && !(error instanceof CommandFailure)) {
        throw error;
      }
      const why = error instanceof Refused ? formatRefusal(error.reply) : "it could not be removed";
      const tried = `remove "${this.path}" after the measurements`;
      const hint = `ftp rm -r "${this.path}" removes it`;
      this.#onLeft(new CommandFailure(ExitCode.failed, tried, why, { cause: error, hint }));
    }
  }
}
