// Files of one command as they are found: counted while folders are looked into, known once all were.

import type { ExpectedFiles } from "./progress.ts";

/** One search, e.g. through a folder. */
export interface Search {
  /** A file was found; its size where that is known. */
  found(bytes: number | undefined): void;
  /** All of them were. Safe to call twice. */
  over(): void;
}

/** What several searches find together. */
export class FoundFiles implements ExpectedFiles {
  #files = 0;
  #bytes: number | undefined = 0;
  #open = 0;

  get files(): number {
    return this.#files;
  }

  get bytes(): number | undefined {
    return this.#bytes;
  }

  get isGrowing(): boolean {
    return this.#open > 0;
  }

  /** A file that is known without a search. */
  add(bytes: number | undefined): void {
    const search = this.search();
    search.found(bytes);
    search.over();
  }

  /** Begins a search: until it is over more may be found. */
  search(): Search {
    let isOver = false;
    this.#open++;
    return {
      found: (bytes) => {
        this.#files++;
        this.#bytes = bytes === undefined || this.#bytes === undefined
          ? undefined
          : this.#bytes + bytes;
      },
      over: () => {
        if (!isOver) this.#open--;
        isOver = true;
      },
    };
  }
}

/** A search that nobody follows. */
export const UNCOUNTED: Search = { found() {}, over() {} };
