// What the server tells its operator, and where.

import { filePath, oneOf } from "../setting_grammars.ts";
import type { SettingGroup } from "./setting.ts";

/** Logs. */
export const LOG_SETTINGS: SettingGroup<"log" | "logFile"> = {
  log: {
    name: "log",
    grammar: oneOf("text", "json"),
    standard: "text",
    help: "form of the log",
    takesEffect: "restart",
  },
  logFile: {
    name: "log-file",
    grammar: filePath,
    standard: undefined,
    standardShown: "standard error",
    help: "file the log is appended to; reopened on SIGHUP",
    takesEffect: "restart",
  },
};
