// The flags that every client command takes, in one table: what they are called and how they read.

import { type Command, InvalidArgumentError, Option } from "commander";
import { CommandFailure, ExitCode } from "../shared/exit_code.ts";
import type { Parsed } from "../shared/parsed.ts";
import { Secret } from "../shared/secret.ts";
import { type Address, parseAddress, parsePort } from "./address.ts";
import type { TlsMode } from "./client.ts";
import { canonicalFingerprint } from "./trust.ts";

/** The ways of protecting the control connection that `--tls` and FTP_TLS may name. */
export const TLS_MODES: readonly TlsMode[] = ["auto", "required", "implicit", "off"];

/** The shared flags as commander hands them to an action. */
export interface ConnectionFlags {
  readonly server?: Address;
  /** The same under its other name, `-H`. */
  readonly host?: Address;
  readonly port?: number;
  readonly user?: string;
  readonly password?: Secret;
  readonly passwordStdin?: true;
  readonly tls?: TlsMode;
  /** `sha256:` and 64 hexadecimal digits. */
  readonly pin?: string;
  /** A PEM file's host path. */
  readonly ca?: string;
  readonly insecure?: true;
  readonly active?: true;
  readonly json?: true;
  readonly quiet?: true;
  readonly verbose?: true;
  /** `false` for `--no-color`. */
  readonly color: boolean;
}

/** Adds the shared flags to a command, below its own. */
export function addConnectionFlags(command: Command): Command {
  const parser = <T>(parse: (text: string) => Parsed<T>) => optionParser(parse);
  return command
    .optionsGroup("Options of every client command:")
    .addOption(
      new Option("-s, --server <address>", "which server: [USER@]HOST[:PORT] (FTP_SERVER)")
        .argParser(parser(parseAddress)),
    )
    .addOption(
      new Option("-H, --host <address>", "the same as --server").argParser(parser(parseAddress)),
    )
    .addOption(new Option("-P, --port <n>", "its port").argParser(parser(parsePort)))
    .option("-u, --user <name>", "who (FTP_USER)")
    .addOption(
      new Option("-p, --password <text>", "visible to other users here; rather FTP_PASSWORD")
        .argParser((text) => new Secret(text)),
    )
    .option("--password-stdin", "the first line of standard input is the password")
    .addOption(new Option("--tls <mode>", "protection (FTP_TLS)").choices(TLS_MODES))
    .addOption(
      new Option("--pin <sha256:HEX>", "trust exactly this certificate")
        .argParser(parser(parsePin)),
    )
    .option("--ca <file>", "trust what the authorities in this PEM file signed")
    .option("--insecure", "trust any certificate")
    .option("--active", "the server connects to us for data (PORT, EPRT)")
    .option("--json", "one JSON object a line on standard output")
    .option("-q, --quiet", "tell failures only")
    .option("-v, --verbose", "show the control dialogue on standard error")
    .option("--no-color", "no colours (NO_COLOR)");
}

/** Checks what the flags say together. @throws CommandFailure `usage` */
export function checkConnectionFlags(flags: ConnectionFlags): void {
  demandAtMostOne(["--server", flags.server], ["--host", flags.host]);
  demandAtMostOne(["--password", flags.password], ["--password-stdin", flags.passwordStdin]);
  demandAtMostOne(["--pin", flags.pin], ["--ca", flags.ca], ["--insecure", flags.insecure]);
  demandAtMostOne(["--quiet", flags.quiet], ["--verbose", flags.verbose]);
}

/** Makes a {@linkcode Parsed} parser one of commander's, whose failure becomes exit code 2. */
export function optionParser<T>(parse: (text: string) => Parsed<T>): (text: string) => T {
  return (text) => {
    const answer = parse(text);
    if (answer.ok) return answer.value;
    throw new InvalidArgumentError(answer.why);
  };
}

/** Reads a certificate's fingerprint. */
export function parsePin(text: string): Parsed<string> {
  const fingerprint = canonicalFingerprint(text);
  return /^sha256:[0-9a-f]{64}$/.test(fingerprint)
    ? { ok: true, value: fingerprint }
    : { ok: false, why: "a pin is sha256: and 64 hexadecimal digits" };
}

function demandAtMostOne(...flags: readonly (readonly [name: string, value: unknown])[]): void {
  const given = flags.filter(([, value]) => value !== undefined).map(([name]) => name);
  if (given.length < 2) return;
  throw new CommandFailure(ExitCode.usage, given.join(" "), "only one of them can be meant");
}
