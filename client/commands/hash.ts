// ftp hash: digests of files, computed by the server, in the form of sha256sum.

import { type Command, Option } from "commander";
import type { CommandWorld } from "../../shared/command_line.ts";
import { HASH_ALGORITHMS, type HashAlgorithm, parseHashAlgorithm } from "../../shared/hash.ts";
import { ClientCommand } from "../client_command.ts";
import { addConnectionFlags, type ConnectionFlags, optionParser } from "../connection_flags.ts";
import { tellDigest } from "../operations/digest_output.ts";
import { forEach } from "../operations/operation_context.ts";
import { expandRemote } from "../operations/remote_names.ts";

interface HashFlags extends ConnectionFlags {
  readonly algorithm?: HashAlgorithm;
}

/** Defines `ftp hash`. */
export function define(command: Command, world: CommandWorld): void {
  command
    .argument("<remote...>", "files: paths, globs in the last part, URLs")
    .addOption(
      new Option("-a, --algorithm <name>", "which digest; else the server's strongest")
        // Those are shown and completed; any spelling is read.
        .choices(HASH_ALGORITHMS)
        .argParser(optionParser(parseHashAlgorithm)),
    );
  addConnectionFlags(command)
    .action((remotes: string[], flags: HashFlags) => hash(world, remotes, flags));
}

async function hash(world: CommandWorld, remotes: string[], flags: HashFlags): Promise<void> {
  await using command = await ClientCommand.start(world, flags);
  const places = remotes.map((remote) => command.placeOf(remote));
  await forEach(command, places, async (place) => {
    const context = command.at(place);
    const found = await expandRemote(context, place.path);
    await forEach(context, found, ({ path }) => tellDigest(context, path, flags.algorithm));
  });
}
