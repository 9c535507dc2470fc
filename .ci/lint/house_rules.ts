// The house rules that a machine can check, as a plugin of `deno lint`.

import { importRules } from "./import_rules.ts";
import { layoutRules } from "./layout_rules.ts";
import { privilegeRules } from "./privilege_rules.ts";

const plugin: Deno.lint.Plugin = {
  name: "house",
  rules: { ...importRules, ...privilegeRules, ...layoutRules },
};

export default plugin;
