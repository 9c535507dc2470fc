// When the transfers of one thread stop for a moment, so that its other sessions are heard.

import { within } from "./deadline.ts";
import { closeIfOpen } from "./plain_stream.ts";

/** So long several transfers may keep a thread busy: what a line beside them waits, more or less. */
const BUSY_MS = 3;
/** Datagrams to oneself arrive within microseconds, or were thrown away by a host without memory. */
const REST_LIMIT_MS = 100;

/**
 * The pace of the transfers that share a thread. While some piece of work is always ready (a file's next
 * bytes are read, a socket takes them at once) the runtime looks at its sockets only now and then: beside
 * eight downloads a line waited for a fifth of a second. A timer is no remedy, it comes without that look.
 * So now and then all of them wait for a datagram that the thread sends to itself: it arrives when the
 * runtime has looked, and everything else that has arrived comes with it.
 */
export class Pace {
  readonly #underWay = { transfers: 0, listings: 0 };
  #restedMs = -Infinity;
  #rest: Promise<void> | undefined;
  /** Open while there are several transfers. */
  #bell: Deno.DatagramConn | undefined;

  /** How many transfers there are, listings aside: those hold no buffers. */
  get running(): number {
    return this.#underWay.transfers;
  }

  /** A transfer begins; disposal ends it. */
  join(): Disposable {
    return this.#begin("transfers");
  }

  /** A listing begins: its names come faster than they are told, so it rests also where it is alone. */
  joinListing(): Disposable {
    return this.#begin("listings");
  }

  /** A rest that a transfer should wait for before it goes on; none is due for one that is alone. */
  rest(): Promise<void> | undefined {
    if (!this.#isCrowded) return undefined;
    if (this.#rest === undefined && performance.now() - this.#restedMs < BUSY_MS) return undefined;
    return this.#rest ??= this.#ring().finally(() => {
      this.#rest = undefined;
      this.#restedMs = performance.now();
    });
  }

  /** Whether some work is always ready. */
  get #isCrowded(): boolean {
    return this.#underWay.transfers > 1 || this.#underWay.listings > 0;
  }

  #begin(work: "transfers" | "listings"): Disposable {
    this.#underWay[work]++;
    return {
      [Symbol.dispose]: () => {
        this.#underWay[work]--;
        if (!this.#isCrowded) this.#unhang();
      },
    };
  }

  /** Never rejects: without the bell, transfers go on and lines wait longer. */
  async #ring(): Promise<void> {
    try {
      this.#bell ??= Deno.listenDatagram({ transport: "udp", hostname: "127.0.0.1", port: 0 });
      const bell = this.#bell;
      // It waits before the datagram is sent: one that is there already would be taken without a look.
      const heard = bell.receive(new Uint8Array(1));
      const sent = bell.send(new Uint8Array(1), bell.addr);
      await within(Promise.all([heard, sent]), { limitMs: REST_LIMIT_MS });
    } catch {
      // The others have ended, there is no such socket to be had, or a datagram was lost: then a new one.
      this.#unhang();
    }
  }

  #unhang(): void {
    closeIfOpen(this.#bell);
    this.#bell = undefined;
  }
}
