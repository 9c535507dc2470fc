// One text in the two forms that servers keep: with CRLF, as it travels in TYPE A, and with LF.

import { CrlfDecoder } from "../shared/ascii.ts";
import type { Hasher } from "../shared/hash.ts";

/** A text with one kind of line ends. */
export interface TextForm {
  /** Bytes. */
  readonly size: number;
  /** Lower-case hexadecimal; `undefined` where none was wanted. */
  readonly hex: string | undefined;
}

/** A text as it travels, with CRLF, and as it lies on most disks, with LF: both counted and digested. */
export class TextForms {
  readonly #decoder = new CrlfDecoder();
  readonly #wire: Hasher | undefined;
  readonly #rest: Hasher | undefined;
  #wireBytes = 0;
  #restBytes = 0;

  constructor(newHasher: () => Hasher | undefined) {
    this.#wire = newHasher();
    this.#rest = newHasher();
  }

  /** Takes what travels next. */
  take(bytes: Uint8Array): void {
    this.#wireBytes += bytes.length;
    this.#wire?.update(bytes);
    this.#takeRest(this.#decoder.convert(bytes));
  }

  /** Both forms, once all has travelled. */
  end(): { readonly wire: TextForm; readonly rest: TextForm } {
    this.#takeRest(this.#decoder.end());
    return {
      wire: { size: this.#wireBytes, hex: this.#wire?.digest() },
      rest: { size: this.#restBytes, hex: this.#rest?.digest() },
    };
  }

  #takeRest(bytes: Uint8Array): void {
    this.#restBytes += bytes.length;
    this.#rest?.update(bytes);
  }
}
