// The charset of one session's names: UTF-8, until the peer sends what is none.

import type { Charset } from "./charset.ts";

/** How one session's bytes are text. */
export class SessionNames {
  readonly #fallback: Charset | undefined;
  #speaksFallback = false;

  constructor(fallback: Charset | undefined) {
    this.#fallback = fallback;
  }

  /**
   * Reads a line. Bytes that are not UTF-8 show a client of the older charset, and from then on its
   * charset comes first: some of its names would pass for UTF-8.
   *
   * @returns `undefined` for bytes that are text in neither; nothing is replaced, since names must
   * stay what they are.
   */
  decode(bytes: Uint8Array): string | undefined {
    if (!this.#speaksFallback) {
      const text = utf8Of(bytes);
      if (text !== undefined) return text;
    }
    const text = this.#fallback?.decode(bytes);
    if (text === undefined) return this.#speaksFallback ? utf8Of(bytes) : undefined;
    this.#speaksFallback = true;
    return text;
  }

  /** Writes replies and listings, in the peer's own charset. */
  encode(text: string): Uint8Array {
    return this.#speaksFallback && this.#fallback !== undefined
      ? this.#fallback.encode(text)
      : new TextEncoder().encode(text);
  }

  /** OPTS UTF8 ON: the peer says that it speaks UTF-8 after all. */
  useUtf8(): void {
    this.#speaksFallback = false;
  }
}

/** It keeps nothing from one text to the next: one serves all. */
const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function utf8Of(bytes: Uint8Array): string | undefined {
  try {
    return UTF8.decode(bytes);
  } catch {
    return undefined;
  }
}
