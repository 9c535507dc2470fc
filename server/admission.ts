// Whether a connection becomes a session: so many at once, so many from one address.

import { type Reply, reply } from "../shared/reply.ts";
import type { ServerSettings } from "./settings.ts";

/** The limits, asked at each admission since SIGHUP may change them. */
export type AdmissionLimits = () => Pick<ServerSettings, "maxSessions" | "maxSessionsPerAddress">;

/** A session's place; disposing it frees the place. */
export type Seat = Disposable;

/** The answer to a connection. */
export type Admitted =
  | { readonly ok: true; readonly seat: Seat }
  | { readonly ok: false; readonly rule: string; readonly reply: Reply };

/** Counts the sessions of one worker. */
export class Admission {
  readonly #limits: AdmissionLimits;
  readonly #byAddress = new Map<string, number>();
  #count = 0;

  constructor(limits: AdmissionLimits) {
    this.#limits = limits;
  }

  /** Gives a seat, or the 421 that says why there is none. */
  admit(address: string): Admitted {
    const { maxSessions, maxSessionsPerAddress } = this.#limits();
    if (this.#count >= maxSessions) {
      return refuse("max-sessions", "Too many sessions here, try again later.");
    }
    const fromThere = this.#byAddress.get(address) ?? 0;
    if (fromThere >= maxSessionsPerAddress) {
      return refuse("max-per-address", "Too many sessions from your address, try again later.");
    }
    this.#count++;
    this.#byAddress.set(address, fromThere + 1);
    return { ok: true, seat: this.#seat(address) };
  }

  #seat(address: string): Seat {
    let isTaken = true;
    return {
      [Symbol.dispose]: () => {
        if (!isTaken) return;
        isTaken = false;
        this.#count--;
        const left = (this.#byAddress.get(address) ?? 1) - 1;
        if (left === 0) this.#byAddress.delete(address);
        else this.#byAddress.set(address, left);
      },
    };
  }
}

function refuse(rule: string, text: string): Admitted {
  return { ok: false, rule, reply: reply(421, text) };
}
