// Which language a person reads: what the locale asks for, where there is a table for it, else English.

import { CHINESE } from "./chinese.ts";
import { ENGLISH, type Texts } from "./english.ts";

/**
 * The texts for an environment: LC_ALL, else LC_MESSAGES, else LANG, as POSIX has it.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { textsFor } from "./texts.ts";
 * assert.equal(textsFor({ LANG: "zh_CN.UTF-8" }).help.quit, "离开");
 * assert.equal(textsFor({ LC_ALL: "C", LANG: "zh_CN.UTF-8" }).help.quit, "leaves");
 * ```
 */
export function textsFor(env: Readonly<Record<string, string | undefined>>): Texts {
  const locale = env["LC_ALL"] || env["LC_MESSAGES"] || env["LANG"] || "";
  return /^zh(?![a-z])/i.test(locale) ? CHINESE : ENGLISH;
}
