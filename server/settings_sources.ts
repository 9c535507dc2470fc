// Merges where settings come from: flag, then environment, then file, then default.

import { dirname, resolve } from "node:path";
import { CommandFailure, ExitCode } from "../shared/exit_code.ts";
import { nearestName } from "../shared/nearest_name.ts";
import { HOME_VARIABLE } from "./data_directory.ts";
import type { ServerSettings } from "./settings.ts";
import { type FileSetting, parseSettingsFile } from "./settings_file.ts";
import { filePath } from "./setting_grammars.ts";
import {
  type Setting,
  type SettingKey,
  settingRows,
  VARIABLE_PREFIX,
  variableOf,
} from "./settings_table.ts";

/** What a person may have said. */
export interface SettingSources {
  /** By the setting's name, without dashes. */
  readonly flags: Readonly<Record<string, string | undefined>>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The settings file, where there is one. */
  readonly file: { readonly path: string; readonly text: string } | undefined;
  /** What relative paths of flags and environment start from. */
  readonly workingDirectory: string;
}

/** The variable that names the settings file. */
export const CONFIG_VARIABLE = `${VARIABLE_PREFIX}CONFIG`;

/** A text and where it was said. */
interface Said {
  readonly text: string;
  /** As an error tells it: `--port`, `FTP_SERVE_PORT`, `ftp.ini line 3`. */
  readonly source: string;
  readonly base: string;
}

/**
 * The settings, all of them, from what was said.
 *
 * @param home the data directory, absolute.
 * @throws CommandFailure (usage) that names the setting, its source and what is allowed.
 */
export function mergeSettings(home: string, sources: SettingSources): ServerSettings {
  const file = sources.file === undefined ? new Map<string, Said>() : fileSettings(sources.file);
  refuseUnknownVariables(sources.env);
  const said = new Map<SettingKey, Said>();
  const values: Record<string, unknown> = { home };
  for (const [key, row] of settingRows()) {
    const found = findSaid(row.name, sources, file);
    values[key] = found === undefined ? row.standard : readValue(row, found);
    if (found !== undefined) said.set(key, found);
  }
  requireBoth("certificateFile", "keyFile", said);
  requireTls(said, values);
  // Every key was given a value of its own row's type just above.
  return values as unknown as ServerSettings;
}

function requireTls(
  said: ReadonlyMap<SettingKey, Said>,
  { tls, implicitPort }: Record<string, unknown>,
): void {
  if (tls !== "off" || implicitPort === undefined) return;
  const source = said.get("implicitPort")?.source ?? "";
  throw wrong("implicit-port", source, "there is no TLS: tls is off");
}

function findSaid(
  name: string,
  { flags, env, workingDirectory: base }: SettingSources,
  file: ReadonlyMap<string, Said>,
): Said | undefined {
  const flag = flags[name];
  if (flag !== undefined) return { text: flag, source: `--${name}`, base };
  const variable = variableOf(name);
  const text = env[variable];
  // A variable set to nothing is how many tools say "not set".
  if (text !== undefined && text !== "") return { text, source: variable, base };
  return file.get(name);
}

function readValue(row: Setting<unknown>, said: Said): unknown {
  const read = row.grammar.parse(said.text);
  if (!read.ok) throw wrong(row.name, said.source, `"${said.text}" is wrong: ${read.why}`);
  return row.grammar === filePath ? resolve(said.base, String(read.value)) : read.value;
}

function fileSettings(file: { readonly path: string; readonly text: string }): Map<string, Said> {
  const read = parseSettingsFile(file.text);
  if (!read.ok) throw new CommandFailure(ExitCode.usage, `settings file "${file.path}"`, read.why);
  const found = new Map<string, Said>();
  for (const setting of read.value) {
    const source = `${file.path} line ${setting.line}`;
    refuseUnknownKey(setting, source);
    if (found.has(setting.key)) throw wrong(setting.key, source, "it was set before");
    found.set(setting.key, { text: setting.value, source, base: dirname(file.path) });
  }
  return found;
}

function refuseUnknownKey({ section, key }: FileSetting, source: string): void {
  if (section !== "server") {
    const happened = section === ""
      ? 'it stands before any section: "[server]" was expected'
      : `it is in section "${section}": only "[server]" is known`;
    throw wrong(key, source, happened);
  }
  const names = settingRows().map(([, row]) => row.name);
  if (!names.includes(key)) throw wrong(key, source, "no such setting", hintOf(key, names));
}

/** A misspelt variable would otherwise be a setting that silently does nothing. */
function refuseUnknownVariables(env: SettingSources["env"]): void {
  const names = settingRows().map(([, row]) => variableOf(row.name));
  const known = [...names, HOME_VARIABLE, CONFIG_VARIABLE];
  for (const name of Object.keys(env)) {
    if (!name.startsWith(VARIABLE_PREFIX) || known.includes(name)) continue;
    throw new CommandFailure(
      ExitCode.usage,
      `environment variable "${name}"`,
      "no such setting",
      hintOf(name, known),
    );
  }
}

function hintOf(name: string, known: readonly string[]): { readonly hint: string } {
  const meant = nearestName(name, known);
  return {
    hint: meant === undefined ? "ftp serve --help lists the settings" : `did you mean "${meant}"?`,
  };
}

function requireBoth(a: SettingKey, b: SettingKey, said: ReadonlyMap<SettingKey, Said>): void {
  const [first, second] = [said.get(a), said.get(b)];
  if ((first === undefined) === (second === undefined)) return;
  const names = new Map(settingRows().map(([key, row]) => [key, row.name]));
  const [given, missing] = first === undefined ? [b, a] : [a, b];
  const source = (first ?? second)?.source ?? "";
  throw wrong(names.get(given) ?? given, source, `it needs "${names.get(missing)}" as well`);
}

function wrong(
  name: string,
  source: string,
  happened: string,
  options: { readonly hint?: string } = {},
): CommandFailure {
  return new CommandFailure(ExitCode.usage, `setting "${name}" from ${source}`, happened, options);
}
