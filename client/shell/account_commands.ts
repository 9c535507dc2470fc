// The shell's commands about one's account and the server's sessions: quota, pending, register, passwd, who …

import { attempt, forEach } from "../operations/operation_context.ts";
import { sendSite, tellSite } from "../operations/site.ts";
import { askNewSecret } from "./new_secret.ts";
import { resumePending, tellPending } from "./pending.ts";
import { demandPrivacy, register } from "./registration.ts";
import { ANY_NUMBER, type ShellCommand, type ShellState } from "./shell_command.ts";

/** Those about accounts. */
export const ACCOUNT_COMMANDS: readonly ShellCommand[] = [
  {
    name: "quota",
    usage: "",
    example: "quota",
    takes: [0, 0],
    run: async (_args, { context }) => await tellSite(context, "quota", ["QUOTA"]),
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
    usage: "[NAME...]",
    example: "resume big.iso",
    takes: [0, ANY_NUMBER],
    changesNames: true,
    run: async ({ texts }, state) => await resumePending(texts, state),
  },
  {
    name: "forget",
    usage: "REMOTE...",
    example: "forget big.iso",
    takes: [1, ANY_NUMBER],
    wordKinds: ["remote"],
    changesNames: true,
    run: async ({ texts }, { context }) => {
      await forEach(
        context,
        texts,
        (path) => tellSite(context, `forget "${path}" at ${context.label}`, ["FORGET", path]),
      );
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
    run: async (_args, state) => await changePassword(state),
  },
  {
    name: "unregister",
    usage: "",
    example: "unregister",
    takes: [0, 0],
    run: async (_args, state) => await unregister(state),
  },
  {
    name: "who",
    usage: "",
    example: "who",
    takes: [0, 0],
    run: async (_args, { context }) => await tellSite(context, "who", ["WHO"]),
  },
  {
    name: "kick",
    usage: "ID",
    example: "kick 12",
    takes: [1, 1],
    run: async ({ texts: [id = ""] }, { context }) =>
      await tellSite(context, `kick ${id}`, ["KICK", id]),
  },
];

async function changePassword({ context, terminal, texts: { login } }: ShellState): Promise<void> {
  const tried = `passwd at ${context.label}`;
  const client = await context.client();
  demandPrivacy(client, terminal, tried);
  const old = await terminal.askSecret(login.oldPassword);
  const fresh = await askNewSecret(terminal);
  await attempt(tried, () => sendSite(client, ["PASSWD", old, fresh], context.signal));
  terminal.note(login.passwordChanged);
}

async function unregister(state: ShellState): Promise<void> {
  const { connection, context, terminal, texts: { login } } = state;
  const { user } = connection.session;
  const tried = `unregister at ${context.label}`;
  const client = await context.client();
  demandPrivacy(client, terminal, tried);
  if (!await terminal.confirm(login.unregister(user, context.label), false, context.signal)) return;
  const password = await terminal.askSecret(login.oldPassword);
  await attempt(tried, () => sendSite(client, ["UNREGISTER", password], context.signal));
  terminal.note(login.unregistered(user));
  await connection.close();
}
