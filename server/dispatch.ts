// May this request run now? known -> well formed -> traceable -> protected -> logged in -> permitted -> not busy.

import { type Reply, reply } from "../shared/reply.ts";
import type { Request } from "../shared/request.ts";
import type { AnyCommand } from "./command.ts";
import type { CommandTable } from "./command_table.ts";
import type { Standing } from "./standing.ts";

/** The gates, in the order they are passed; the log names the one that refused. */
export type Gate = "known" | "well formed" | "traceable" | "protected" | "logged in" | "permitted";

/** The answer. */
export type Verdict =
  | { readonly kind: "run"; readonly command: AnyCommand; readonly argument: unknown }
  /** A transfer runs: judge again when it has ended. */
  | { readonly kind: "wait"; readonly command: AnyCommand }
  | { readonly kind: "refuse"; readonly gate: Gate; readonly reply: Reply };

/** Judges a request; it changes nothing. */
export function judge(request: Request, table: CommandTable, standing: Standing): Verdict {
  const found = table.find(request);
  if (found.kind === "unknown") return refuse("known", found.code, found.text);
  const { command } = found;
  if (command.refusal !== undefined) {
    return refuse("known", command.refusalCode?.(standing) ?? 502, command.refusal);
  }

  const argument = command.grammar.parse(found.argument, standing.directory);
  if (!argument.ok) {
    const usage = `${command.verb} ${command.grammar.syntax}`.trim();
    return refuse("well formed", 501, `Usage: ${usage} (${argument.why}).`);
  }
  // SECURITY: who could not be banned without banning a proxy, and all behind it, may not try passwords.
  if (command.confidential && !standing.isTraceable) {
    return refuse("traceable", 530, "The proxy you come through does not tell your address.");
  }
  // SECURITY: with --tls required no password and no file of another machine travels in clear.
  if (command.confidential && !standing.controlMayCarrySecrets) {
    return refuse("protected", 530, "This server wants TLS: send AUTH TLS first.");
  }
  if (command.login === "needed" && !standing.loggedIn) {
    return refuse("logged in", 530, "Log in first: USER, then PASS.");
  }
  if (command.transfers && !standing.dataMayCarryFiles) {
    return refuse("protected", 521, "This server wants TLS for data: send PBSZ 0 and PROT P.");
  }
  if (command.permission === "write" && !standing.mayWrite) {
    return refuse("permitted", 550, "This account may only read.");
  }
  if (command.permission === "administer" && !standing.isAdmin) {
    return refuse("permitted", 550, "Not allowed: this is for administrators.");
  }
  if (standing.transferRuns && command.duringTransfer !== "now") return { kind: "wait", command };
  return { kind: "run", command, argument: argument.value };
}

function refuse(gate: Gate, code: number, text: string): Verdict {
  return { kind: "refuse", gate, reply: reply(code, text) };
}
