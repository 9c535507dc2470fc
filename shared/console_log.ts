// The log as lines of text or JSON: one event a line, whatever a peer put into a value.

import type { Log, LogFields, LogLevel } from "./log.ts";
import type { LogSink } from "./log_sink.ts";

/** How a log is written. */
export interface ConsoleLogOptions {
  readonly form: "text" | "json";
  /** Events below this level are left out; `info` unless said otherwise. */
  readonly lowest?: LogLevel;
  readonly sink: LogSink;
  /** The time of an event, milliseconds since 1970 UTC. */
  readonly now?: () => number;
}

const LEVELS: readonly LogLevel[] = ["debug", "info", "warn", "error"];

/** A value of more characters is cut: it is some peer's, and the log is for people. */
const LIMIT_VALUE_CHARACTERS = 1024;

/**
 * A log whose lines go to `sink`.
 *
 * Text: `2026-11-21T16:06:49.123Z info  login refused peer=192.0.2.1 name="a b"`; JSON: an object with
 * `time`, `level`, `event` and the fields.
 */
export function consoleLog(options: ConsoleLogOptions, fixed: LogFields = {}): Log {
  const { form, sink, now = Date.now, lowest = "info" } = options;
  const format = form === "json" ? jsonLines(fixed) : textLines(fixed);
  return {
    write(level, event, fields = {}) {
      if (LEVELS.indexOf(level) < LEVELS.indexOf(lowest)) return;
      const time = new Date(now()).toISOString();
      sink.write(format(time, level, event, fields), level === "error");
    },
    with: (fields) => consoleLog(options, { ...fixed, ...fields }),
  };
}

type LineFormat = (time: string, level: LogLevel, event: string, fields: LogFields) => string;

/** Lines of text; the fixed fields, which come first, are spelt once. */
function textLines(fixed: LogFields): LineFormat {
  let spelt: string | undefined;
  return (time, level, event, fields) => {
    const isOverridden = Object.keys(fields).some((name) => name in fixed);
    const text = isOverridden
      ? shownFields({ ...fixed, ...fields })
      : (spelt ??= shownFields(fixed)) + shownFields(fields);
    return `${time} ${level.padEnd(5)} ${escaped(event)}${text}\n`;
  };
}

function shownFields(fields: LogFields): string {
  let text = "";
  for (const [name, value] of Object.entries(fields)) {
    if (value !== undefined) text += ` ${name}=${shownValue(printable(value))}`;
  }
  return text;
}

function jsonLines(fixed: LogFields): LineFormat {
  return (time, level, event, fields) => jsonLine(time, level, event, { ...fixed, ...fields });
}

function jsonLine(time: string, level: LogLevel, event: string, fields: LogFields): string {
  // The three that every reader relies on come first and cannot be replaced by a field.
  const line: Record<string, unknown> = { time, level, event };
  for (const [name, value] of Object.entries(fields)) {
    if (value !== undefined && !(name in line)) line[name] = printable(value);
  }
  return `${escaped(JSON.stringify(line))}\n`;
}

/** What is neither number nor boolean becomes text: an object that got in by mistake shows no inside. */
function printable(value: unknown): string | number | boolean {
  if (typeof value === "number" || typeof value === "boolean") return value;
  const text = String(value);
  return text.length > LIMIT_VALUE_CHARACTERS
    ? `${text.slice(0, LIMIT_VALUE_CHARACTERS)}...`
    : text;
}

function shownValue(value: string | number | boolean): string {
  if (typeof value !== "string") return String(value);
  if (/^[A-Za-z0-9_.:/@+*-]+$/.test(value)) return value; // most are, and it is found out sooner
  return /^[\p{L}\p{N}_.:/@+*-]+$/u.test(value) ? value : escaped(JSON.stringify(value));
}

/**
 * SECURITY: control characters, line separators and characters that change the direction of text
 * could forge a line or hide one; they are shown as their escapes.
 */
function escaped(text: string): string {
  return text.replace(
    /[\p{Cc}\u2028\u2029\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\ufeff]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
