// `ftp user invite`: a code that lets somebody register.

import type { CommandWorld } from "../shared/command_line.ts";
import { CommandFailure, ExitCode } from "../shared/exit_code.ts";
import type { Parsed } from "../shared/parsed.ts";
import { parseDuration, parseSize } from "../shared/units.ts";
import { openAccounts } from "./account_store.ts";
import { requireDataDirectory } from "./data_directory.ts";

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
}

function valueOf<T>(flag: string, text: string, parse: (text: string) => Parsed<T>): T {
  const read = parse(text);
  if (read.ok) return read.value;
  throw wrong(flag, text, read.why);
}

function wrong(flag: string, text: string, why: string): CommandFailure {
  return new CommandFailure(ExitCode.usage, "user invite", `${flag} "${text}": ${why}`);
}
