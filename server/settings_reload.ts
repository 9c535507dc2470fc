// What SIGHUP does: settings and certificate read anew, and the old ones kept when the new are wrong.

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
 * Reads settings and certificate again. Settings that only a restart can change stay as they
 * were, and the log says so.
 *
 * @returns `undefined` when something is wrong with them; the log says what.
 */
export async function reloaded(
  request: SettingsRequest,
  before: ServingUpdate,
  log: Log,
): Promise<ServingUpdate | undefined> {
  try {
    const settings = withFrozen(await loadSettings(request), before.settings, log);
    const identity = await identityFor(settings);
    log.write("info", "settings and certificate reloaded");
    return { settings, identity };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    log.write("error", "settings not reloaded: the old ones stay", { reason });
    return undefined;
  }
}

function withFrozen(fresh: ServerSettings, before: ServerSettings, log: Log): ServerSettings {
  const frozen = settingRows().filter(([, row]) => row.takesEffect === "restart");
  for (const [key, row] of frozen) {
    if (fresh[key] === before[key]) continue;
    log.write("warn", "setting changes at the next start only", { setting: row.name });
  }
  return { ...fresh, ...Object.fromEntries(frozen.map(([key]) => [key, before[key]])) };
}
