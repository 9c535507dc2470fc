// What SIGHUP does: settings and certificate read anew, and the old ones kept when the new are wrong.

import { CommandFailure } from "../shared/exit_code.ts";
import type { Log } from "../shared/log.ts";
import { loadIdentity } from "./certificate.ts";
import { loadSettings, type SettingsRequest } from "./load_settings.ts";
import type { TlsIdentity } from "./server_tls.ts";
import type { ServingUpdate } from "./serving.ts";
import type { ServerSettings } from "./settings.ts";
import { settingRows } from "./settings_table.ts";

/** The certificate that the settings ask for; `undefined` with `--tls off`. @throws CommandFailure */
export async function identityFor(settings: ServerSettings): Promise<TlsIdentity | undefined> {
  return settings.tls === "off" ? undefined : await loadIdentity(settings);
}

/**
 * Reads settings and certificate again. Settings that only a restart can change stay as they were at
 * the start, and the log says so.
 *
 * @returns `undefined` when something is wrong with them; the log says what.
 */
export async function reloaded(
  request: SettingsRequest,
  atStart: ServerSettings,
  log: Log,
): Promise<ServingUpdate | undefined> {
  try {
    const settings = withFrozen(await loadSettings(request), atStart, log);
    const identity = await identityFor(settings);
    log.write("info", "settings and certificate reloaded");
    return { settings, identity };
  } catch (error) {
    if (!(error instanceof CommandFailure)) throw error;
    log.write("error", "settings not reloaded: the old ones stay", { reason: error.message });
    return undefined;
  }
}

function withFrozen(fresh: ServerSettings, atStart: ServerSettings, log: Log): ServerSettings {
  const frozen = settingRows().filter(([, row]) => row.takesEffect === "restart");
  for (const [key, row] of frozen) {
    if (fresh[key] === atStart[key]) continue;
    log.write("warn", "setting changes at the next start only", { setting: row.name });
  }
  return { ...fresh, ...Object.fromEntries(frozen.map(([key]) => [key, atStart[key]])) };
}
