// Where `ftp who`, `kick` and `top` look: a data directory of this machine, or a server over the wire.

import { CommandFailure, ExitCode } from "../shared/exit_code.ts";
import { parsePresence, type Presence, type PresenceSource } from "../shared/presence.ts";
import { addressedServer } from "./addressed_server.ts";
import type { Client } from "./client.ts";
import type { ClientCommand } from "./client_command.ts";
import { Refused } from "./failure.ts";
import { askSite } from "./operations/membership.ts";
import { attempt } from "./operations/operation_context.ts";
import { openSession } from "./session_opening.ts";

/** The part of the server that opens a data directory; handed in, for the client knows no server. */
export interface LocalPresence {
  /** @throws CommandFailure where there is no such directory */
  open(home: string): Promise<PresenceSource>;
  /** The data directory when none was named. */
  standardHome(env: Readonly<Record<string, string | undefined>>): string;
}

/** What says where to look. */
export interface PresencePlace {
  readonly address: string | undefined;
  readonly home: string | undefined;
}

/**
 * The source that was named: an address (or -s, or FTP_SERVER) a server, `--home` or nothing a data
 * directory.
 *
 * @throws CommandFailure
 */
export async function openPresence(
  { address, home }: PresencePlace,
  command: ClientCommand,
  local: LocalPresence,
): Promise<PresenceSource> {
  const { flags, opening: { world: { env } } } = command;
  const isRemote = address !== undefined || flags.server !== undefined || flags.host !== undefined;
  if (isRemote && home !== undefined) {
    const happened = "an address and --home exclude each other";
    throw new CommandFailure(ExitCode.usage, "where to look", happened);
  }
  const serverByEnvironment = home === undefined && Boolean(env["FTP_SERVER"]);
  if (isRemote || serverByEnvironment) return await openRemote(address, command);
  return await local.open(home ?? local.standardHome(env));
}

async function openRemote(
  address: string | undefined,
  command: ClientCommand,
): Promise<PresenceSource> {
  const place = addressedServer(address, command);
  const { client } = await openSession(place, command.opening, command.opening.world.interrupt);
  return new RemotePresence(client, place.label);
}

/** SITE WHO and SITE KICK, which are for administrators. */
export class RemotePresence implements PresenceSource {
  readonly #client: Client;
  readonly #label: string;

  constructor(client: Client, label: string) {
    this.#client = client;
    this.#label = label;
  }

  look(): Promise<Presence> {
    return attempt(`who at ${this.#label}`, async () => {
      const answer = await askSite(this.#client, "WHO", []);
      const presence = parsePresence(answer.lines.slice(1, -1).map((line) => line.trimStart()));
      if (!presence.ok) throw new Refused("SITE WHO", answer);
      return presence.value;
    });
  }

  kick(id: string): Promise<boolean> {
    return attempt(`kick "${id}" at ${this.#label}`, async () => {
      await askSite(this.#client, "KICK", [id]);
      return true;
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client.close();
  }
}
