// ftp quota: how much of what one may keep at a server is used.

import type { Command } from "commander";
import type { CommandWorld } from "../../shared/command_line.ts";
import { approximateSize } from "../../shared/units.ts";
import { addressedServer } from "../addressed_server.ts";
import { ClientCommand } from "../client_command.ts";
import { addConnectionFlags, type ConnectionFlags } from "../connection_flags.ts";
import { quotaUse } from "../operations/membership.ts";
import { attempt } from "../operations/operation_context.ts";

/** Defines `ftp quota`. */
export function define(command: Command, world: CommandWorld): void {
  command.argument("[address]", "[NAME@]HOST[:PORT]");
  addConnectionFlags(command)
    .action((address: string | undefined, flags: ConnectionFlags) => tell(world, address, flags));
}

async function tell(
  world: CommandWorld,
  address: string | undefined,
  flags: ConnectionFlags,
): Promise<void> {
  await using command = await ClientCommand.start(world, flags);
  const place = addressedServer(address, command);
  const context = command.at(place);
  const tried = `quota at ${place.label}`;
  const use = await attempt(tried, async () => await quotaUse(await context.client()));
  if (use === undefined) {
    return command.print({ limited: false }, "no quota: nothing is counted");
  }
  const { usedBytes, limitBytes, usedFiles, limitFiles } = use;
  const ofBytes = limitBytes === undefined
    ? ""
    : ` of ${approximateSize(limitBytes)} (${percent(usedBytes, limitBytes)})`;
  const ofFiles = limitFiles === undefined ? "" : ` of ${limitFiles}`;
  command.print(
    {
      limited: true,
      used_bytes: usedBytes,
      limit_bytes: limitBytes ?? null,
      used_files: usedFiles,
      limit_files: limitFiles ?? null,
    },
    `${approximateSize(usedBytes)}${ofBytes} in ${usedFiles}${ofFiles} files`,
  );
}

function percent(used: number, limit: number): string {
  return limit === 0 ? "full" : `${Math.floor(used * 100 / limit)}%`;
}
