// A newcomer's way in: whether a server makes accounts by itself, and the questions to make one.

import { isLoopback } from "../../shared/endpoint.ts";
import { CommandFailure, ExitCode } from "../../shared/exit_code.ts";
import type { Client } from "../client.ts";
import type { Login } from "../credentials.ts";
import { attempt } from "../operations/operation_context.ts";
import { sendSite, siteVerbs } from "../operations/site.ts";
import type { DoorPolicy } from "../session_opening.ts";
import type { Terminal } from "../terminal.ts";
import { askNewSecret } from "./new_secret.ts";

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
  demandPrivacy(client, terminal, `register at ${label}`);
  const user = (await terminal.ask(texts.newName, signal)).trim();
  const password = await askNewSecret(terminal);
  const invite = (await terminal.ask(texts.invite, signal)).trim();
  await attempt(
    `register "${user}" at ${label}`,
    () => sendSite(client, ["REGISTER", user, password, ...(invite ? [invite] : [])], signal),
  );
  terminal.note(texts.registered(user));
  return { user, password };
}

/** SECURITY: a password never goes out in clear to another machine. @throws CommandFailure */
export function demandPrivacy(client: Client, terminal: Terminal, tried: string): void {
  if (client.secure || client.host === "localhost" || isLoopback(client.host)) return;
  throw new CommandFailure(ExitCode.notAllowed, tried, terminal.texts.login.registerInClear);
}
