// Reads the server's INI file into settings that still know their line.

import { parse as parseIni } from "ini";
import { type Parsed, parsed, unparsed } from "../shared/parsed.ts";

/** One `key = value` of the file. */
export interface FileSetting {
  readonly section: string;
  readonly key: string;
  readonly value: string;
  /** Counted from 1. */
  readonly line: number;
}

/** A settings file is read whole; one of a megabyte is some other file. */
const LIMIT_CHARACTERS = 1 << 20;

/**
 * Reads the text of an INI file: `[section]` lines, `key = value` lines, `;` and `#` comments. Lines
 * are taken one by one, so that what is wrong in one can be told with its number, and quotes and
 * escapes of values are the `ini` package's.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseSettingsFile } from "./settings_file.ts";
 * assert.deepEqual(parseSettingsFile("[server]\nport = 2122 ; mine\n"), {
 *   ok: true,
 *   value: [{ section: "server", key: "port", value: "2122", line: 2 }],
 * });
 * ```
 */
export function parseSettingsFile(text: string): Parsed<FileSetting[]> {
  if (text.length > LIMIT_CHARACTERS) return unparsed("the file is too long for settings");
  const settings: FileSetting[] = [];
  let section = "";
  for (const [index, raw] of text.replace(/^\uFEFF/, "").split(/\r?\n/).entries()) {
    const line = raw.trim();
    if (line === "" || line.startsWith(";") || line.startsWith("#")) continue;
    const header = /^\[([^\]]*)\](?:\s*[;#].*)?$/.exec(line);
    if (header !== null) {
      section = header[1]?.trim() ?? "";
      continue;
    }
    const key = /^([^=]+)=/.exec(line)?.[1]?.trim();
    if (key === undefined || key === "") {
      return unparsed(`line ${index + 1}: [section] or key = value was expected`);
    }
    // The key is replaced: `a[]` or `__proto__` would mean something to the package.
    const { value } = parseIni(`value ${line.slice(line.indexOf("="))}`);
    settings.push({ section, key, value: String(value), line: index + 1 });
  }
  return parsed(settings);
}
