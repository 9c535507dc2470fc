// The digest of one file, as the server computes it.

import { CommandFailure, ExitCode } from "../../shared/exit_code.ts";
import type { HashAlgorithm } from "../../shared/hash.ts";
import { attempt, type OperationContext, shown } from "./operation_context.ts";

/** Tells it: digest, two blanks, path. @throws CommandFailure, `failed` where the server has no way */
export async function tellDigest(
  context: OperationContext,
  path: string,
  algorithm: HashAlgorithm | undefined,
): Promise<void> {
  const { signal, label } = context;
  const tried = `hash ${shown(path)} at ${label}`;
  const digest = await attempt(tried, async () => {
    const client = await context.client();
    return await client.digest(path, { signal, ...(algorithm === undefined ? {} : { algorithm }) });
  });
  if (digest === undefined) {
    const happened = algorithm === undefined
      ? "the server computes no digests"
      : `the server does not compute ${algorithm}`;
    const hint = "ftp cat FILE | sha256sum reads the file and computes it here";
    throw new CommandFailure(ExitCode.failed, tried, happened, { hint });
  }
  context.print(
    { path, algorithm: digest.algorithm, digest: digest.hex },
    `${digest.hex}  ${context.terminal.legible(path)}`,
  );
}
