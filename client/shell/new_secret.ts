// A new password, typed twice and unseen.

import { CommandFailure, ExitCode } from "../../shared/exit_code.ts";
import type { Secret } from "../../shared/secret.ts";
import type { Terminal } from "../terminal.ts";

/** Asks for it and for the same again. @throws CommandFailure when they differ, are empty, or the person gives up */
export async function askNewSecret(terminal: Terminal): Promise<Secret> {
  const texts = terminal.texts.login;
  const first = await terminal.askSecret(texts.newPassword);
  const second = await terminal.askSecret(texts.passwordAgain);
  const happened = first.reveal() === ""
    ? texts.emptyPassword
    : first.reveal() === second.reveal()
    ? undefined
    : texts.passwordsDiffer;
  if (happened === undefined) return first;
  throw new CommandFailure(ExitCode.usage, texts.newPassword.replace(/[:：]\s*$/, ""), happened);
}
