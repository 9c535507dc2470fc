// How much of what an account may keep is used, as a line and as an object.

import { approximateSize } from "../../shared/units.ts";
import type { Texts } from "../texts/english.ts";
import { quotaUse } from "./membership.ts";
import { attempt, type OperationContext } from "./operation_context.ts";

/** Tells it for who is logged in. @throws CommandFailure */
export async function tellQuota(context: OperationContext): Promise<void> {
  const tried = `quota at ${context.label}`;
  const use = await attempt(tried, async () => await quotaUse(await context.client()));
  const texts = context.terminal.texts.quota;
  if (use === undefined) return context.print({ limited: false }, texts.none);
  const { usedBytes, limitBytes, usedFiles, limitFiles } = use;
  const used = approximateSize(usedBytes);
  const bytes = limitBytes === undefined
    ? used
    : `${texts.ofLimit(used, approximateSize(limitBytes))} (${
      share(usedBytes, limitBytes, texts)
    })`;
  const files = limitFiles === undefined
    ? String(usedFiles)
    : texts.ofLimit(String(usedFiles), String(limitFiles));
  const isOne = usedFiles === 1 && limitFiles === undefined;
  context.print(
    {
      limited: true,
      used_bytes: usedBytes,
      limit_bytes: limitBytes ?? null,
      used_files: usedFiles,
      limit_files: limitFiles ?? null,
    },
    texts.use(bytes, (isOne ? texts.file : texts.files)(files)),
  );
}

function share(used: number, limit: number, { full }: Texts["quota"]): string {
  return limit === 0 ? full : `${Math.floor(used * 100 / limit)}%`;
}
