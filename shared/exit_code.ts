// What the process tells its parent, and the one error that commands throw to say it.

/** The exit codes of every command; the numbers are a contract with scripts. */
export const ExitCode = {
  done: 0,
  failed: 1,
  usage: 2,
  noConnection: 3,
  loginRefused: 4,
  notThere: 5,
  notAllowed: 6,
  noSpace: 7,
  contentDiffers: 8,
  notTrusted: 9,
  interrupted: 130,
} as const;

/** One of the {@linkcode ExitCode} numbers. */
export type ExitCode = typeof ExitCode[keyof typeof ExitCode];

/** Options of a {@linkcode CommandFailure}. */
export interface CommandFailureOptions {
  /** What the person can do about it; printed as a second line. */
  readonly hint?: string;
  readonly cause?: unknown;
}

/**
 * A command that could not do its work. Printed as `ftp: TRIED: HAPPENED` and, where there is one, a
 * line `hint: HINT`; the process then exits with `exitCode`.
 */
export class CommandFailure extends Error {
  override readonly name = "CommandFailure";
  readonly hint: string | undefined;

  constructor(
    readonly exitCode: ExitCode,
    readonly tried: string,
    readonly happened: string,
    options: CommandFailureOptions = {},
  ) {
    super(`${tried}: ${happened}`, { cause: options.cause });
    this.hint = options.hint;
  }
}
