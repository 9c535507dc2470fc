// Whether and how the server speaks TLS.

import { filePath, oneOf } from "../setting_grammars.ts";
import type { SettingGroup } from "./setting.ts";

/** TLS and its certificate. */
export const TLS_SETTINGS: SettingGroup<"tls" | "certificateFile" | "keyFile"> = {
  tls: {
    name: "tls",
    grammar: oneOf("off", "optional", "required"),
    standard: "required",
    help: "whether a login needs TLS; required lets only loopback in without",
    takesEffect: "restart",
  },
  certificateFile: {
    name: "cert",
    grammar: filePath,
    standard: undefined,
    standardShown: "self-signed, made at the first start",
    help: "PEM file of an own certificate and its chain",
    takesEffect: "now",
  },
  keyFile: {
    name: "key",
    grammar: filePath,
    standard: undefined,
    standardShown: "the self-signed one's",
    help: "PEM file of the certificate's private key",
    takesEffect: "now",
  },
};
