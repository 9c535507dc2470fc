// The shell's commands about the server and the way to it: open, close, user, status, quote, site, feat.

import { displayWidth, padToWidth } from "../display_width.ts";
import { quoteLine, tellSite as tellAnswer } from "../operations/site.ts";
import { tellSite } from "../operations/sites_output.ts";
import { welcome } from "./pending.ts";
import { ANY_NUMBER, type ShellCommand, type ShellState } from "./shell_command.ts";

/** Those about the connection. */
export const SERVER_COMMANDS: readonly ShellCommand[] = [
  {
    name: "open",
    aliases: ["connect"],
    usage: "ADDRESS",
    example: "open ada@ftp.example.org",
    takes: [1, 1],
    wordKinds: ["site"],
    run: async ({ texts: [address = ""] }, state) =>
      await welcome(await state.connection.openAddress(address, state.context.signal), state),
  },
  {
    name: "sites",
    usage: "",
    example: "sites",
    takes: [0, 0],
    run: async (_args, { context, connection, terminal, texts }) => {
      const sites = await connection.sites();
      for (const site of sites.values()) tellSite(context, site);
      if (sites.size === 0) terminal.note(texts.sites.none);
    },
  },
  {
    name: "close",
    aliases: ["disconnect"],
    usage: "",
    example: "close",
    takes: [0, 0],
    run: async (_args, { connection, terminal, texts }) => {
      const { label } = connection.session.place;
      await connection.close();
      terminal.note(texts.session.left(label));
    },
  },
  {
    name: "user",
    aliases: ["login"],
    usage: "[NAME]",
    example: "user ada",
    takes: [0, 1],
    run: async ({ texts: [name] }, state) =>
      await welcome(await state.connection.changeUser(name, state.context.signal), state),
  },
  {
    name: "status",
    usage: "",
    example: "status",
    takes: [0, 0],
    run: (_args, state) => tellStatus(state),
  },
  {
    name: "quote",
    aliases: ["literal"],
    usage: "WORD...",
    example: "quote STAT",
    takes: [1, ANY_NUMBER],
    changesNames: true,
    run: async ({ texts }, { context }) => await quoteLine(context, texts.join(" ")),
  },
  {
    name: "site",
    usage: "WORD...",
    example: "site help",
    takes: [1, ANY_NUMBER],
    changesNames: true,
    run: async ({ texts: [verb = "", ...words] }, { context }) =>
      await tellAnswer(context, `site ${verb}`, [verb, ...words]),
  },
  {
    name: "feat",
    aliases: ["features", "remotehelp"],
    usage: "",
    example: "feat",
    takes: [0, 0],
    run: async (_args, { context }) => {
      const { features: { said } } = await context.client();
      for (const [name, text] of said) {
        context.print({ feature: name, text }, context.terminal.legible(`${name} ${text}`.trim()));
      }
    },
  },
];

function tellStatus({ connection, context, localFolder, texts: { status, session } }: ShellState) {
  const { current } = connection;
  const client = current?.lastClient;
  const isSecure = client?.dataSecure ?? false;
  const facts = {
    server: current?.place.label ?? null,
    user: current?.user ?? null,
    tls: client?.tlsVersion ?? null,
    data: isSecure ? "encrypted" : null,
    certificate: client?.certificate?.fingerprint ?? null,
    remote: current?.folder ?? null,
    local: localFolder,
  };
  const rows: readonly (readonly [string, string | null])[] = [
    [status.server, facts.server],
    [status.user, facts.user],
    [status.encryption, facts.tls],
    [status.data, isSecure ? status.encrypted : null],
    [status.certificate, facts.certificate],
    [status.remoteFolder, facts.remote],
    [status.localFolder, facts.local],
  ];
  const columns = Math.max(...rows.map(([title]) => displayWidth(title)));
  context.print(
    facts,
    ...(current === undefined ? [session.notConnected] : []),
    ...rows.filter(([, value]) => value !== null).map(([title, value]) =>
      `${padToWidth(title, columns)}  ${context.terminal.legible(value ?? status.none)}`
    ),
  );
}
