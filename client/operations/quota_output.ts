// How much of what an account may keep is used, as a line and as an object.

import { approximateSize } from "../../shared/units.ts";
import { quotaUse } from "./membership.ts";
import { attempt, type OperationContext } from "./operation_context.ts";

/** Tells it for who is logged in. @throws CommandFailure */
export async function tellQuota(context: OperationContext): Promise<void> {
  const tried = `quota at ${context.label}`;
  const use = await attempt(tried, async () => await quotaUse(await context.client()));
  if (use === undefined) {
    return context.print({ limited: false }, "no quota: nothing is counted");
  }
  const { usedBytes, limitBytes, usedFiles, limitFiles } = use;
  const ofBytes = limitBytes === undefined
    ? ""
    : ` of ${approximateSize(limitBytes)} (${percent(usedBytes, limitBytes)})`;
  const ofFiles = limitFiles === undefined ? "" : ` of ${limitFiles}`;
  context.print(
    {
      limited: true,
      used_bytes: usedBytes,
      limit_bytes: limitBytes ?? null,
      used_files: usedFiles,
      limit_files: limitFiles ?? null,
    },
    `${approximateSize(usedBytes)}${ofBytes} in ${usedFiles}${ofFiles} ${
      usedFiles === 1 && ofFiles === "" ? "file" : "files"
    }`,
  );
}

function percent(used: number, limit: number): string {
  return limit === 0 ? "full" : `${Math.floor(used * 100 / limit)}%`;
}
