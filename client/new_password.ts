// A new password of a person's own: from the environment, a pipe, or typed twice.

import { CommandFailure, ExitCode } from "../shared/exit_code.ts";
import { Secret } from "../shared/secret.ts";
import { readSecretLine } from "../shared/secret_prompt.ts";
import type { ClientCommand } from "./client_command.ts";
import type { Terminal } from "./terminal.ts";

/**
 * The password that replaces another: the second line of `--password-stdin`, FTP_NEW_PASSWORD, or typed.
 *
 * @throws CommandFailure
 */
export async function replacementPassword(command: ClientCommand): Promise<Secret> {
  const { terminal, flags, opening: { world: { env } } } = command;
  if (flags.passwordStdin) return await readSecretLine(terminal.input);
  const text = env["FTP_NEW_PASSWORD"];
  return text ? new Secret(text) : await askNewPassword(terminal, "FTP_NEW_PASSWORD");
}

/**
 * Asks for a new password, twice and unseen.
 *
 * @param variable the environment variable that could have told it, for the hint.
 * @throws CommandFailure when they differ, or nobody can be asked
 */
export async function askNewPassword(terminal: Terminal, variable: string): Promise<Secret> {
  if (!terminal.canAsk) {
    const happened = "it was not given, and there is no terminal to ask at";
    throw new CommandFailure(ExitCode.usage, "new password", happened, {
      hint: `${variable} or --password-stdin can tell it`,
    });
  }
  const texts = terminal.texts.login;
  const first = await terminal.askSecret(texts.newPassword);
  const second = await terminal.askSecret(texts.passwordAgain);
  if (first.reveal() === second.reveal()) return first;
  throw new CommandFailure(ExitCode.usage, "new password", texts.passwordsDiffer);
}
