// Imports lead downwards only: main -> server | client -> shared; tests and tools may use everything.

import { importedPlace, type Layer, layerOf, onImports, placeOf } from "./source_place.ts";

const MAY_IMPORT: Readonly<Record<Layer, readonly Layer[] | "all">> = {
  main: ["main", "server", "client", "shared"],
  server: ["server", "shared"],
  client: ["client", "shared"],
  shared: ["shared"],
  tests: "all",
  bench: "all",
  tools: "all",
};

/** The rule about layers. */
export const importRules: Record<string, Deno.lint.Rule> = {
  "imports-lead-down": {
    create(context) {
      const place = placeOf(context.filename);
      const from = layerOf(place);
      const allowed = MAY_IMPORT[from];
      return onImports((specifier, node) => {
        const target = importedPlace(place, specifier);
        if (target === undefined || allowed === "all") return;
        const to = layerOf(target);
        if (allowed.includes(to)) return;
        context.report({
          node,
          message: `"${from}" may not import from "${to}".`,
          hint:
            "Imports lead main -> server | client -> shared; what both sides need goes to shared.",
        });
      });
    },
  },
};
