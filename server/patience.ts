// How long a session waits for the peer's next line: as long as a member may idle, or until its login is due.

import type { ServerSettings } from "./settings.ts";

/** The clock of one session. */
export class Patience {
  readonly #settings: () => Pick<ServerSettings, "idleTimeoutMs" | "loginTimeoutMs">;
  #loginByMs: number;
  #wasMember = false;

  constructor(settings: () => Pick<ServerSettings, "idleTimeoutMs" | "loginTimeoutMs">) {
    this.#settings = settings;
    this.#loginByMs = Date.now() + settings().loginTimeoutMs;
  }

  /**
   * What is left for the next line; asked before each.
   *
   * SECURITY: only who was a member gets a new term, by REIN, AUTH or another USER. A stranger's runs
   * from the connection on, whatever he says.
   */
  limitMs(isMember: boolean): number {
    const { idleTimeoutMs, loginTimeoutMs } = this.#settings();
    if (this.#wasMember && !isMember) this.#loginByMs = Date.now() + loginTimeoutMs;
    this.#wasMember = isMember;
    if (isMember) return idleTimeoutMs;
    return Math.min(idleTimeoutMs, Math.max(0, this.#loginByMs - Date.now()));
  }
}
