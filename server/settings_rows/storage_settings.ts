// How files are kept.

import { charset, oneOf, optional, size } from "../setting_grammars.ts";
import type { SettingGroup } from "./setting.ts";

/** Enough for the server's own books and logs, and for the machine to stay usable. */
const STANDARD_FLOOR_BYTES = 64 * 1024 * 1024;

/** Storage. */
export const STORAGE_SETTINGS: SettingGroup<
  "uploads" | "symlinks" | "fallbackCharset" | "diskFloorBytes"
> = {
  uploads: {
    name: "uploads",
    grammar: oneOf("atomic", "direct"),
    standard: "atomic",
    help: "atomic shows a file when it is whole; direct writes under its name from the start",
    takesEffect: "now",
  },
  symlinks: {
    name: "symlinks",
    grammar: oneOf("inside", "never", "follow"),
    standard: "inside",
    help: "links that sessions see: those that stay inside their folder, none, or all",
    takesEffect: "now",
  },
  fallbackCharset: {
    name: "fallback-charset",
    grammar: optional(charset, "off"),
    standard: undefined,
    standardShown: "off",
    help:
      "charset of clients whose names are not UTF-8, like gbk or windows-1252; off refuses them",
    takesEffect: "restart",
  },
  diskFloorBytes: {
    name: "disk-floor",
    grammar: size,
    standard: STANDARD_FLOOR_BYTES,
    help: "space that uploads leave free on the disk",
    takesEffect: "now",
  },
};
