// SITE commands: what a server has of them, and what it answers to one.

import { CommandFailure } from "../../shared/exit_code.ts";
import type { Reply } from "../../shared/reply.ts";
import { Secret } from "../../shared/secret.ts";
import type { Client } from "../client.ts";
import { exitCodeOf, formatRefusal, Refused } from "../failure.ts";
import { attempt, type OperationContext } from "./operation_context.ts";

/**
 * The SITE commands that a server tells of, in upper case; none where it tells nothing. It may be asked before
 * the login.
 */
export async function siteVerbs(
  client: Client,
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  for (const question of ["HELP SITE", "SITE HELP"]) {
    const { code, lines } = await client.quote(question, { signal });
    if (code >= 300) continue;
    return new Set(lines.flatMap((line) => line.toUpperCase().match(/\b[A-Z]{2,}\b/g) ?? []));
  }
  return new Set();
}

/** Sends `SITE WORD…`. @throws Refused for any answer but 2xx */
export async function sendSite(
  client: Client,
  words: readonly (string | Secret)[],
  signal: AbortSignal,
): Promise<Reply> {
  const texts = words.map((word) => word instanceof Secret ? word.reveal() : word);
  const answer = await client.quote(`SITE ${texts.join(" ")}`, { signal });
  if (answer.code >= 300) throw new Refused(`SITE ${String(words[0])}`, answer);
  return answer;
}

/** Sends `SITE WORD…` and tells the answer's lines. @throws CommandFailure when it is refused */
export async function tellSite(
  context: OperationContext,
  tried: string,
  words: readonly string[],
): Promise<void> {
  const answer = await attempt(
    tried,
    async () => await sendSite(await context.client(), words, context.signal),
  );
  tellReply(context, answer);
}

/** Tells a reply as the server wrote it: `{"code":…,"text":…}` with `--json`. */
function tellReply(context: OperationContext, reply: Reply): void {
  context.print(
    { code: reply.code, text: reply.lines.join("\n") },
    ...formattedLines(reply).map((line) => context.terminal.legible(line)),
  );
}

/** Sends a line as it is and tells the answer. @throws CommandFailure when it is refused */
export async function quoteLine(context: OperationContext, line: string): Promise<void> {
  const answer = await attempt(
    "quote",
    async () => await (await context.client()).quote(line, { signal: context.signal }),
  );
  tellReply(context, answer);
  if (answer.code < 400) return;
  const refused = new Refused(line, answer);
  throw new CommandFailure(exitCodeOf(refused), "quote", formatRefusal(answer), { cause: refused });
}

/** RFC 959, 4.2: `CODE text`, and `CODE-text` for the first of several lines. */
function formattedLines({ code, lines }: Reply): string[] {
  const last = lines.length - 1;
  return lines.map((line, at) =>
    at === last ? `${code} ${line}` : at === 0 ? `${code}-${line}` : line
  );
}
