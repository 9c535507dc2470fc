// Finds and reads the settings file, and merges it with what else was said.

import { resolve } from "node:path";
import { CommandFailure, ExitCode } from "../shared/exit_code.ts";
import { hostReason } from "../shared/host_reason.ts";
import { readSmallFile } from "../shared/small_file.ts";
import { standardSettingsFile } from "./data_directory.ts";
import type { ServerSettings } from "./settings.ts";
import { CONFIG_VARIABLE, mergeSettings, type SettingSources } from "./settings_sources.ts";

/** What the command line and the environment said; kept, so that SIGHUP can ask again. */
export interface SettingsRequest extends Pick<SettingSources, "flags" | "env"> {
  /** The data directory, absolute. */
  readonly home: string;
  /** `--config`. */
  readonly configFile: string | undefined;
}

/** @throws CommandFailure (usage) that names the setting, its source and what is allowed. */
export async function loadSettings(request: SettingsRequest): Promise<ServerSettings> {
  const { home, flags, env } = request;
  const named = request.configFile ?? (env[CONFIG_VARIABLE] || undefined);
  const path = resolve(named ?? standardSettingsFile(home));
  const text = await readSettingsFile(path, named !== undefined);
  return mergeSettings(home, {
    flags,
    env,
    file: text === undefined ? undefined : { path, text },
    workingDirectory: Deno.cwd(),
  });
}

/** Every setting with a page of comments fits many times. */
const SETTINGS_LIMIT_BYTES = 1024 * 1024;

async function readSettingsFile(path: string, needed: boolean): Promise<string | undefined> {
  try {
    return await readSmallFile(path, SETTINGS_LIMIT_BYTES);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound && !needed) return undefined;
    const tried = `settings file "${path}"`;
    throw new CommandFailure(ExitCode.usage, tried, hostReason(error), { cause: error });
  }
}
