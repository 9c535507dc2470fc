// ftp mirror: makes a folder like another one; exactly one of the two is at a server.

import type { Command } from "commander";
import type { CommandWorld } from "../../shared/command_line.ts";
import { CommandFailure, ExitCode } from "../../shared/exit_code.ts";
import { looksLikeUrl } from "../address.ts";
import { ClientCommand } from "../client_command.ts";
import { addConnectionFlags, type ConnectionFlags } from "../connection_flags.ts";
import { addConnectionsFlag, type ConnectionsFlag } from "../operations/lanes.ts";
import { mirror } from "../operations/mirror.ts";
import { folderPath } from "../operations/remote_names.ts";
import {
  addMovingFlags,
  type TransferFlags,
  transferPolicy,
} from "../operations/transfer_policy.ts";
import type { Sites } from "../sites.ts";

/** More than one hides that a folder of small files is mostly waiting; few servers mind four. */
const USUAL_CONNECTIONS = 4;

interface MirrorFlags extends ConnectionFlags, TransferFlags, ConnectionsFlag {
  readonly reverse?: true;
  readonly delete?: true;
  readonly dryRun?: true;
  readonly newer?: true;
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
}

/** Defines `ftp mirror`. */
export function define(command: Command, world: CommandWorld): void {
  const collect = (text: string, before: readonly string[] = []) => [...before, text];
  command
    .argument("<source>", "the folder as it should be; a path at the server unless -R is given")
    .argument(
      "<target>",
      "the folder that becomes like it; one of the two may be a URL or SITE:PATH",
    )
    .option("-R, --reverse", "the target is at the server, the source here")
    .option("--delete", "remove what only the target has, after everything else went well")
    .option("-n, --dry-run", "only tell what would be done")
    .option("--newer", "move only what is missing or older at the target, whatever the sizes")
    .option("--include <glob>", "only files that fit; several times: one of them", collect)
    .option("--exclude <glob>", "leave alone files and folders that fit, at both ends", collect);
  addConnectionFlags(addConnectionsFlag(addMovingFlags(command), USUAL_CONNECTIONS))
    .action((source: string, target: string, flags: MirrorFlags) =>
      run(world, source, target, flags)
    );
}

async function run(
  world: CommandWorld,
  source: string,
  target: string,
  flags: MirrorFlags,
): Promise<void> {
  await using command = await ClientCommand.start(world, flags);
  const isUpload = isTargetRemote(source, target, flags.reverse ?? false, command.sites);
  const place = command.placeOf(isUpload ? target : source);
  await mirror(command.at(place), {
    direction: isUpload ? "put" : "get",
    remote: folderPath(place.path),
    local: isUpload ? source : target,
    rules: {
      include: flags.include ?? [],
      exclude: flags.exclude ?? [],
      newerOnly: flags.newer ?? false,
    },
    isDeleting: flags.delete ?? false,
    isTrial: flags.dryRun ?? false,
    connections: flags.connections,
    // What is there was compared already, and is to become like the source.
    policy: { ...transferPolicy(flags, command.terminal), ifExists: "overwrite" },
  });
}

/** @throws CommandFailure `usage` */
function isTargetRemote(
  source: string,
  target: string,
  isReverse: boolean,
  sites: Sites,
): boolean {
  const tried = `mirror "${source}" "${target}"`;
  const namesServer = (text: string) =>
    looksLikeUrl(text) || sites.has(/^([^:]+):/.exec(text)?.[1]?.toLowerCase() ?? "");
  const [from, to] = [namesServer(source), namesServer(target)];
  if (from && to) {
    throw new CommandFailure(ExitCode.usage, tried, "both are at a server", {
      hint: "a mirror has one end here: go by way of a folder of this machine",
    });
  }
  if (from && isReverse) {
    throw new CommandFailure(ExitCode.usage, tried, "-R says that the target is at the server");
  }
  return to || isReverse;
}
