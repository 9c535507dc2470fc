// Every setting of `ftp serve`, a row each: flags, environment, file and help are derived from it.

import { ACCOUNT_SETTINGS } from "./settings_rows/account_settings.ts";
import { LIMIT_SETTINGS } from "./settings_rows/limit_settings.ts";
import { LISTENING_SETTINGS } from "./settings_rows/listening_settings.ts";
import { LOGIN_SETTINGS } from "./settings_rows/login_settings.ts";
import { LOG_SETTINGS } from "./settings_rows/log_settings.ts";
import type { Setting, SettingKey, SettingsTable } from "./settings_rows/setting.ts";
import { STORAGE_SETTINGS } from "./settings_rows/storage_settings.ts";
import { TLS_SETTINGS } from "./settings_rows/tls_settings.ts";

export type { Setting, SettingKey } from "./settings_rows/setting.ts";

/** The table of settings, in the order help shows them. */
const SETTINGS: SettingsTable = {
  ...LISTENING_SETTINGS,
  ...TLS_SETTINGS,
  ...LOGIN_SETTINGS,
  ...LIMIT_SETTINGS,
  ...ACCOUNT_SETTINGS,
  ...STORAGE_SETTINGS,
  ...LOG_SETTINGS,
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
