// What a person can set in the shell: one row for each setting; `set`, `show` and completion come from them.

import { type Parsed, parsed, unparsed } from "../../shared/parsed.ts";
import { approximateRate, parseRate } from "../../shared/units.ts";
import type { TransferOptions } from "../client.ts";
import { parseConnections } from "../operations/lanes.ts";
import type { IfExists, TransferFlags } from "../operations/transfer_policy.ts";
import { IF_EXISTS } from "../operations/transfer_policy.ts";
import type { Texts } from "../texts/english.ts";

/** What is set; commands change it, everything that runs afterwards obeys it. */
export interface ShellSettings {
  /** Whether files travel as they are, or as texts. */
  type: NonNullable<TransferOptions["type"]>;
  ifExists: IfExists;
  verify: TransferFlags["verify"];
  /** Bytes a second; `undefined` for no limit. */
  limitRate: number | undefined;
  preserve: boolean;
  /** How often a lost connection is made again. */
  retries: number;
  /** How many files travel at the same time, each over a connection of its own. */
  parallel: number;
  /** Whether the server connects to us for data. */
  active: boolean;
  /** Whether the control dialogue is shown. */
  debug: boolean;
  /** Whether results are JSON objects. */
  json: boolean;
}

/** One setting. */
export interface SettingRow {
  /** As people type it. */
  readonly name: string;
  /** Words it takes, for completion; none where it is a number. */
  readonly choices: readonly string[];
  show(settings: ShellSettings, texts: Texts): string;
  /** Reads a value and answers how it is set; `why` tells what would have been understood. */
  parse(text: string): Parsed<(settings: ShellSettings) => void>;
}

const VERIFY: readonly ShellSettings["verify"][] = ["auto", "always", "never"];
/** `image` is what the protocol calls it. */
const TYPES: Readonly<Record<string, ShellSettings["type"]>> = {
  ascii: "ascii",
  binary: "image",
  image: "image",
};
const ON_OFF = ["on", "off"];
/** A lost connection is not tried again for days. */
const RETRIES_LIMIT = 1_000;

/** Every setting, in the order `show` lists them. */
export const SETTINGS: readonly SettingRow[] = [
  {
    name: "type",
    choices: Object.keys(TYPES),
    show: ({ type }) => type === "ascii" ? "ascii" : "binary",
    parse: (text) => {
      const name = text.toLowerCase();
      const type = Object.hasOwn(TYPES, name) ? TYPES[name] : undefined;
      return type === undefined
        ? unparsed(Object.keys(TYPES).join(", "))
        : parsed((settings) => void (settings.type = type));
    },
  },
  {
    name: "if-exists",
    choices: IF_EXISTS,
    show: ({ ifExists }) => ifExists,
    parse: (text) => oneOf(IF_EXISTS, text, (settings, value) => settings.ifExists = value),
  },
  {
    name: "verify",
    choices: VERIFY,
    show: ({ verify }) => verify,
    parse: (text) => oneOf(VERIFY, text, (settings, value) => settings.verify = value),
  },
  {
    name: "limit",
    choices: ["off"],
    show: ({ limitRate }, { off }) => limitRate === undefined ? off : approximateRate(limitRate),
    parse: (text) => {
      if (isOff(text)) return parsed((settings) => void (settings.limitRate = undefined));
      const rate = parseRate(text);
      return rate.ok ? parsed((settings) => void (settings.limitRate = rate.value)) : rate;
    },
  },
  switchRow("preserve", "preserve"),
  {
    name: "retries",
    choices: [],
    show: ({ retries }) => String(retries),
    parse: (text) => {
      const value = /^\d{1,6}$/.test(text) ? Number(text) : NaN;
      return value <= RETRIES_LIMIT
        ? parsed((settings) => void (settings.retries = value))
        : unparsed(`0-${RETRIES_LIMIT}`);
    },
  },
  {
    name: "parallel",
    choices: [],
    show: ({ parallel }) => String(parallel),
    parse: (text) => {
      const count = parseConnections(text);
      return count.ok ? parsed((settings) => void (settings.parallel = count.value)) : count;
    },
  },
  switchRow("active", "active"),
  switchRow("debug", "debug"),
  switchRow("json", "json"),
];

/** The row of a name, whatever its case. */
export function findSetting(name: string): SettingRow | undefined {
  return SETTINGS.find((row) => row.name === name.toLowerCase());
}

function isOff(text: string): boolean {
  return /^(?:off|no|false|0)$/i.test(text);
}

function oneOf<T extends string>(
  choices: readonly T[],
  text: string,
  set: (settings: ShellSettings, value: T) => void,
): Parsed<(settings: ShellSettings) => void> {
  const value = choices.find((choice) => choice === text.toLowerCase());
  return value === undefined
    ? unparsed(choices.join(", "))
    : parsed((settings) => set(settings, value));
}

function switchRow(name: string, key: "preserve" | "active" | "debug" | "json"): SettingRow {
  return {
    name,
    choices: ON_OFF,
    show: (settings, { on, off }) => settings[key] ? on : off,
    parse: (text) => {
      const value = /^(?:on|yes|true|1)$/i.test(text);
      if (!value && !isOff(text)) return unparsed(ON_OFF.join(", "));
      return parsed((settings) => void (settings[key] = value));
    },
  };
}
