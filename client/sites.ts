// Bookmarks of servers: a name for an address and for how it is reached, in a file of the person's own.

import { dirname } from "node:path";
import { CommandFailure, ExitCode } from "../shared/exit_code.ts";
import { hostReason } from "../shared/host_reason.ts";
import { type Parsed, parsed, unparsed } from "../shared/parsed.ts";
import { readSmallFile } from "../shared/small_file.ts";
import { type Address, formatAddress, parseAddress } from "./address.ts";
import type { TlsMode } from "./client.ts";
import { parsePin, TLS_MODES } from "./connection_flags.ts";
import { ownFolder } from "./own_folder.ts";
import { replaceFile } from "./replaced_file.ts";

/** A bookmark. It never holds a password: those have places of their own (`~/.netrc`, FTP_PASSWORD). */
export interface Site {
  readonly name: string;
  /** With the user and the folder, where they were given. */
  readonly address: Address;
  readonly tls: TlsMode | undefined;
  /** `--pin`, `--ca`; an absolute host path. */
  readonly pin: string | undefined;
  readonly ca: string | undefined;
  readonly active: boolean;
}

/** All bookmarks of a person, by their names. */
export type Sites = ReadonlyMap<string, Site>;

/** No bookmark is known. */
export const NO_SITES: Sites = new Map();

/** More bytes are no list that anybody keeps: a bookmark has a hundred. */
const FILE_LIMIT_BYTES = 4 * 1024 * 1024;

/**
 * Reads a name for a site: it starts no path and looks like no host of the internet.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseSiteName } from "./sites.ts";
 * assert.ok(parseSiteName("Work").ok);
 * assert.equal(parseSiteName("ftp.example.org").ok, false);
 * ```
 */
export function parseSiteName(text: string): Parsed<string> {
  const name = text.toLowerCase();
  return /^[a-z][a-z0-9_-]{0,62}$/.test(name)
    ? parsed(name)
    : unparsed("a site's name is a letter, then letters, digits, - and _, 63 at most");
}

/** The site that an address stands for: its host is a site's name, and no port says otherwise. */
export function siteOf({ scheme, host, port }: Address, sites: Sites): Site | undefined {
  return scheme === "ftp" && port === undefined ? sites.get(host) : undefined;
}

/** Reads the bookmarks; a file that does not read is a failure, since names would be taken for hosts. */
async function loadSites(
  env: Readonly<Record<string, string | undefined>>,
): Promise<Parsed<Sites>> {
  const path = sitesPath(env);
  return path === undefined ? parsed(NO_SITES) : await readSites(path);
}

/** The same. @throws CommandFailure when they do not read */
export async function demandSites(
  env: Readonly<Record<string, string | undefined>>,
): Promise<Sites> {
  const sites = await loadSites(env);
  if (sites.ok) return sites.value;
  throw new CommandFailure(ExitCode.failed, `read "${sitesPath(env)}"`, sites.why);
}

/**
 * Changes the bookmarks; others that change them at the same time wait for it. What `how` throws leaves them as
 * they are.
 *
 * @throws CommandFailure when the file does not read, errors of the local disk
 */
export async function updateSites(
  path: string,
  how: (sites: Map<string, Site>) => void,
): Promise<void> {
  await Deno.mkdir(dirname(path), { recursive: true, mode: 0o700 });
  using lock = await Deno.open(`${path}.lock`, { write: true, create: true, mode: 0o600 });
  await lock.lock(true);
  try {
    const before = await readSites(path);
    if (!before.ok) throw new CommandFailure(ExitCode.failed, `read "${path}"`, before.why);
    const sites = new Map(before.value);
    how(sites);
    const written = [...sites.values()].map(({ address, ...site }) => ({
      ...site,
      address: formatAddress(address),
    }));
    await replaceFile(path, `${JSON.stringify(written, undefined, 2)}\n`);
  } finally {
    // Not left to the closing: a process that is being started has the file too, for a moment.
    await lock.unlock();
  }
}

async function readSites(path: string): Promise<Parsed<Sites>> {
  try {
    return parseSites(await readSmallFile(path, FILE_LIMIT_BYTES));
  } catch (error) {
    return error instanceof Deno.errors.NotFound ? parsed(NO_SITES) : unparsed(hostReason(error));
  }
}

/** Where they lie; `undefined` when the environment names no home. */
export function sitesPath(
  env: Readonly<Record<string, string | undefined>>,
): string | undefined {
  const folder = ownFolder(env);
  return folder === undefined ? undefined : `${folder}/sites.json`;
}

function parseSites(text: string): Parsed<Sites> {
  const sites = new Map<string, Site>();
  const entries = jsonOf(text);
  if (!Array.isArray(entries)) return unparsed("it is no list of sites");
  for (const entry of entries) {
    const { name, address, active } = entry ?? {};
    const own = parseSiteName(`${name ?? ""}`);
    if (!own.ok) return own;
    const place = parseAddress(`${address}`);
    if (!place.ok) return unparsed(`site "${own.value}": ${place.why}`);
    const how = parseWay(entry);
    if (!how.ok) return unparsed(`site "${own.value}": ${how.why}`);
    sites.set(own.value, {
      name: own.value,
      // SECURITY: one that was written in by hand is not used: it would be a habit soon.
      address: { ...place.value, password: undefined },
      ...how.value,
      active: active === true,
    });
  }
  return parsed(sites);
}

/** SECURITY: a mode or a pin with a slip of the pen in it must not come to no protection. */
function parseWay(
  { tls, pin, ca }: Readonly<Record<string, unknown>>,
): Parsed<Pick<Site, "tls" | "pin" | "ca">> {
  const mode = TLS_MODES.find((each) => each === tls);
  if (tls !== undefined && mode === undefined) {
    return unparsed(`it is one of ${TLS_MODES.join(", ")}`);
  }
  const fingerprint = pin === undefined ? undefined : parsePin(`${pin}`);
  if (fingerprint?.ok === false) return fingerprint;
  const authorities = ca === undefined ? undefined : `${ca}`;
  return parsed({ tls: mode, pin: fingerprint?.value, ca: authorities });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
