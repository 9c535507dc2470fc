// `ftp user invite`, `ls --invites`, `uninvite`: codes that let people register.

import type { CommandWorld } from "../shared/command_line.ts";
import { CommandFailure, ExitCode } from "../shared/exit_code.ts";
import type { Parsed } from "../shared/parsed.ts";
import { isFault } from "../shared/fault.ts";
import { formatSize, parseDuration, parseSize } from "../shared/units.ts";
import { openAccounts } from "./account_store.ts";
import type { AccountAdmin } from "./accounts/accounts.ts";
import { inviteDigest, inviteId } from "./accounts/invites.ts";
import { requireDataDirectory } from "./data_directory.ts";
import { textTable } from "./text_table.ts";

/** The flags. */
export interface InviteOptions {
  readonly uses: string;
  readonly expires: string;
  readonly quota?: string;
}

const MOST_USES = 1_000_000;

/** Makes an invite and prints its code, once. @throws CommandFailure */
export async function invite(
  world: CommandWorld,
  options: InviteOptions & { readonly home: string },
): Promise<void> {
  const uses = /^\d{1,7}$/.test(options.uses) ? Number(options.uses) : 0;
  if (uses < 1 || uses > MOST_USES) {
    throw wrong("--uses", options.uses, "a number from 1 is expected");
  }
  const lifeMs = valueOf("--expires", options.expires, parseDuration);
  const quotaBytes = options.quota === undefined
    ? undefined
    : valueOf("--quota", options.quota, parseSize);
  using accounts = openAccounts(await requireDataDirectory(options.home));
  const untilMs = Date.now() + lifeMs;
  const code = await accounts.invite({ uses, untilMs, quotaBytes });
  world.stdout.print(`${code.reveal()}\n`);
  const until = new Date(untilMs).toISOString().slice(0, 16).replace("T", " ");
  const times = uses === 1 ? "one registration" : `${uses} registrations`;
  world.stderr.print(`good for ${times} until ${until} UTC: ftp register ADDRESS --invite CODE\n`);
  world.stderr.print(`to take it back: ftp user uninvite ${inviteId(inviteDigest(code))}\n`);
}

/** Lists the invites that are good for something still. */
export async function listInvites(
  world: CommandWorld,
  home: string,
  json: boolean,
): Promise<void> {
  using accounts = openAccounts(home);
  const shown = (await accounts.invites()).map(({ id, uses, quotaBytes, untilMs }) => ({
    id,
    uses,
    quotaBytes: quotaBytes ?? null,
    until: new Date(untilMs).toISOString().replace(/\.\d{3}Z$/, "Z"),
  }));
  if (json) {
    for (const each of shown) world.stdout.print(`${JSON.stringify(each)}\n`);
  } else if (shown.length === 0) world.stderr.print("there are no invites\n");
  else {
    const rows = shown.map(({ id, uses, quotaBytes, until }) => [
      id,
      String(uses),
      quotaBytes === null ? "usual" : formatSize(quotaBytes),
      until,
    ]);
    world.stdout.print(textTable(["ID", "USES", "QUOTA", "UNTIL"], rows));
  }
}

/** Takes back one invite, by its id or its code, or all. @throws CommandFailure */
export async function uninvite(
  world: CommandWorld,
  home: string,
  which: string | undefined,
  all: boolean,
): Promise<void> {
  if ((which === undefined) !== all) {
    const happened = "an invite's id, its code or --all is expected";
    throw new CommandFailure(ExitCode.usage, "user uninvite", happened);
  }
  using accounts = openAccounts(home);
  const ids = which === undefined ? (await accounts.invites()).map(({ id }) => id) : [which];
  for (const id of ids) await withdraw(accounts, id);
  world.stderr.print(`took back ${ids.length === 1 ? "one invite" : `${ids.length} invites`}\n`);
}

async function withdraw(accounts: AccountAdmin, which: string): Promise<void> {
  try {
    await accounts.withdrawInvite(which);
  } catch (error) {
    if (!isFault(error, "not-found")) throw error;
    // SECURITY: not what was typed: it may be a code with one letter wrong.
    throw new CommandFailure(ExitCode.notThere, "user uninvite", "there is no such invite", {
      hint: "ftp user ls --invites lists them",
    });
  }
}

function valueOf<T>(flag: string, text: string, parse: (text: string) => Parsed<T>): T {
  const read = parse(text);
  if (read.ok) return read.value;
  throw wrong(flag, text, read.why);
}

function wrong(flag: string, text: string, why: string): CommandFailure {
  return new CommandFailure(ExitCode.usage, "user invite", `${flag} "${text}": ${why}`);
}
