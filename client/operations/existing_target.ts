// What becomes of a transfer whose target is there already: replaced, carried on, left alone, or under another name.

import { CommandFailure, ExitCode } from "../../shared/exit_code.ts";
import { Fault } from "../../shared/fault.ts";
import type { Comparison, Existing } from "../client.ts";
import type { Terminal } from "../terminal.ts";
import type { Texts } from "../texts/english.ts";
import type { OperationContext } from "./operation_context.ts";
import type { IfExists, TransferPolicy } from "./transfer_policy.ts";
import { sizeIn } from "./transfer_result.ts";

/** What is to be done. */
export type Plan =
  | { readonly kind: "transfer"; readonly existing: Existing }
  | { readonly kind: "skip" }
  | { readonly kind: "rename" };

/** A file as the decision needs it. */
export interface FileFacts {
  readonly size: number | undefined;
  readonly modifiedMs: number | undefined;
}

/** A transfer whose target may be there. */
export interface Collision {
  /** What the target is called, for people. */
  readonly name: string;
  /** What is there; `undefined` when nothing is. */
  target(): Promise<FileFacts | undefined>;
  source(): Promise<FileFacts>;
  /** What the two are to one another; expensive. */
  compare(): Promise<Comparison>;
  /** Which of them `compare` calls the prefix when the transfer can be carried on. */
  readonly resumableWhen: "local-is-prefix" | "remote-is-prefix";
}

/** A name that is numbered beyond this is no accident any more. */
const RENAME_LIMIT = 10_000;

/** Decides by the policy, asking the person where it says so. @throws CommandFailure */
export async function planFor(
  collision: Collision,
  policy: TransferPolicy,
  { terminal, signal }: Pick<OperationContext, "terminal" | "signal">,
): Promise<Plan> {
  switch (policy.ifExists) {
    // Both are settled by the transfer itself, without a question to the server beforehand.
    case "resume":
      return { kind: "transfer", existing: "resume" };
    case "overwrite":
      return { kind: "transfer", existing: "replace" };
  }
  const target = await collision.target();
  if (target === undefined) return { kind: "transfer", existing: "resume" };
  switch (policy.ifExists) {
    case "skip":
      return { kind: "skip" };
    case "rename":
      return { kind: "rename" };
    case "newer":
      return newerPlan(await collision.source(), target);
    case "ask":
      // Several files travel at once, and one of them asks at a time; its answer may be for all.
      return await terminal.oneQuestion(() =>
        policy.ifExists === "ask"
          ? askedPlan(collision, target, policy, terminal, signal)
          : planFor(collision, policy, { terminal, signal })
      );
  }
}

/** The first of `NAME.1`, `NAME.2` … that is not taken. @throws CommandFailure */
export async function freeName(
  name: string,
  isTaken: (name: string) => Promise<boolean>,
): Promise<string> {
  for (let number = 1; number <= RENAME_LIMIT; number++) {
    const candidate = `${name}.${number}`;
    if (!await isTaken(candidate)) return candidate;
  }
  const happened = `${RENAME_LIMIT} names like it are taken`;
  throw new CommandFailure(ExitCode.failed, `find another name for "${name}"`, happened);
}

function newerPlan(source: FileFacts, target: FileFacts): Plan {
  const isNewer = source.modifiedMs === undefined || target.modifiedMs === undefined ||
    wholeSeconds(source.modifiedMs) > wholeSeconds(target.modifiedMs);
  return isNewer ? { kind: "transfer", existing: "replace" } : { kind: "skip" };
}

/** Servers tell seconds; a copy of a file from within the same second is not older. */
function wholeSeconds(ms: number): number {
  return Math.floor(ms / 1000);
}

const ANSWERS: Readonly<Record<string, IfExists>> = {
  r: "resume",
  o: "overwrite",
  s: "skip",
  n: "rename",
  w: "newer",
};

async function askedPlan(
  collision: Collision,
  target: FileFacts,
  policy: TransferPolicy,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<Plan> {
  const { relation } = await collision.compare();
  // Nothing to ask: the transfer finds the same and says so.
  if (relation === "same") return { kind: "transfer", existing: "resume" };
  const canResume = relation === collision.resumableWhen && policy.options.type !== "ascii";
  const { texts } = terminal;
  const source = await collision.source();
  terminal.tell(texts.existing.there(collision.name, describe(source, target, relation, texts)));
  const { resume, ...others } = texts.existing.choices;
  const choices = [...(canResume ? [resume] : []), ...Object.values(others)];
  const question = texts.existing.question(choices.join(texts.comma));
  while (true) {
    const answer = (await answerTo(question, terminal, signal)).trim();
    const chosen = ANSWERS[answer.toLowerCase().slice(0, 1)];
    if (chosen === undefined || (chosen === "resume" && !canResume)) continue;
    if (answer.slice(0, 1) !== answer.slice(0, 1).toLowerCase()) policy.ifExists = chosen;
    if (chosen === "skip" || chosen === "rename") return { kind: chosen };
    if (chosen === "newer") return newerPlan(source, target);
    return { kind: "transfer", existing: chosen === "resume" ? "resume" : "replace" };
  }
}

/** Ctrl-C ends the transfer, which then says what it was. @throws Fault `aborted` */
async function answerTo(question: string, terminal: Terminal, signal: AbortSignal) {
  try {
    return await terminal.ask(question, signal);
  } catch (error) {
    const isGivenUp = error instanceof CommandFailure && error.exitCode === ExitCode.interrupted;
    throw isGivenUp ? new Fault("aborted", { cause: error }) : error;
  }
}

function describe(
  source: FileFacts,
  target: FileFacts,
  relation: Comparison["relation"],
  all: Texts,
): string {
  const { existing: texts } = all;
  const size = ({ size }: FileFacts) => size === undefined ? texts.unknownSize : sizeIn(all, size);
  const words: Readonly<Record<Comparison["relation"], string>> = {
    "same": texts.same,
    "local-is-prefix": texts.localIsPrefix,
    "remote-is-prefix": texts.remoteIsPrefix,
    "different": texts.different,
    "unknown": texts.unknown,
  };
  return texts.sizes(size(target), size(source), words[relation]);
}
