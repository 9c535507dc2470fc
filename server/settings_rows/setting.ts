// What a setting of `ftp serve` is, and what a group of them is.

import type { SettingGrammar } from "../setting_grammars.ts";
import type { ServerSettings } from "../settings.ts";

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

/** Rows that belong together. */
export type SettingGroup<K extends SettingKey> = Pick<SettingsTable, K>;

/** A minute, as durations are told. */
export const MINUTE_MS = 60_000;
/** A day. */
export const DAY_MS = 86_400_000;
