// Copies a file at the server; FTP has no command for that, so the bytes travel by way of this machine.

import { join } from "node:path";
import type { TransferOptions } from "../client.ts";
import { remoteName } from "../remote.ts";
import { attempt, type OperationContext, shown } from "./operation_context.ts";
import { childPath, entryAt } from "./remote_names.ts";

/** Copies one file to a name, or into a folder. @throws CommandFailure */
export async function copyRemote(
  context: OperationContext,
  from: string,
  target: string,
  options: TransferOptions,
): Promise<void> {
  const { signal, progress } = context;
  const isFolder = target.endsWith("/") || (await entryAt(context, target))?.type === "directory";
  const to = isFolder ? childPath(target, remoteName(from)) : target;
  await attempt(`copy ${shown(from)} to ${shown(to)} at ${context.label}`, async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, "copy");
    for (const step of ["download", "upload"] as const) {
      using track = progress.track(remoteName(from));
      const given: TransferOptions = {
        ...options,
        type: "image",
        signal,
        onProgress: track.update.bind(track),
      };
      const client = await context.client();
      if (step === "download") await client.download(from, { path }, given);
      else await client.upload({ path }, to, { ...given, existing: "replace" });
    }
  });
  context.print({ from, to });
}

/** A folder of our own for as long as it is used; nobody else on this machine can read it. */
export async function temporaryFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await Deno.makeTempDir({ prefix: "ftp-" });
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}
