// Another process with an upload under way, to be killed or told to commit.

import type { DiskStorageOptions } from "../../server/storage/disk_storage.ts";

/** An upload of `patternBytes` that has got so far and waits. */
export class UploadingProcess implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #said: ReadableStreamDefaultReader<Uint8Array>;

  private constructor(child: Deno.ChildProcess) {
    this.#child = child;
    this.#said = child.stdout.getReader();
  }

  /** Resolves when `size` bytes have been written by the other process, with the quota books or without. */
  static async start(
    options: DiskStorageOptions,
    path: string,
    size: number,
    books?: "books",
  ): Promise<UploadingProcess> {
    const { root, home, account } = options;
    const child = new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--allow-read",
        "--allow-write",
        "--allow-sys",
        new URL("uploading_program.ts", import.meta.url).href,
        JSON.stringify({ options: { root, home, account }, path, size, books }),
      ],
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    const process = new UploadingProcess(child);
    await process.#hear("written");
    return process;
  }

  /** Ends it at once, as `kill -9` and the power switch do. */
  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#child.status;
  }

  /** Lets it finish. */
  async commit(): Promise<void> {
    const writer = this.#child.stdin.getWriter();
    await writer.write(new TextEncoder().encode("commit\n"));
    await writer.close();
    await this.#hear("committed");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#said.cancel();
    if (!this.#child.stdin.locked) await this.#child.stdin.close().catch(() => {});
    try {
      this.#child.kill("SIGKILL");
    } catch (error) {
      if (!(error instanceof TypeError || error instanceof Deno.errors.NotFound)) throw error;
    }
    await this.#child.status;
  }

  async #hear(word: string): Promise<void> {
    const { value } = await this.#said.read();
    const heard = new TextDecoder().decode(value).trim();
    if (heard !== word) throw new Error(`the uploading process said "${heard}", not "${word}"`);
  }
}
