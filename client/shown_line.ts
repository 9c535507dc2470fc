// A line of the control dialogue as it may be shown.

/** SECURITY: the dialogue is shown and failures are logged, so passwords leave neither way. */
export function withoutSecrets(line: string): string {
  return line
    .replace(/^(PASS|ACCT) .*$/is, "$1 ****")
    .replace(/^(SITE +(?:REGISTER|UNREGISTER|PASSWD)) .*$/is, "$1 ****");
}
