// Where a new account's password comes from: a pipe, the person at the terminal, or chance.

import { randomInt } from "node:crypto";
import type { CommandWorld } from "../shared/command_line.ts";
import { CommandFailure, ExitCode } from "../shared/exit_code.ts";
import { Secret } from "../shared/secret.ts";
import { askSecret, readSecretLine } from "../shared/secret_prompt.ts";
import { checkPassword } from "./accounts/account_rules.ts";

/** The flags that say where it comes from; without one the person is asked. */
export interface PasswordOptions {
  readonly passwordStdin?: true;
  readonly generate?: true;
}

/** A password that may be stored. */
export interface NewPassword {
  readonly secret: Secret;
  /** Whether chance chose it, so that it must be shown once. */
  readonly generated: boolean;
}

/** Without those that look like others in some font (0 O, 1 l I): people read passwords aloud. */
const ALPHABET = "23456789abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ";
/** 20 of 56 characters are 116 bits: beyond any guessing. */
const GENERATED_CHARACTERS = 20;

/** @throws CommandFailure when both flags were given, the password is no good, or nobody answers. */
export async function chosenPassword(
  world: CommandWorld,
  tried: string,
  options: PasswordOptions,
): Promise<NewPassword> {
  if (options.generate && options.passwordStdin) {
    const happened = "--generate and --password-stdin exclude each other";
    throw new CommandFailure(ExitCode.usage, tried, happened);
  }
  if (options.generate) return { secret: generated(), generated: true };
  const typed = options.passwordStdin
    ? await readSecretLine(world.stdin)
    : await askTwice(world, tried);
  const checked = checkPassword(typed.reveal());
  if (!checked.ok) throw new CommandFailure(ExitCode.usage, tried, checked.why);
  return { secret: checked.value, generated: false };
}

async function askTwice(world: CommandWorld, tried: string): Promise<Secret> {
  const first = await askSecret(world, "New password: ");
  const second = await askSecret(world, "The same again: ");
  if (first.reveal() === second.reveal()) return first;
  throw new CommandFailure(ExitCode.usage, tried, "the two passwords differ: nothing was changed");
}

function generated(): Secret {
  const characters = Array.from(
    { length: GENERATED_CHARACTERS },
    () => ALPHABET[randomInt(ALPHABET.length)],
  );
  return new Secret(characters.join(""));
}
