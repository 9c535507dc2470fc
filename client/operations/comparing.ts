// Whether a file here and one at the server are the same.

import { CommandFailure, ExitCode } from "../../shared/exit_code.ts";
import { attempt, type OperationContext, shown } from "./operation_context.ts";

/** Compares by digest where the server can, and tells. @throws CommandFailure `contentDiffers` */
export async function tellComparison(
  context: OperationContext,
  local: string,
  remote: string,
): Promise<void> {
  const { terminal: { texts: { compared } }, signal } = context;
  const tried = `verify ${shown(remote)} at ${context.label}`;
  const { relation, verified } = await attempt(
    tried,
    async () => await (await context.client()).compare(local, remote, { signal }),
  );
  const isSame = relation === "same" || relation === "unknown";
  const said = relation === "same"
    ? compared.same(verified)
    : isSame
    ? compared.unproven
    : compared.different;
  if (!isSame) throw new CommandFailure(ExitCode.contentDiffers, tried, said);
  context.print(
    { local, remote, relation, verified },
    `${context.terminal.legible(remote)}: ${said}`,
  );
}
