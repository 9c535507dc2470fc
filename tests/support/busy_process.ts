// Another process that changes files of an account all the time, to be killed at any moment.

import type { DiskStorageOptions } from "../../server/storage/disk_storage.ts";

/** A process that does random deeds, and says a byte after each. */
export class BusyProcess implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #said: ReadableStreamDefaultReader<Uint8Array>;

  private constructor(child: Deno.ChildProcess) {
    this.#child = child;
    this.#said = child.stdout.getReader();
  }

  /** @param seed chooses the deeds. */
  static start({ root, home, account }: DiskStorageOptions, seed: number): BusyProcess {
    const program = new URL("busy_program.ts", import.meta.url).href;
    const order = JSON.stringify({ options: { root, home, account }, seed });
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "--allow-read", "--allow-write", "--allow-sys", program, order],
      stdin: "null",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    return new BusyProcess(child);
  }

  /** Resolves when it has done so many deeds, and is busy with another. */
  async did(deeds: number): Promise<void> {
    for (let heard = 0; heard < deeds;) {
      const { value, done } = await this.#said.read();
      if (done) throw new Error("the busy process ended by itself");
      heard += value.length;
    }
  }

  /** Ends it at once, as `kill -9` does. */
  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#child.status;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#said.cancel();
    try {
      this.#child.kill("SIGKILL");
    } catch (error) {
      if (!(error instanceof TypeError || error instanceof Deno.errors.NotFound)) throw error;
    }
    await this.#child.status;
  }
}
