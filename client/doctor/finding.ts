// What one step of an examination found: whether it works, in words, and what to change.

import { CommandFailure, ExitCode } from "../../shared/exit_code.ts";
import type { JsonRecord } from "../operations/operation_context.ts";

/** What is looked at, in this order (with implicit TLS `greeting` comes after `tls`). */
export type StepName =
  | "name"
  | "tcp"
  | "greeting"
  | "tls"
  | "login"
  | "features"
  | "passive-ipv4"
  | "passive-ipv6"
  | "listing"
  | "upload"
  | "download"
  | "clock"
  | "resume"
  | "verification"
  | "cleanup";

/** What became of a step. */
export type Outcome =
  | "works"
  /** It works, and could be better. */
  | "limited"
  | "fails"
  /** It could not be tried, which is nobody's fault. */
  | "skipped";

/** What a step found. */
export interface Finding {
  readonly outcome: Outcome;
  /** For people, one line; it may hold text of the server's. */
  readonly found: string;
  /** What to change, one sentence; nothing where all is well. */
  readonly cure?: string | undefined;
  /** What a failure means to a script. */
  readonly exitCode?: ExitCode;
  /** The same for scripts: fields of their own, documented in docs/json.md. */
  readonly facts?: JsonRecord;
}

/** It works. */
export function works(found: string, facts: JsonRecord = {}): Finding {
  return { outcome: "works", found, facts };
}

/** It works, and the cure would make it better. */
export function limited(found: string, cure: string, facts: JsonRecord = {}): Finding {
  return { outcome: "limited", found, cure, facts };
}

/** It does not work. */
export function fails(
  exitCode: ExitCode,
  found: string,
  cure?: string,
  facts: JsonRecord = {},
): Finding {
  return { outcome: "fails", found, cure, exitCode, facts };
}

/** It could not be tried. */
export function skipped(why: string): Finding {
  return { outcome: "skipped", found: why };
}

/** What a failure of the client's is as a finding; its hint is the cure where no better one is known. */
export function failureFinding(failure: CommandFailure, cure?: string): Finding {
  return fails(failure.exitCode, failure.happened, cure ?? failure.hint);
}

/** The failure that stands for all steps that fail; `undefined` where none does. */
export function failureOfSteps(
  tried: string,
  findings: ReadonlyMap<StepName, Finding>,
): CommandFailure | undefined {
  const failing = [...findings].filter(([, { outcome }]) => outcome === "fails");
  const [first] = failing;
  if (first === undefined) return undefined;
  const names = failing.map(([step]) => step).join(", ");
  const count = `${failing.length} of ${findings.size} steps ${
    failing.length === 1 ? "fails" : "fail"
  }`;
  return new CommandFailure(first[1].exitCode ?? ExitCode.failed, tried, `${count}: ${names}`);
}
