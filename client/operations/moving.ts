// Renames at the server: to a new name, or into a folder.

import { CommandFailure, ExitCode } from "../../shared/exit_code.ts";
import { remoteName } from "../remote.ts";
import { attempt, forEach, type OperationContext, shown } from "./operation_context.ts";
import { childPath, entryAt, folderPath } from "./remote_names.ts";

/** Moves each of `paths` to `target`: into it where it is a folder. @throws CommandFailure */
export async function moveTo(
  context: OperationContext,
  paths: readonly string[],
  target: string,
): Promise<void> {
  const isFolder = target === "" || target.endsWith("/") ||
    (await entryAt(context, target))?.type === "directory";
  if (!isFolder && paths.length > 1) {
    const tried = `move ${paths.length} files to ${shown(target)}`;
    throw new CommandFailure(ExitCode.usage, tried, "it is no folder");
  }
  await forEach(context, paths, async (from) => {
    const to = isFolder ? childPath(target, remoteName(folderPath(from))) : target;
    const tried = `move ${shown(from)} to ${shown(to)} at ${context.label}`;
    await attempt(tried, async () => {
      const client = await context.client();
      await client.rename(from, to, { signal: context.signal });
    });
    context.print({ from, to });
  });
}
