// Whether and how the server speaks TLS.

import { filePath, oneOf } from "../setting_grammars.ts";
import type { SettingGroup } from "./setting.ts";

/** TLS and its certificate. */
export const TLS_SETTINGS: SettingGroup<
  "tls" | "tlsReuse" | "tlsEof" | "certificateFile" | "keyFile"
> = {
  tls: {
    name: "tls",
    grammar: oneOf("off", "optional", "required"),
    standard: "required",
    help: "whether a login needs TLS; required lets only loopback in without",
    takesEffect: "restart",
  },
  tlsReuse: {
    name: "tls-reuse",
    grammar: oneOf("off", "prefer", "require"),
    standard: "off",
    help: "whether data connections can, or must, resume the control connection's TLS session",
    takesEffect: "now",
  },
  tlsEof: {
    name: "tls-eof",
    grammar: oneOf("strict", "lenient"),
    standard: "strict",
    help: "lenient takes an upload that ends without TLS's goodbye for whole",
    takesEffect: "now",
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
