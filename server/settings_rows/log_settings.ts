// What the server tells its operator, and where.

import { filePath, hostAndPort, oneOf } from "../setting_grammars.ts";
import type { SettingGroup } from "./setting.ts";

/** Logs. */
export const LOG_SETTINGS: SettingGroup<"log" | "logFile" | "xferlogFile" | "metrics"> = {
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
  xferlogFile: {
    name: "xferlog",
    grammar: filePath,
    standard: undefined,
    standardShown: "none",
    help: "file that gets a line for each file moved, as wu-ftpd wrote it; reopened on SIGHUP",
    takesEffect: "restart",
  },
  metrics: {
    name: "metrics",
    grammar: hostAndPort,
    standard: undefined,
    standardShown: "off",
    help: "where Prometheus finds /metrics",
    takesEffect: "restart",
  },
};
