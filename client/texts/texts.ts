// The table of texts for a person.

import { CHINESE } from "./chinese.ts";
import { ENGLISH, type Texts } from "./english.ts";
import { languageOf } from "./locale.ts";

/**
 * The texts for an environment.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { textsFor } from "./texts.ts";
 * assert.equal(textsFor({ LANG: "zh_CN.UTF-8" }).help.quit, "离开");
 * assert.equal(textsFor({ LANG: "en_GB.UTF-8" }).help.quit, "leaves");
 * ```
 */
export function textsFor(env: Readonly<Record<string, string | undefined>>): Texts {
  return languageOf(env) === "zh" ? CHINESE : ENGLISH;
}
