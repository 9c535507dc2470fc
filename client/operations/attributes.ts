// What can be changed of a file without its content: rights and times; and an empty file made.

import { CommandFailure, ExitCode } from "../../shared/exit_code.ts";
import { attempt, type OperationContext, shown } from "./operation_context.ts";
import { entryAt } from "./remote_names.ts";
import { sendSite } from "./site.ts";

/** Sets permission bits (SITE CHMOD). @param mode octal digits @throws CommandFailure */
export async function changeMode(
  context: OperationContext,
  path: string,
  mode: string,
): Promise<void> {
  await attempt(`chmod ${mode} ${shown(path)} at ${context.label}`, async () => {
    await sendSite(await context.client(), ["CHMOD", mode, path], context.signal);
  });
  context.print({ path, mode });
}

/** Makes a file as new as `modifiedMs`, and an empty one where there is none. @throws CommandFailure */
export async function touch(
  context: OperationContext,
  path: string,
  modifiedMs: number,
): Promise<void> {
  const { signal } = context;
  const tried = `touch ${shown(path)} at ${context.label}`;
  const isThere = await entryAt(context, path) !== undefined;
  await attempt(tried, async () => {
    const client = await context.client();
    if (!isThere) {
      const source = { read: () => Promise.resolve(null) };
      await client.upload({ source }, path, { signal, existing: "refuse" });
    }
    if (!await client.setModified(path, modifiedMs, { signal }) && isThere) {
      throw new CommandFailure(ExitCode.failed, tried, "the server has no way to set times");
    }
  });
  context.print({ path, made: !isThere });
}
