// The shell's commands about one's account and the server's sessions: quota, pending, register, passwd, who …

import { attempt, forEach, type OperationContext } from "../operations/operation_context.ts";
import { askNewPassword } from "../new_password.ts";
import { changePassword, demandPrivacy, leaveServer } from "../operations/membership.ts";
import { forgetRecords, parseRecordId } from "../operations/pending_records.ts";
import { tellSessions } from "../operations/presence_output.ts";
import { tellQuota } from "../operations/quota_output.ts";
import { tellSite } from "../operations/site.ts";
import { RemotePresence } from "../presence_sources.ts";
import { resumePending, tellPending } from "./pending.ts";
import { register } from "./registration.ts";
import { ANY_NUMBER, type ShellCommand, type ShellState } from "./shell_command.ts";

/** Those about accounts. */
export const ACCOUNT_COMMANDS: readonly ShellCommand[] = [
  {
    name: "quota",
    usage: "",
    example: "quota",
    takes: [0, 0],
    run: async (_args, { context }) => await tellQuota(context),
  },
  {
    name: "pending",
    usage: "",
    example: "pending",
    takes: [0, 0],
    run: async (_args, state) => await tellPending(state),
  },
  {
    name: "resume",
    usage: "[ID|NAME...]",
    example: "resume 2",
    takes: [0, ANY_NUMBER],
    changesNames: true,
    run: async ({ texts }, state) => await resumePending(texts, state),
  },
  {
    name: "forget",
    usage: "ID|REMOTE...",
    example: "forget 2",
    takes: [1, ANY_NUMBER],
    wordKinds: ["remote"],
    changesNames: true,
    run: async ({ texts }, state) => {
      await forEach(state.context, texts, (what) => forget(what, state));
    },
  },
  {
    name: "register",
    usage: "",
    example: "register",
    takes: [0, 0],
    run: async (_args, { connection, context, terminal }) => {
      const { label, signal } = context;
      const login = await register(await context.client(), terminal, label, signal);
      terminal.note((await connection.changeLogin(login, signal)).greeting);
    },
  },
  {
    name: "passwd",
    aliases: ["password"],
    usage: "",
    example: "passwd",
    takes: [0, 0],
    run: async (_args, state) => await changeOwnPassword(state),
  },
  {
    name: "unregister",
    usage: "[--purge]",
    example: "unregister",
    options: { purge: { type: "boolean" } },
    takes: [0, 0],
    run: async (args, state) => await unregister(args.has("purge"), state),
  },
  {
    name: "who",
    usage: "",
    example: "who",
    takes: [0, 0],
    run: async (_args, { context }) =>
      tellSessions(context, (await presence(context).then((source) => source.look())).sessions),
  },
  {
    name: "kick",
    usage: "ID",
    example: "kick 12",
    takes: [1, 1],
    run: async ({ texts: [id = ""] }, { context, texts }) => {
      await (await presence(context)).kick(id);
      context.print({ kicked: id }, texts.presence.ended(id));
    },
  },
];

/** A number is the journal's, anything else an upload that the server keeps. */
async function forget(what: string, { connection: { journal }, context }: ShellState) {
  const id = parseRecordId(what);
  if (id.ok && journal !== undefined) return await forgetRecords(context, journal, [id.value]);
  await tellSite(context, `forget "${what}" at ${context.label}`, ["FORGET", what]);
}

/** Over the connection one has: it is not the source's to close. */
async function presence(context: OperationContext): Promise<RemotePresence> {
  return new RemotePresence(await context.client(), context.label);
}

async function changeOwnPassword(state: ShellState): Promise<void> {
  const { connection, context, terminal, texts: { login } } = state;
  const tried = `passwd at ${context.label}`;
  const client = await context.client();
  demandPrivacy(client, tried);
  const old = await terminal.askSecret(login.oldPassword);
  const fresh = await askNewPassword(terminal, "FTP_NEW_PASSWORD");
  await attempt(tried, () => changePassword(client, old, fresh));
  connection.session.rememberPassword(fresh);
  terminal.note(login.passwordChanged(connection.session.user, context.label));
}

async function unregister(purge: boolean, state: ShellState): Promise<void> {
  const { connection, context, terminal, texts: { login } } = state;
  const { user } = connection.session;
  const tried = `unregister "${user}" at ${context.label}`;
  const client = await context.client();
  demandPrivacy(client, tried);
  const question = (purge ? login.purge : login.unregister)(user, context.label);
  if (!await terminal.confirm(question, false, context.signal)) return;
  const password = await terminal.askSecret(login.oldPassword);
  const answer = await attempt(tried, () => leaveServer(client, password, purge));
  context.print({ user, purged: purge }, context.terminal.legible(answer.lines.join(" ")));
  await connection.close();
}
