// The shell's view of unfinished transfers: those of the journal, and uploads that only the server knows of.

import { CommandFailure, ExitCode } from "../../shared/exit_code.ts";
import { putFile } from "../operations/file_transfer.ts";
import { localChild, localFacts, localName } from "../operations/local_files.ts";
import { forEach } from "../operations/operation_context.ts";
import {
  carryOnRecords,
  claimRecords,
  describeRecord,
  findRecords,
  pendingFiles,
  tellRecord,
} from "../operations/pending_records.ts";
import { findUploads, tellUpload, type UnfinishedUpload } from "../operations/unfinished.ts";
import type { PendingRecord } from "../journal/journal.ts";
import { joinRemote, remoteName } from "../remote.ts";
import type { ShellState } from "./shell_command.ts";

/** What carrying on needs. */
type PendingState = Pick<
  ShellState,
  "connection" | "context" | "localFolder" | "policy" | "settings" | "terminal" | "texts"
>;

/** Lists them. @throws CommandFailure */
export async function tellPending(state: PendingState): Promise<void> {
  const { context, terminal, texts } = state;
  const records = await recordsHere(state);
  const uploads = await uploadsOfOthers(state, records);
  for (const record of records) tellRecord(context, record);
  for (const upload of uploads) tellUpload(context, upload);
  if (records.length + uploads.length === 0) terminal.note(texts.pending.none);
}

/**
 * Carries on those of these numbers and names, or all of the journal. An upload that only the server knows of is sent
 * from the local folder, when it is named.
 *
 * SECURITY: the server chose that name; nothing of this machine is sent because of that alone.
 *
 * @throws CommandFailure
 */
export async function resumePending(names: readonly string[], state: PendingState): Promise<void> {
  const { context, terminal, texts } = state;
  const records = await recordsHere(state);
  const fitting = names.map((name) => records.filter((record) => isCalled(record, name)));
  const unknown = names.filter((_, at) => fitting[at]!.length === 0);
  const uploads = unknown.length === 0 ? [] : await uploadsOfOthers(state, records);
  if (names.length === 0 && records.length === 0) terminal.note(texts.pending.none);
  await carryOn(names.length === 0 ? records : fitting.flat(), state);
  await forEach(context, unknown, async (name) => {
    const upload = uploads.find(({ path }) => path === name || remoteName(path) === name);
    if (upload !== undefined) return await sendOn(upload, state);
    throw new CommandFailure(ExitCode.notThere, `resume "${name}"`, texts.pending.none);
  });
}

/**
 * After a login: tells who is where, and what did not finish; that is carried on when the person says so.
 *
 * @throws CommandFailure
 */
export async function welcome(
  session: { readonly greeting: string },
  state: PendingState,
): Promise<void> {
  const { context, terminal, texts } = state;
  terminal.note(session.greeting);
  if (!terminal.canAsk) return;
  const records = await recordsHere(state);
  if (records.length === 0) return;
  for (const record of records) terminal.tell(describeRecord(record, terminal.texts));
  const question = texts.pending.offer(records.length);
  if (await terminal.confirm(question, false, context.signal)) await carryOn(records, state);
}

/** Those of this server and this login. */
async function recordsHere({ connection }: PendingState): Promise<PendingRecord[]> {
  const { journal, session: { place, user } } = connection;
  return journal === undefined ? [] : await findRecords(journal, { server: place, user });
}

/** Uploads of this login that were begun at another machine, or before the journal was. */
async function uploadsOfOthers(
  { connection: { session }, context }: PendingState,
  records: readonly PendingRecord[],
): Promise<UnfinishedUpload[]> {
  const ours = new Set(
    records.flatMap(pendingFiles).map(({ remote }) => joinRemote(session.loginFolder, remote)),
  );
  return (await findUploads(context)).filter(({ path }) => !ours.has(path));
}

async function carryOn(records: readonly PendingRecord[], state: PendingState): Promise<void> {
  const { connection: { journal }, context, settings } = state;
  if (journal === undefined || records.length === 0) return;
  await using held = new AsyncDisposableStack();
  const claimed = await claimRecords(context, journal, records.map(({ id }) => id));
  for (const record of claimed) held.use(record);
  await carryOnRecords(context, claimed, settings.parallel);
}

async function sendOn({ path }: UnfinishedUpload, state: PendingState): Promise<void> {
  const { context, localFolder, texts } = state;
  // Only what travelled as it is has a beginning that can be carried on.
  const options = { ...state.policy.options, type: "image" as const };
  const policy = { ...state.policy, options, ifExists: "resume" as const };
  const local = localChild(localFolder, remoteName(path));
  if (await localFacts(local) !== undefined) return await putFile(context, local, path, policy);
  throw new CommandFailure(ExitCode.notThere, `put "${path}"`, texts.pending.noSource, {
    hint: texts.pending.sourceHint,
  });
}

function isCalled(record: PendingRecord, name: string): boolean {
  return `${record.id}` === name ||
    pendingFiles(record).some(({ local, remote }) =>
      [local, remote, localName(local), remoteName(remote)].includes(name)
    );
}
