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

/** What is counted up in place: a small file is one event, and its share must be small. */
type Tally = { -readonly [Name in keyof Counts]: number };

/** What an event of the log adds. @param within whether it happened within a session. */
const EVENTS: Readonly<
  Record<string, (tally: Tally, fields: LogFields, within: boolean) => void>
> = {
  "connected": (tally) => tally.sessionsBegun++,
  "disconnected": (tally) => tally.sessionsEnded++,
  // Within a session it is a request that was refused.
  "refused": (tally, _fields, within) => tally.refused += within ? 0 : 1,
  "login": (tally) => tally.logins++,
  "login refused": (tally) => tally.failedLogins++,
  "transfer": (tally, { sends, bytes, outcome }) => {
    tally[sends === true ? "sentBytes" : "receivedBytes"] += Number(bytes);
    if (outcome !== "done") tally.failedTransfers++;
    else tally[sends === true ? "sent" : "received"]++;
  },
};

/** The counts of one thread. */
export class EventCounts {
  readonly #tally: Tally = { ...NO_COUNTS };

  /** As they are now. */
  get counts(): Counts {
    return { ...this.#tally };
  }

  /** A log that counts what it passes on. */
  watching(log: Log): Log {
    return new CountingLog(log, this.#tally, false);
  }
}

class CountingLog implements Log {
  readonly #log: Log;
  readonly #tally: Tally;
  readonly #isWithinSession: boolean;

  constructor(log: Log, tally: Tally, isWithinSession: boolean) {
    this.#log = log;
    this.#tally = tally;
    this.#isWithinSession = isWithinSession;
  }

  write(level: LogLevel, event: string, fields: LogFields = {}): void {
    const isWithin = this.#isWithinSession || fields.session !== undefined;
    EVENTS[event]?.(this.#tally, fields, isWithin);
    if (level === "error") this.#tally.errors++;
    this.#log.write(level, event, fields);
  }

  with(fields: LogFields): Log {
    const isWithin = this.#isWithinSession || fields.session !== undefined;
    return new CountingLog(this.#log.with(fields), this.#tally, isWithin);
  }
}
