// The shell's view of unfinished transfers: listed, carried on, offered at login.

import { CommandFailure, ExitCode } from "../../shared/exit_code.ts";
import { getFile, putFile } from "../operations/file_transfer.ts";
import { localChild, localFacts } from "../operations/local_files.ts";
import { forEach } from "../operations/operation_context.ts";
import { findUnfinished, tellUnfinished, type Unfinished } from "../operations/unfinished.ts";
import { remoteName } from "../remote.ts";
import type { RemoteSession } from "./remote_session.ts";
import type { ShellState } from "./shell_command.ts";

/** What carrying on needs. */
type PendingState = Pick<
  ShellState,
  "context" | "localFolder" | "policy" | "terminal" | "texts"
>;

/** Lists them. @throws CommandFailure */
export async function tellPending({ context, localFolder, terminal, texts }: PendingState) {
  const found = await findUnfinished(context, localFolder);
  for (const each of found) tellUnfinished(context, each);
  if (found.length === 0) terminal.note(texts.pending.none);
}

/** Carries on those of these names, or all. @throws CommandFailure */
export async function resumePending(names: readonly string[], state: PendingState): Promise<void> {
  const { context, localFolder, terminal, texts } = state;
  const found = await findUnfinished(context, localFolder);
  const missing = names.filter((name) => !found.some((each) => isCalled(each, name)));
  const wanted = names.length === 0
    ? found
    : found.filter((each) => names.some((name) => isCalled(each, name)));
  if (wanted.length === 0 && names.length === 0) terminal.note(texts.pending.none);
  await forEach(context, missing, (name) => {
    const happened = texts.pending.none;
    return Promise.reject(new CommandFailure(ExitCode.notThere, `resume "${name}"`, happened));
  });
  // SECURITY: the server chose the names; nothing of this machine is sent because of that alone.
  const isSure = names.length > 0 || wanted.length === 0 || !terminal.canAsk ||
    await confirmed(wanted, state);
  if (isSure) await carryOn(wanted, state);
}

/**
 * After a login: tells who is where, and what did not finish; that is carried on when the person says so.
 *
 * @throws CommandFailure
 */
export async function welcome(
  session: Pick<RemoteSession, "greeting">,
  state: PendingState,
): Promise<void> {
  state.terminal.note(session.greeting);
  if (!state.terminal.canAsk) return;
  const found = await findUnfinished(state.context, state.localFolder);
  if (found.length > 0 && await confirmed(found, state)) await carryOn(found, state);
}

async function confirmed(found: readonly Unfinished[], state: PendingState): Promise<boolean> {
  const { context, terminal, texts } = state;
  for (const { kind, path } of found) terminal.tell(`  ${kind} ${path}`);
  return await terminal.confirm(texts.pending.offer(found.length), false, context.signal);
}

async function carryOn(wanted: readonly Unfinished[], state: PendingState): Promise<void> {
  const { context, localFolder } = state;
  // Only what travelled as it is has a beginning that can be carried on.
  const options = { ...state.policy.options, type: "image" as const };
  const policy = { ...state.policy, options, ifExists: "resume" as const };
  await forEach(context, wanted, async ({ kind, path }) => {
    if (kind === "get") {
      return await getFile(context, path, localChild(localFolder, path), policy);
    }
    const local = localChild(localFolder, remoteName(path));
    if (await localFacts(local) !== undefined) return await putFile(context, local, path, policy);
    throw new CommandFailure(ExitCode.notThere, `put "${path}"`, state.texts.pending.noSource, {
      hint: state.texts.pending.sourceHint,
    });
  });
}

function isCalled({ path }: Unfinished, name: string): boolean {
  return path === name || remoteName(path) === name;
}
