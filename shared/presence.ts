// Who is at a server and what moves there: what SITE WHO tells, and `ftp who` and `ftp top` show.

import { type Parsed, parsed, unparsed } from "./parsed.ts";

/** A transfer that runs. */
export interface PresentTransfer {
  readonly verb: string;
  /** As its session sees it. */
  readonly path: string;
  /** Whether bytes go to the peer. */
  readonly sends: boolean;
  readonly sinceMs: number;
  /** Bytes so far, those before `offsetBytes` not included. */
  readonly movedBytes: number;
  /** Bytes of the whole file; `undefined` where nobody knows. */
  readonly totalBytes: number | undefined;
  /** Where it was carried on. */
  readonly offsetBytes: number;
  /** Bytes a second, as it was last. */
  readonly rateBytes: number;
}

/** A session. */
export interface PresentSession {
  readonly id: string;
  /** `undefined` before the login. */
  readonly account: string | undefined;
  readonly address: string;
  readonly sinceMs: number;
  readonly transfer: PresentTransfer | undefined;
}

/** Bytes since the server started. */
export interface PresenceTotals {
  readonly receivedBytes: number;
  readonly sentBytes: number;
}

/** What an account has used of its quota. */
export interface PresentQuota {
  readonly account: string;
  readonly usedBytes: number;
  /** `undefined` for no limit. */
  readonly limitBytes: number | undefined;
}

/** All of it at one moment. */
export interface Presence {
  readonly sessions: readonly PresentSession[];
  readonly totals: PresenceTotals;
  /** Of accounts whose sessions move something. */
  readonly quotas: readonly PresentQuota[];
}

/** Where presence is asked for: a data directory of this machine, or a server over the wire. */
export interface PresenceSource extends AsyncDisposable {
  look(): Promise<Presence>;
  /** Has a session ended. @returns whether there is such a session */
  kick(id: string): Promise<boolean>;
}

/**
 * The lines of SITE WHO: facts in MLSD's form (RFC 3659, 7.2), one line for each session, account with
 * a quota, and the totals.
 */
export function formatPresence({ sessions, totals, quotas }: Presence): string[] {
  return [
    line("totals", { received: totals.receivedBytes, sent: totals.sentBytes }),
    ...quotas.map(({ account, usedBytes, limitBytes }) =>
      line("quota", { used: usedBytes, limit: limitBytes }, account)
    ),
    ...sessions.map(sessionLine),
  ];
}

function sessionLine({ id, account, address, sinceMs, transfer }: PresentSession): string {
  const facts = { id, address, since: sinceMs, account };
  if (transfer === undefined) return line("session", facts);
  return line("session", {
    ...facts,
    verb: transfer.verb,
    way: transfer.sends ? "down" : "up",
    begun: transfer.sinceMs,
    moved: transfer.movedBytes,
    offset: transfer.offsetBytes,
    total: transfer.totalBytes,
    rate: transfer.rateBytes,
  }, transfer.path);
}

function line(
  type: string,
  facts: Readonly<Record<string, string | number | undefined>>,
  name = "",
): string {
  const told = Object.entries(facts).filter(([, value]) => value !== undefined);
  return `type=${type};${told.map(([key, value]) => `${key}=${value};`).join("")} ${name}`;
}

/** Reads the lines of SITE WHO; types of lines and facts that are not known are left out. */
export function parsePresence(lines: readonly string[]): Parsed<Presence> {
  const sessions: PresentSession[] = [];
  const quotas: PresentQuota[] = [];
  let totals: PresenceTotals = { receivedBytes: 0, sentBytes: 0 };
  for (const text of lines) {
    const space = text.indexOf(" ");
    if (space < 0) return unparsed("a line of facts, a blank and a name was expected");
    const facts = new Facts(text.slice(0, space));
    const name = text.slice(space + 1);
    switch (facts.text("type")) {
      case "totals":
        totals = {
          receivedBytes: facts.number("received") ?? 0,
          sentBytes: facts.number("sent") ?? 0,
        };
        break;
      case "quota": {
        const [usedBytes, limitBytes] = [facts.number("used") ?? 0, facts.number("limit")];
        quotas.push({ account: name, usedBytes, limitBytes });
        break;
      }
      case "session":
        sessions.push(sessionOf(facts, name));
    }
  }
  return parsed({ sessions, totals, quotas });
}

function sessionOf(facts: Facts, path: string): PresentSession {
  const verb = facts.text("verb");
  return {
    id: facts.text("id") ?? "",
    account: facts.text("account"),
    address: facts.text("address") ?? "",
    sinceMs: facts.number("since") ?? 0,
    transfer: verb === undefined ? undefined : {
      verb,
      path,
      sends: facts.text("way") === "down",
      sinceMs: facts.number("begun") ?? 0,
      movedBytes: facts.number("moved") ?? 0,
      totalBytes: facts.number("total"),
      offsetBytes: facts.number("offset") ?? 0,
      rateBytes: facts.number("rate") ?? 0,
    },
  };
}

/** `key=value;` after another, as they are asked for. */
class Facts {
  readonly #values: ReadonlyMap<string, string>;

  constructor(text: string) {
    this.#values = new Map(
      text.split(";").filter((fact) => fact.includes("=")).map((fact) => {
        const at = fact.indexOf("=");
        return [fact.slice(0, at).toLowerCase(), fact.slice(at + 1)];
      }),
    );
  }

  text(key: string): string | undefined {
    return this.#values.get(key);
  }

  /** `undefined` for what is no number from 0 either. */
  number(key: string): number | undefined {
    const text = this.#values.get(key) ?? "";
    return /^\d{1,16}$/.test(text) ? Number(text) : undefined;
  }
}
