// What the program tells its operator: events with fields, a line each, never a secret.

/** How much a line matters. */
export type LogLevel = "debug" | "info" | "warn" | "error";

/** What belongs to an event; values are printed, so no secret may be among them. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** Where events go. */
export interface Log {
  /** `event` is a fixed phrase to search for, e.g. `login refused`; what varies is in the fields. */
  write(level: LogLevel, event: string, fields?: LogFields): void;
  /** A log that adds these fields to every line. */
  with(fields: LogFields): Log;
}
