// Keeps back what TLS 1.3 sends of its own accord while a peer uploads: session tickets.

/** Record type `application_data`: from the peer's Finished on, TLS 1.3 shows no other (RFC 8446, 5.2). */
const APPLICATION_DATA = 23;
const HEADER_BYTES = 5;
/** Tickets are a few hundred bytes; what exceeds this is none, and is let go. */
const WITHHELD_LIMIT_BYTES = 64 * 1024;

/**
 * Watches both directions of an encrypted connection that carries an upload. Many clients write,
 * close and never read: tickets that reach them unread, or after they closed, make their system
 * answer with RST and throw away what it had not sent yet. So tickets wait until the upload is over.
 */
export class TicketHold {
  readonly #incoming = new RecordFinder();
  readonly #outgoing = new RecordFinder();
  #peerIsEncrypted = false;
  #holds = false;
  #released = false;
  #withheld: Uint8Array[] = [];
  #withheldBytes = 0;

  /** To be shown everything of the peer's before it is passed on. */
  see(bytes: Uint8Array): void {
    this.#peerIsEncrypted ||= this.#incoming.find(bytes, true) !== undefined;
  }

  /** What may go to the peer now, of `bytes` and of what was withheld before. */
  pass(bytes: Uint8Array): readonly Uint8Array[] {
    if (this.#released) return [...this.#takeWithheld(), bytes];
    if (this.#holds) return this.#withhold(bytes);
    // Our own handshake messages come before the peer's Finished; TLS 1.2 sends its ticket there.
    const ticketsAt = this.#outgoing.find(bytes, this.#peerIsEncrypted);
    if (ticketsAt === undefined) return [bytes];
    this.#holds = true;
    return [bytes.subarray(0, ticketsAt), ...this.#withhold(bytes.subarray(ticketsAt))];
  }

  /** The upload is over: everything passes from now on. */
  release(): void {
    this.#released = true;
  }

  #withhold(bytes: Uint8Array): readonly Uint8Array[] {
    this.#withheld.push(bytes.slice());
    this.#withheldBytes += bytes.length;
    return this.#withheldBytes > WITHHELD_LIMIT_BYTES ? this.#takeWithheld() : [];
  }

  #takeWithheld(): readonly Uint8Array[] {
    const withheld = this.#withheld;
    this.#withheld = [];
    this.#withheldBytes = 0;
    return withheld;
  }
}

/** Follows the records of one direction over any split into pieces. */
class RecordFinder {
  #headerAt = 0;
  #bodyLeft = 0;

  /** Where a record of application data begins, if that is wanted; pieces after it are not followed. */
  find(bytes: Uint8Array, wanted: boolean): number | undefined {
    for (let at = 0; at < bytes.length;) {
      if (this.#headerAt === 0 && wanted && bytes[at] === APPLICATION_DATA) return at;
      if (this.#headerAt < HEADER_BYTES) {
        if (this.#headerAt >= 3) this.#bodyLeft = this.#bodyLeft * 256 + (bytes[at] ?? 0);
        this.#headerAt++;
        at++;
      } else {
        const skipped = Math.min(this.#bodyLeft, bytes.length - at);
        this.#bodyLeft -= skipped;
        at += skipped;
      }
      if (this.#headerAt === HEADER_BYTES && this.#bodyLeft === 0) this.#headerAt = 0;
    }
    return undefined;
  }
}
