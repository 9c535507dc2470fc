// Which names the host can hold without meaning something else by them.

import { type Parsed, parsed, unparsed } from "../../shared/parsed.ts";

/** The longest name of Linux's and macOS's file systems, bytes of UTF-8. */
const NAME_LIMIT_BYTES = 255;
/** The longest name of NTFS, UTF-16 units. */
const WINDOWS_NAME_LIMIT_UNITS = 255;

/** The server's own directory in HOME. */
export const OWN_NAME = ".ftp";
/** Where uploads wait on a file system other than HOME's; hidden wherever it stands. */
export const UPLOADS_NAME = ".ftp-uploads";

/** Names that Windows takes for devices, with any extension and in any directory. */
const WINDOWS_DEVICE = /^(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])( *\.| *$)/i;
/** Separators, streams (`:`), wildcards and control characters. */
// deno-lint-ignore no-control-regex -- Windows refuses them in names, or worse: takes them for syntax
const WINDOWS_SYNTAX = /[<>:"/\\|?*\x00-\x1f]/;

/**
 * Judges one plain name for the host it would be stored on.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { checkHostName } from "./host_name.ts";
 * assert.equal(checkHostName("a:b", "linux").ok, true);
 * assert.equal(checkHostName("a:b", "windows").ok, false); // a stream of the file `a`
 * ```
 */
export function checkHostName(name: string, os: typeof Deno.build.os): Parsed<string> {
  if (name === "" || name === "." || name === "..") return unparsed("expected a plain name");
  if (/[\0/]/.test(name)) return unparsed("a name may not hold NUL or /");
  if (!name.isWellFormed()) return unparsed("a name must be well-formed Unicode");
  if (os === "windows") return checkWindowsName(name);
  // A character is three bytes at most: of a short name they need not be counted.
  const mayBeLong = name.length * 3 > NAME_LIMIT_BYTES;
  if (mayBeLong && new TextEncoder().encode(name).length > NAME_LIMIT_BYTES) {
    return unparsed(`a name may have ${NAME_LIMIT_BYTES} bytes at most`);
  }
  return parsed(name);
}

function checkWindowsName(name: string): Parsed<string> {
  if (name.length > WINDOWS_NAME_LIMIT_UNITS) {
    return unparsed(`a name may have ${WINDOWS_NAME_LIMIT_UNITS} characters at most`);
  }
  // SECURITY: `C:` changes the drive, `a:b` opens a stream, `\` separates, all in one plain "name".
  if (WINDOWS_SYNTAX.test(name)) return unparsed('a name may not hold < > : " / \\ | ? *');
  // SECURITY: Windows drops them, so two names would be one file and `.ftp.` would be `.ftp`.
  if (/[. ]$/.test(name)) return unparsed("a name may not end with a dot or a space");
  // SECURITY: opening one of these talks to a device and may never return.
  if (WINDOWS_DEVICE.test(name)) return unparsed("the name is reserved for a device");
  // SECURITY: `SECRET~1` is another name of a file that may be hidden under its own.
  if (/~\d/.test(name)) return unparsed("a name may not look like a short name (~1)");
  return parsed(name);
}
