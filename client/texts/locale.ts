// Which language a person reads, by what the environment says.

/** A language that there are texts for. */
export type Language = "en" | "zh";

/**
 * The language of an environment: LC_ALL, else LC_MESSAGES, else LANG, as POSIX has it; English where there is no
 * table for it.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { languageOf } from "./locale.ts";
 * assert.equal(languageOf({ LANG: "zh_CN.UTF-8" }), "zh");
 * assert.equal(languageOf({ LC_ALL: "C", LANG: "zh_CN.UTF-8" }), "en");
 * ```
 */
export function languageOf(env: Readonly<Record<string, string | undefined>>): Language {
  const locale = env["LC_ALL"] || env["LC_MESSAGES"] || env["LANG"] || "";
  return /^zh(?![a-z])/i.test(locale) ? "zh" : "en";
}
