// Counts what happens in one thread: whatever the log is told.

import type { Log, LogFields, LogLevel } from "../../shared/log.ts";

/** So often each of these has happened since the thread started. */
export interface Counts {
  readonly sessionsBegun: number;
  readonly sessionsEnded: number;
  /** Connections that became no session. */
  readonly refused: number;
  readonly logins: number;
  readonly failedLogins: number;
  /** Transfers that were done; listings are sent, too. */
  readonly sent: number;
  readonly received: number;
  readonly failedTransfers: number;
  /** Bytes of transfers, done or not, that have ended. */
  readonly sentBytes: number;
  readonly receivedBytes: number;
  readonly errors: number;
}

/** Nothing has happened yet. */
export const NO_COUNTS: Counts = {
  sessionsBegun: 0,
  sessionsEnded: 0,
  refused: 0,
  logins: 0,
  failedLogins: 0,
  sent: 0,
  received: 0,
  failedTransfers: 0,
  sentBytes: 0,
  receivedBytes: 0,
  errors: 0,
};

/** Both together. */
export function sumOf(one: Counts, other: Counts): Counts {
  const sum: Record<string, number> = { ...one };
  for (const [name, count] of Object.entries(other)) sum[name] = (sum[name] ?? 0) + count;
  return sum as unknown as Counts;
}

/** What an event of the log adds; those that are missing add nothing. */
const EVENTS: Readonly<Record<string, (fields: LogFields) => Partial<Counts>>> = {
  "connected": () => ({ sessionsBegun: 1 }),
  "disconnected": () => ({ sessionsEnded: 1 }),
  // Within a session it is a request that was refused.
  "refused": ({ session }) => session === undefined ? { refused: 1 } : {},
  "login": () => ({ logins: 1 }),
  "login refused": () => ({ failedLogins: 1 }),
  "transfer": ({ sends, bytes, outcome }) => {
    const moved = Number(bytes);
    const isDone = outcome === "done";
    return {
      ...(sends === true ? { sentBytes: moved } : { receivedBytes: moved }),
      ...(!isDone ? { failedTransfers: 1 } : sends === true ? { sent: 1 } : { received: 1 }),
    };
  },
};

/** The counts of one thread. */
export class EventCounts {
  #counts: Counts = NO_COUNTS;

  /** As they are now. */
  get counts(): Counts {
    return this.#counts;
  }

  /** A log that counts what it passes on. */
  watching(log: Log): Log {
    return new CountingLog(log, (added) => this.#counts = sumOf(this.#counts, added), {});
  }
}

class CountingLog implements Log {
  readonly #log: Log;
  readonly #add: (added: Counts) => void;
  readonly #fixed: LogFields;

  constructor(log: Log, add: (added: Counts) => void, fixed: LogFields) {
    this.#log = log;
    this.#add = add;
    this.#fixed = fixed;
  }

  write(level: LogLevel, event: string, fields: LogFields = {}): void {
    const added = EVENTS[event]?.({ ...this.#fixed, ...fields }) ?? {};
    const errors = level === "error" ? 1 : 0;
    this.#add({ ...NO_COUNTS, ...added, errors });
    this.#log.write(level, event, fields);
  }

  with(fields: LogFields): Log {
    return new CountingLog(this.#log.with(fields), this.#add, { ...this.#fixed, ...fields });
  }
}
