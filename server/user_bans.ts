// `ftp user ls --bans` and `ftp user unban`: who may not come for a while, and who may again.

import type { CommandWorld } from "../shared/command_line.ts";
import { CommandFailure, ExitCode } from "../shared/exit_code.ts";
import { openAccounts } from "./account_store.ts";
import type { Account } from "./accounts/accounts.ts";
import { addressBytes } from "./network.ts";
import { type Ban, BanList, nameDigest } from "./runtime/ban_list.ts";
import { openRuntimeStore } from "./runtime_store.ts";
import { textTable } from "./text_table.ts";

/** Lists the bans that hold. */
export async function listBans(world: CommandWorld, home: string, json: boolean): Promise<void> {
  using accounts = openAccounts(home);
  const all = await accounts.list();
  using database = openRuntimeStore(home);
  const bans = new BanList(database).list().map((ban) => shownBan(ban, all));
  if (json) {
    for (const ban of bans) world.stdout.print(`${JSON.stringify(ban)}\n`);
  } else if (bans.length === 0) world.stderr.print("nobody is banned\n");
  else {
    const rows = bans.map(({ address, name, since, until }) => [
      address ?? "everywhere",
      name ?? "all",
      since,
      until,
    ]);
    world.stdout.print(textTable(["ADDRESS", "NAME", "SINCE", "UNTIL"], rows));
  }
}

/** Lifts the bans of an address, of a name, or all. @throws CommandFailure */
export function unban(
  world: CommandWorld,
  home: string,
  whose: string | undefined,
  all: boolean,
): void {
  const tried = whose === undefined ? "user unban" : `user unban "${whose}"`;
  if ((whose === undefined) !== all) {
    const happened = "an address, a name or --all is expected";
    throw new CommandFailure(ExitCode.usage, tried, happened);
  }
  using database = openRuntimeStore(home);
  const address = whose?.replace(/\/64$/, "") ?? "";
  const lifted = new BanList(database).lift(
    whose === undefined ? "all" : addressBytes(address) ? { address } : { name: whose },
  );
  if (lifted === 0 && !all) {
    throw new CommandFailure(ExitCode.notThere, tried, "no ban holds", {
      hint: "ftp user ls --bans lists them",
    });
  }
  world.stderr.print(`lifted ${lifted === 1 ? "one ban" : `${lifted} bans`}\n`);
}

function shownBan({ address, nameDigest: digest, sinceMs, untilMs }: Ban, all: readonly Account[]) {
  const time = (ms: number) => new Date(ms).toISOString().replace(/\.\d{3}Z$/, "Z");
  const known = all.find(({ name }) => nameDigest(name) === digest)?.name;
  return {
    address: address ?? null,
    // What was typed is not kept; a name that nobody has cannot be told.
    name: digest === undefined ? null : known ?? "(no account)",
    since: time(sinceMs),
    until: time(untilMs),
  };
}
