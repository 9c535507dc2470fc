// Whole trees and the room for them: RMDA, DSIZ, AVBL.

import { Fault, isFault } from "../../shared/fault.ts";
import { reply } from "../../shared/reply.ts";
import { childOf, type VirtualPath } from "../../shared/virtual_path.ts";
import { type AnyCommand, command } from "../command.ts";
import { labour } from "../labour.ts";
import { optionalPath, path } from "../grammar.ts";
import type { Storage } from "../storage/storage.ts";

/** One request walks so many names; a larger tree takes several, and nobody waits for ever. */
export const TREE_LIMIT_NAMES = 100_000;

/** A walk under way: it ends at the limit, and when it is stopped. */
interface Walk {
  readonly storage: Storage;
  readonly signal: AbortSignal;
  leftNames: number;
}

const removeTree = command({
  verb: "RMDA",
  grammar: path,
  login: "needed",
  permission: "write",
  takesLong: true,
  help: "Removes a directory with all that is in it.",
  source: "draft-peterson-streamlined-ftp-command-extensions, 4",
  note: "100000 names a request, then 450; links go as names.",
  async run(target, session) {
    const { storage } = session;
    const entry = await storage.stat(target);
    if (entry.type !== "directory") throw new Fault("not-a-directory", { about: target });
    return await labour(session, { verb: "RMDA", path: target }, async (signal) => {
      const walk = { storage, signal, leftNames: TREE_LIMIT_NAMES };
      await removeAll(target, walk);
      session.log.write("info", "tree removed", {
        path: target,
        names: TREE_LIMIT_NAMES - walk.leftNames,
      });
      return reply(250, "Removed.");
    });
  },
});

/**
 * Removes a directory. Each is tried as a name first, and gone through only when it is not empty: so a
 * link to a directory goes as a link, and what it leads to stays.
 */
async function removeAll(directory: VirtualPath, walk: Walk): Promise<void> {
  for (;;) {
    count(walk, directory);
    if (await hasGone(directory, walk.storage)) return;
    const before = walk.leftNames;
    for await (const batch of walk.storage.list(directory, walk.signal)) {
      for (const { name, type } of batch) {
        const child = childOf(directory, name);
        if (type === "directory") {
          await removeAll(child, walk);
        } else {
          count(walk, child);
          await walk.storage.removeFile(child);
        }
      }
    }
    // What is left is hidden from this session, or not its to remove.
    if (walk.leftNames === before) throw new Fault("not-empty", { about: directory });
  }
}

async function hasGone(directory: VirtualPath, storage: Storage): Promise<boolean> {
  try {
    await storage.removeDirectory(directory);
    return true;
  } catch (error) {
    if (isFault(error, "not-empty")) return false;
    throw error;
  }
}

function count(walk: Walk, about: VirtualPath): void {
  if (walk.signal.aborted) throw new Fault("aborted", { cause: walk.signal.reason });
  if (walk.leftNames-- === 0) throw new Fault("too-many", { about });
}

const directorySize = command({
  verb: "DSIZ",
  grammar: optionalPath,
  login: "needed",
  permission: "list",
  takesLong: true,
  feature: () => "DSIZ",
  help: "Tells how many bytes the files in a directory and below it have.",
  source: "draft-peterson-streamlined-ftp-command-extensions, 4",
  note: "100000 names a request, then 450; a directory counts once.",
  async run(target, session) {
    const { storage } = session;
    const directory = target ?? session.directory;
    const { type } = await storage.stat(directory);
    if (type !== "directory") throw new Fault("not-a-directory", { about: directory });
    return await labour(session, { verb: "DSIZ", path: directory }, async (signal) => {
      const walk = { storage, signal, leftNames: TREE_LIMIT_NAMES };
      return reply(213, String(await sizeOf(directory, walk)));
    });
  },
});

/** A directory that several links lead to counts once, and one that leads back to itself ends there. */
async function sizeOf(top: VirtualPath, walk: Walk): Promise<number> {
  const seen = new Set<string>();
  const open = [top];
  let bytes = 0;
  for (let directory = open.pop(); directory !== undefined; directory = open.pop()) {
    const { unique = directory } = await walk.storage.stat(directory);
    if (seen.has(unique)) continue;
    seen.add(unique);
    for await (const batch of walk.storage.list(directory, walk.signal)) {
      for (const { name, type, size } of batch) {
        count(walk, directory);
        bytes += size;
        if (type === "directory") open.push(childOf(directory, name));
      }
    }
  }
  return bytes;
}

const available = command({
  verb: "AVBL",
  grammar: optionalPath,
  login: "needed",
  permission: "list",
  keepsPending: true,
  feature: () => "AVBL",
  help: "Tells how many bytes could still be stored.",
  source: "draft-peterson-streamlined-ftp-command-extensions, 4",
  async run(target, session) {
    if (target !== undefined) {
      const { type } = await session.storage.stat(target);
      if (type !== "directory") throw new Fault("not-a-directory", { about: target });
    }
    return reply(213, String(await session.storage.space()));
  },
});

/** The family's rows. */
export const treeCommands: readonly AnyCommand[] = [removeTree, directorySize, available];
