// Who may make accounts, and what guessing at them leads to.

import { duration, oneOf, sizeOrNone, wholeNumber } from "../setting_grammars.ts";
import { DAY_MS, type SettingGroup } from "./setting.ts";

/** Registration and bans. */
export const ACCOUNT_SETTINGS: SettingGroup<
  "registration" | "registrationsPerHour" | "defaultQuotaBytes" | "loginFailures" | "banMs"
> = {
  registration: {
    name: "registration",
    grammar: oneOf("off", "invite", "open"),
    standard: "off",
    help: "who may make an account by SITE REGISTER; ftp user invite makes invites",
    takesEffect: "now",
  },
  registrationsPerHour: {
    name: "registrations-per-hour",
    grammar: wholeNumber(1, 1_000_000),
    standard: 20,
    help: "accounts that one address may try to make within an hour",
    takesEffect: "now",
  },
  defaultQuotaBytes: {
    name: "default-quota",
    grammar: sizeOrNone,
    standard: undefined,
    standardShown: "none",
    help: "quota of accounts made by registration",
    takesEffect: "now",
  },
  loginFailures: {
    name: "login-failures",
    grammar: wholeNumber(1, 1_000_000),
    standard: 10,
    help: "failed logins within 15 minutes that lead to a ban",
    takesEffect: "now",
  },
  banMs: {
    name: "ban-time",
    grammar: duration(1000, DAY_MS),
    standard: 15 * 60_000,
    help: "how long a first ban lasts; each that follows soon lasts twice as long",
    takesEffect: "now",
  },
};
