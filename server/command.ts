// A command is one record: what it is called, who may use it when, how its argument reads, what it does.

import type { Parsed } from "../shared/parsed.ts";
import type { Reply } from "../shared/reply.ts";
import type { VirtualPath } from "../shared/virtual_path.ts";
import type { Session } from "./session.ts";
import type { Standing } from "./standing.ts";

/** How an argument reads: it parses, and it prints its syntax for HELP and 501. */
export interface Grammar<A> {
  /** As HELP shows it after the verb, e.g. `<path>`; empty where there is no argument. */
  readonly syntax: string;
  /** Reads the text after the verb; `from` is the session's working directory. */
  parse(text: string | undefined, from: VirtualPath): Parsed<A>;
}

/** What an account must be allowed to do. */
export type Permission = "list" | "read" | "write" | "administer";

/**
 * What running a command gives: one reply, or several with work in between. A generator goes on after
 * each reply has left: that is where AUTH starts TLS and where RETR moves its bytes.
 */
export type Outcome = Reply | Promise<Reply> | AsyncGenerator<Reply, void, void>;

/** One row of the command table; HELP, FEAT, the gates and the compliance page are derived from it. */
export interface Command<A> {
  /** Upper case; of two words, `SITE CHMOD`, where the first is one of a family (SITE, OPTS). */
  readonly verb: string;
  /** Other verbs for the same thing (the X-forms). */
  readonly aliases?: readonly string[];
  readonly grammar: Grammar<A>;
  /** Whether a login must have succeeded before. */
  readonly login: "needed" | "not-needed";
  readonly permission?: Permission;
  /** `now`: answered while a transfer runs (ABOR, STAT). Others wait for its end, in order. */
  readonly duringTransfer?: "now";
  /** Whether it moves data, so that requests are read, and ABOR heard, while it runs. */
  readonly transfers?: boolean;
  /** The same for what may take long without a data connection: digests, whole trees. */
  readonly takesLong?: boolean;
  /** Whether it leaves what RNFR or REST left for the next one (RFC 959, 4.1.3). */
  readonly keepsPending?: boolean;
  /** Its line or lines in FEAT (RFC 2389), where it has one for this session. */
  readonly feature?: (session: Session) => string | readonly string[] | undefined;
  /** Brings a password or leads to a login: `--tls required` refuses it in clear. */
  readonly confidential?: boolean;
  /** Ends the session or changes what carries it: what follows is not read before it has run. */
  readonly lastOfItsStream?: boolean;
  /** Why this server does not do it: answered 502, whatever the argument. */
  readonly refusal?: string;
  /** The code of the refusal where it is another one. */
  readonly refusalCode?: (standing: Standing) => number;
  /** One sentence. */
  readonly help: string;
  /** Where it is specified, e.g. `RFC 3659, 5`. */
  readonly source: string;
  /** The first version that has it, where that is not the very first. */
  readonly since?: string;
  /** What of its source is done otherwise or not at all: a sentence for the compliance page. */
  readonly note?: string;
  run(argument: A, session: Session): Outcome;
}

/** A command of any argument type: what the table holds. */
// deno-lint-ignore no-explicit-any -- the one place where argument types differ row by row
export type AnyCommand = Command<any>;

/** Lets TypeScript infer a record's argument type from its grammar. */
export function command<A>(record: Command<A>): Command<A> {
  return record;
}
