// One descriptor kept back, so that a peer can still be told when the process has no other left.

const NOWHERE = Deno.build.os === "windows" ? "NUL" : "/dev/null";

/** Holds a descriptor until none is left elsewhere. */
export class DescriptorReserve implements Disposable {
  #file: Deno.FsFile | undefined = open();
  #isSpent = false;

  /** Whether it was given up and not yet got back. */
  get isSpent(): boolean {
    return this.#isSpent;
  }

  /** Gives the descriptor up for one accept; `false` when there was none to give. */
  release(): boolean {
    if (this.#file === undefined) return false;
    this.#file.close();
    this.#file = undefined;
    this.#isSpent = true;
    return true;
  }

  /** Takes one again; `false` when there still is none. */
  restore(): boolean {
    this.#file ??= open();
    this.#isSpent = this.#file === undefined;
    return !this.#isSpent;
  }

  [Symbol.dispose](): void {
    this.#file?.close();
    this.#file = undefined;
  }
}

/** Whether an error says that process or machine has no descriptor left. */
export function isOutOfDescriptors(error: unknown): boolean {
  return error instanceof Error && "code" in error &&
    (error.code === "EMFILE" || error.code === "ENFILE");
}

function open(): Deno.FsFile | undefined {
  try {
    return Deno.openSync(NOWHERE);
  } catch {
    // None left, or no permission: then there is no reserve and connections wait in the backlog.
    return undefined;
  }
}
