// A newcomer's way in: whether a server makes accounts by itself, and the questions to make one.

import type { Client } from "../client.ts";
import type { Login } from "../credentials.ts";
import { askNewPassword } from "../new_password.ts";
import { demandPrivacy, registerAccount } from "../operations/membership.ts";
import { attempt } from "../operations/operation_context.ts";
import { siteVerbs } from "../operations/site.ts";
import type { DoorPolicy } from "../session_opening.ts";
import type { Terminal } from "../terminal.ts";

/** Registration as the door of a server offers it, where that server has it. */
export function newcomers(
  terminal: Terminal,
  label: string,
  signal: AbortSignal,
): NonNullable<DoorPolicy["newcomers"]> {
  return {
    isOffered: async (client) => (await siteVerbs(client, signal)).has("REGISTER"),
    register: (client) => register(client, terminal, label, signal),
  };
}

/** Asks who it will be and makes the account. @throws CommandFailure */
export async function register(
  client: Client,
  terminal: Terminal,
  label: string,
  signal: AbortSignal,
): Promise<Login> {
  const texts = terminal.texts.login;
  demandPrivacy(client, `register at ${label}`);
  const name = (await terminal.ask(texts.newName, signal)).trim();
  const password = await askNewPassword(terminal, "FTP_PASSWORD");
  const invite = (await terminal.ask(texts.invite, signal)).trim() || undefined;
  await attempt(
    `register "${name}" at ${label}`,
    () => registerAccount(client, { name, password, invite }),
  );
  terminal.note(texts.registered(name, label));
  return { user: name, password };
}
