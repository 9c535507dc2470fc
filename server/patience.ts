// How long a session waits for the peer's next line: as long as a member may idle, or until its login is due.

import { Alarm } from "../shared/alarm.ts";
import type { ServerSettings } from "./settings.ts";

/** The clock of one session; disposal stops it. */
export class Patience implements Disposable {
  readonly #settings: () => Pick<ServerSettings, "idleTimeoutMs" | "loginTimeoutMs">;
  readonly #alarm = new Alarm();
  #loginByMs: number;
  #wasMember = false;

  constructor(settings: () => Pick<ServerSettings, "idleTimeoutMs" | "loginTimeoutMs">) {
    this.#settings = settings;
    this.#loginByMs = Date.now() + settings().loginTimeoutMs;
  }

  /**
   * Waits for the next line.
   *
   * @throws Fault `timed-out` when it does not come in time, `aborted` when interrupted; as `line` does
   */
  wait<T>(line: Promise<T>, isMember: boolean): Promise<T> {
    return this.#alarm.within(line, this.#limitMs(isMember));
  }

  /** Ends the wait under way, if there is one. */
  interrupt(): void {
    this.#alarm.interrupt("interrupted");
  }

  [Symbol.dispose](): void {
    this.#alarm[Symbol.dispose]();
  }

  /**
   * What is left for the next line.
   *
   * SECURITY: only who was a member gets a new term, by REIN, AUTH or another USER. A stranger's runs
   * from the connection on, whatever he says.
   */
  #limitMs(isMember: boolean): number {
    const { idleTimeoutMs, loginTimeoutMs } = this.#settings();
    if (this.#wasMember && !isMember) this.#loginByMs = Date.now() + loginTimeoutMs;
    this.#wasMember = isMember;
    if (isMember) return idleTimeoutMs;
    return Math.min(idleTimeoutMs, Math.max(0, this.#loginByMs - Date.now()));
  }
}
