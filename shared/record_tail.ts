// Whether a stream of TLS records ends with an alert: what tells close_notify from a cut.

/** The content types that matter (RFC 8446, 5.1). */
const ALERT = 21;
const APPLICATION_DATA = 23;
const HEADER_BYTES = 5;
/** TLS 1.3 hides its type: an alert is two bytes, its real type one, and 16 of authentication. */
const SEALED_ALERT_BYTES = 19;

/**
 * Walks the record headers of one direction of a TLS connection, never the content. Handles any split.
 * An application record of exactly two bytes of content looks the same under TLS 1.3; the size of
 * the file decides then.
 */
export class RecordTail {
  readonly #header = new Uint8Array(HEADER_BYTES);
  #headerBytes = 0;
  #bodyLeft = 0;
  #alert = false;

  /** The next bytes, in order. */
  take(bytes: Uint8Array): void {
    let at = 0;
    while (at < bytes.length) {
      if (this.#bodyLeft > 0) {
        const step = Math.min(this.#bodyLeft, bytes.length - at);
        this.#bodyLeft -= step;
        at += step;
        continue;
      }
      this.#header[this.#headerBytes++] = bytes[at++]!;
      if (this.#headerBytes < HEADER_BYTES) continue;
      this.#headerBytes = 0;
      const [type, , , high = 0, low = 0] = this.#header;
      this.#bodyLeft = high * 256 + low;
      this.#alert = type === ALERT ||
        (type === APPLICATION_DATA && this.#bodyLeft === SEALED_ALERT_BYTES);
    }
  }

  /** Whether the last record is whole and can be an alert. */
  get endsWithAlert(): boolean {
    return this.#alert && this.#bodyLeft === 0 && this.#headerBytes === 0;
  }
}
