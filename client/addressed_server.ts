// The server that a command's ADDRESS names, or -s, or FTP_SERVER.

import { CommandFailure, ExitCode } from "../shared/exit_code.ts";
import { looksLikeUrl, parseAddress } from "./address.ts";
import type { ClientCommand } from "./client_command.ts";
import { type Destination, environmentServer, reach } from "./destination.ts";

/** @throws CommandFailure `usage` where none is named, or the address does not read */
export function addressedServer(given: string | undefined, command: ClientCommand): Destination {
  const { flags, sites, opening: { world: { env } } } = command;
  if (given !== undefined) {
    const address = parseAddress(given);
    if (!address.ok) throw new CommandFailure(ExitCode.usage, `address "${given}"`, address.why);
    command.noticePassword(address.value);
    // After ftp:// stands a host, whatever sites there are.
    return reach(address.value, flags, env, looksLikeUrl(given) ? undefined : sites);
  }
  const known = flags.server ?? flags.host ?? environmentServer(env);
  if (known !== undefined) return reach(known, flags, env, sites);
  throw new CommandFailure(ExitCode.usage, "address", "no server is named", {
    hint: "HOST[:PORT] names it, or -s, or FTP_SERVER in the environment",
  });
}
