// One's own account at a server: SITE REGISTER, PASSWD, UNREGISTER, QUOTA.

import { isLoopback } from "../../shared/endpoint.ts";
import { CommandFailure, ExitCode } from "../../shared/exit_code.ts";
import { quotedWord } from "../../shared/quoted_words.ts";
import type { Reply } from "../../shared/reply.ts";
import type { Secret } from "../../shared/secret.ts";
import type { Client } from "../client.ts";
import { Refused } from "../failure.ts";

/** Who wants an account. */
export interface Newcomer {
  readonly name: string;
  readonly password: Secret;
  readonly invite: string | undefined;
}

/** How much of what an account may keep is used; `undefined` for no limit. */
export interface QuotaUse {
  readonly usedBytes: number;
  readonly limitBytes: number | undefined;
  readonly usedFiles: number;
  readonly limitFiles: number | undefined;
}

/**
 * SECURITY: a password never goes out in clear to another machine, whatever the server would take.
 *
 * @throws CommandFailure `notAllowed`
 */
export function demandPrivacy(client: Client, tried: string): void {
  if (client.secure || client.host === "localhost" || isLoopback(client.host)) return;
  const happened = "the connection is not protected: the password stays here";
  throw new CommandFailure(ExitCode.notAllowed, tried, happened, {
    hint: "--tls required insists on protection",
  });
}

/** Makes an account; nobody is logged in afterwards. @throws Refused */
export async function registerAccount(client: Client, newcomer: Newcomer): Promise<void> {
  const { name, password, invite } = newcomer;
  const words = [name, password.reveal(), ...(invite === undefined ? [] : [invite])];
  await askSite(client, "REGISTER", words);
}

/** Changes the password of who is logged in. @throws Refused */
export async function changePassword(client: Client, old: Secret, fresh: Secret): Promise<void> {
  await askSite(client, "PASSWD", [old.reveal(), fresh.reveal()]);
}

/** Ends the account of who is logged in, and the session. @throws Refused */
export async function leaveServer(
  client: Client,
  password: Secret,
  purge: boolean,
): Promise<Reply> {
  return await askSite(client, "UNREGISTER", [password.reveal(), ...(purge ? ["PURGE"] : [])]);
}

/** How much of the quota is used; `undefined` for an account without one. @throws Refused */
export async function quotaUse(client: Client): Promise<QuotaUse | undefined> {
  const { lines } = await askSite(client, "QUOTA", []);
  const text = lines.join("\n");
  const used = (unit: string) => {
    const [, used, limit = ""] =
      new RegExp(`^ ?${unit} (\\d+) of (\\d+|unlimited)$`, "m").exec(text) ??
        [];
    return { used: used === undefined ? undefined : Number(used), limit: limitOf(limit) };
  };
  const [bytes, files] = [used("bytes"), used("files")];
  if (bytes.used === undefined || files.used === undefined) return undefined;
  return {
    usedBytes: bytes.used,
    limitBytes: bytes.limit,
    usedFiles: files.used,
    limitFiles: files.limit,
  };
}

/** Sends `SITE VERB WORD…`, words quoted where they must be. @throws Refused for any answer but 2xx */
export async function askSite(
  client: Client,
  verb: string,
  words: readonly string[],
): Promise<Reply> {
  const answer = await client.quote(["SITE", verb, ...words.map(quotedWord)].join(" "));
  if (answer.code >= 300) throw new Refused(`SITE ${verb}`, answer);
  return answer;
}

function limitOf(text: string): number | undefined {
  return /^\d+$/.test(text) ? Number(text) : undefined;
}
