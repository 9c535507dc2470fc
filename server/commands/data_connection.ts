// How the next data connection comes about: PASV, EPSV, PORT, EPRT.

import type { Endpoint } from "../../shared/endpoint.ts";
import { isIpv6 } from "../../shared/endpoint.ts";
import { isFault } from "../../shared/fault.ts";
import { formatHostPort } from "../../shared/host_port.ts";
import { type Reply, reply } from "../../shared/reply.ts";
import { type AnyCommand, command } from "../command.ts";
import { extendedHostPort, hostPort, none, optional, text } from "../grammar.ts";
import type { Session } from "../session.ts";

const AFTER_ALL = reply(503, "EPSV ALL was sent: only EPSV from now on.");

const passive = command({
  verb: "PASV",
  grammar: none,
  login: "needed",
  keepsPending: true,
  help: "Opens a port for the data connection and tells it, IPv4 only.",
  source: "RFC 959, 4.1.2",
  note: "IPv4 only, as the reply can hold no other address.",
  async run(_argument, session) {
    if (session.extendedPassiveOnly) return AFTER_ALL;
    const { address } = session.local;
    if (isIpv6(address)) return reply(425, "PASV cannot tell an IPv6 address: send EPSV.");
    const told = await session.services.publicAddresses.tellTo(session);
    const port = await session.data.listen();
    return reply(227, `Entering Passive Mode (${formatHostPort({ address: told, port })}).`);
  },
});

const extendedPassive = command({
  verb: "EPSV",
  grammar: optional(text("1 | 2 | ALL")),
  login: "needed",
  keepsPending: true,
  feature: () => "EPSV",
  help: "Opens a port for the data connection and tells it; ALL forbids every other way.",
  source: "RFC 2428, 3",
  async run(argument, session) {
    const asked = argument?.trim().toUpperCase();
    if (asked === "ALL") {
      session.extendedPassiveOnly = true;
      return reply(200, "Only EPSV from now on.");
    }
    if (asked !== undefined && !/^\d{1,5}$/.test(asked)) {
      return reply(501, "Usage: EPSV [1 | 2 | ALL].");
    }
    // The data connection has the control connection's own address, so its protocol as well.
    const protocol = isIpv6(session.local.address) ? 2 : 1;
    if (asked !== undefined && Number(asked) !== protocol) {
      return reply(522, `Network protocol not available here, use (${protocol})`);
    }
    const port = await session.data.listen();
    return reply(229, `Entering Extended Passive Mode (|||${port}|)`);
  },
});

const active = command({
  verb: "PORT",
  grammar: hostPort,
  login: "needed",
  keepsPending: true,
  help: "Tells where to connect to for data, IPv4 only.",
  source: "RFC 959, 4.1.2",
  run: aim,
});

const extendedActive = command({
  verb: "EPRT",
  grammar: extendedHostPort,
  login: "needed",
  keepsPending: true,
  feature: () => "EPRT",
  help: "Tells where to connect to for data.",
  source: "RFC 2428, 2",
  run(target, session) {
    if (target.protocol !== "unknown") return aim(target.endpoint, session);
    session.data.forget();
    return reply(522, "Network protocol not supported, use (1,2)");
  },
});

function aim(target: Endpoint, session: Session): Reply {
  if (session.extendedPassiveOnly) return AFTER_ALL;
  try {
    session.data.aim(target);
  } catch (error) {
    if (!isFault(error, "denied")) throw error;
    session.log.write("warn", "refused", {
      rule: "data only to the peer itself, port 1024 or above",
    });
    return reply(504, "Data goes only to your own address, to a port from 1024.");
  }
  return reply(200, "Will connect there.");
}

/** The family's rows. */
export const dataConnectionCommands: readonly AnyCommand[] = [
  passive,
  extendedPassive,
  active,
  extendedActive,
];
