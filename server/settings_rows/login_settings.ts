// Who may log in besides those who have an account.

import { oneOf } from "../setting_grammars.ts";
import type { SettingGroup } from "./setting.ts";

/** Logins. */
export const LOGIN_SETTINGS: SettingGroup<"anonymous"> = {
  anonymous: {
    name: "anonymous",
    grammar: oneOf("off", "read", "write"),
    standard: "off",
    help: "login anonymous or ftp, any password, in HOME/pub; write adds files and changes none",
    takesEffect: "now",
  },
};
