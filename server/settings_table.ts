// Every setting of `ftp serve`, a row each: flags, environment, file and help are derived from it.

import {
  duration,
  filePath,
  listenAddress,
  oneOf,
  portRange,
  type SettingGrammar,
  wholeNumber,
} from "./setting_grammars.ts";
import type { ServerSettings } from "./settings.ts";

/** One setting. Its name is its key in the file, its flag and, in upper case, its variable. */
export interface Setting<T> {
  /** E.g. `max-sessions`: `--max-sessions`, `FTP_SERVE_MAX_SESSIONS`, `max-sessions = ...`. */
  readonly name: string;
  readonly grammar: SettingGrammar<T>;
  readonly standard: T;
  /** How the help tells the default; where it is left out the default itself is shown. */
  readonly standardShown?: string;
  /** One phrase, as `ftp serve --help` shows it. */
  readonly help: string;
  /** `now`: SIGHUP puts it into effect. `restart`: only a restart does. */
  readonly takesEffect: "now" | "restart";
}

/** The settings that have rows: all but the data directory, which is an argument. */
export type SettingKey = Exclude<keyof ServerSettings, "home">;

/** The rows, by the field of {@linkcode ServerSettings} they fill. */
export type SettingsTable = { readonly [K in SettingKey]: Setting<ServerSettings[K]> };

/** More threads than this only cost memory; no machine we know has use for them. */
const MOST_WORKERS = 256;
const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

/** The table of settings. */
export const SETTINGS: SettingsTable = {
  host: {
    name: "host",
    grammar: listenAddress,
    standard: undefined,
    standardShown: "all interfaces",
    help: "address to listen on",
    takesEffect: "restart",
  },
  port: {
    name: "port",
    grammar: wholeNumber(0, 65_535),
    standard: 2121,
    help: "port to listen on; 0 picks a free one",
    takesEffect: "restart",
  },
  tls: {
    name: "tls",
    grammar: oneOf("off", "optional", "required"),
    standard: "required",
    help: "whether a login needs TLS; required lets only loopback in without",
    takesEffect: "restart",
  },
  certificateFile: {
    name: "cert",
    grammar: filePath,
    standard: undefined,
    standardShown: "self-signed, made at the first start",
    help: "PEM file of an own certificate and its chain",
    takesEffect: "now",
  },
  keyFile: {
    name: "key",
    grammar: filePath,
    standard: undefined,
    standardShown: "the self-signed one's",
    help: "PEM file of the certificate's private key",
    takesEffect: "now",
  },
  passivePorts: {
    name: "passive-ports",
    grammar: portRange,
    standard: undefined,
    standardShown: "any",
    help: "ports for data connections, both ends included",
    takesEffect: "now",
  },
  maxSessions: {
    name: "max-sessions",
    grammar: wholeNumber(1, 1_000_000),
    standard: 10_000,
    help: "sessions at once",
    takesEffect: "now",
  },
  maxSessionsPerAddress: {
    name: "max-per-address",
    grammar: wholeNumber(1, 1_000_000),
    standard: 100,
    help: "sessions at once from one address",
    takesEffect: "now",
  },
  idleTimeoutMs: {
    name: "idle-timeout",
    grammar: duration(1000, DAY_MS),
    standard: 300_000,
    help: "a session that says nothing for so long is ended",
    takesEffect: "now",
  },
  loginTimeoutMs: {
    name: "login-timeout",
    grammar: duration(1000, 60 * MINUTE_MS),
    standard: 60_000,
    help: "a login must be done within this time",
    takesEffect: "now",
  },
  tlsHandshakeTimeoutMs: {
    name: "tls-handshake-timeout",
    grammar: duration(1000, 10 * MINUTE_MS),
    standard: 15_000,
    help: "a TLS handshake must be done within this time",
    takesEffect: "now",
  },
  dataConnectTimeoutMs: {
    name: "data-connect-timeout",
    grammar: duration(1000, 10 * MINUTE_MS),
    standard: 30_000,
    help: "a data connection must come about within this time",
    takesEffect: "now",
  },
  stallTimeoutMs: {
    name: "stall-timeout",
    grammar: duration(1000, DAY_MS),
    standard: 120_000,
    help: "a transfer that stands still for so long is ended",
    takesEffect: "now",
  },
  workers: {
    name: "workers",
    grammar: wholeNumber(1, MOST_WORKERS),
    get standard() {
      // Only Linux spreads connections over sockets that share a port.
      if (Deno.build.os !== "linux") return 1;
      return Math.min(navigator.hardwareConcurrency, MOST_WORKERS);
    },
    standardShown: "one a core on Linux, else one",
    help: "threads that serve",
    takesEffect: "restart",
  },
  log: {
    name: "log",
    grammar: oneOf("text", "json"),
    standard: "text",
    help: "form of the log",
    takesEffect: "restart",
  },
  logFile: {
    name: "log-file",
    grammar: filePath,
    standard: undefined,
    standardShown: "standard error",
    help: "file the log is appended to; reopened on SIGHUP",
    takesEffect: "restart",
  },
};

/** The rows in the order help shows them, each with the field it fills. */
export function settingRows(): readonly (readonly [SettingKey, Setting<unknown>])[] {
  return Object.entries(SETTINGS) as [SettingKey, Setting<unknown>][];
}

/** The name of the environment variable of a setting, e.g. `FTP_SERVE_MAX_SESSIONS`. */
export function variableOf(name: string): string {
  return `${VARIABLE_PREFIX}${name.replaceAll("-", "_").toUpperCase()}`;
}

/** What the names of all the server's environment variables start with. */
export const VARIABLE_PREFIX = "FTP_SERVE_";
