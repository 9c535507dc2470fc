// Who is there and what moves, put together from the runtime store and the quota books.

import type { Presence, PresenceSource } from "../shared/presence.ts";
import { booksPlace, SqliteBooks } from "./accounts/sqlite_books.ts";
import {
  HOME_VARIABLE,
  privateDirectory,
  requireDataDirectory,
  STANDARD_HOME,
} from "./data_directory.ts";
import { SessionList } from "./runtime/session_list.ts";
import { isThreadAlive } from "./runtime/thread_lock.ts";
import { openRuntimeStore } from "./runtime_store.ts";
import type { QuotaState } from "./storage/quota_books.ts";

/** Where presence comes from. */
export interface PresenceParts {
  readonly sessions: SessionList;
  /** What an account has used as far as the books know. */
  usageOf(account: string): QuotaState | undefined;
}

/** What is going on now. @throws Fault `busy`, `host-failure` */
export function presenceOf({ sessions: list, usageOf }: PresenceParts): Presence {
  const sessions = list.sessions();
  const names = new Set(
    sessions.flatMap(({ account, transfer }) => account && transfer ? [account] : []),
  );
  const quotas = [...names].flatMap((account) => {
    const state = usageOf(account);
    if (state === undefined) return [];
    return [{ account, usedBytes: state.used.bytes, limitBytes: state.limit.bytes }];
  });
  return { sessions, totals: list.totals(), quotas };
}

/** How commands find the presence of a data directory of this machine. */
export const LOCAL_PRESENCE = {
  /** @throws CommandFailure where there is no such directory, or its server is of another version */
  open: async (home: string): Promise<PresenceSource> =>
    openLocalPresence(await requireDataDirectory(home)),
  /** The data directory when none was named. */
  standardHome: (env: Readonly<Record<string, string | undefined>>): string =>
    env[HOME_VARIABLE] || STANDARD_HOME,
};

/** The presence at a data directory, whether its server runs or not: as a command of this machine asks. */
function openLocalPresence(home: string): PresenceSource {
  using opened = new DisposableStack();
  const directory = privateDirectory(home);
  const database = opened.use(openRuntimeStore(home));
  const books = opened.use(SqliteBooks.open(booksPlace(directory), "look"));
  // What a killed server left is nobody's session.
  const sessions = new SessionList(database, (thread) => isThreadAlive(directory, thread));
  const owned = opened.move();
  return {
    look: () => Promise.resolve(presenceOf({ sessions, usageOf: (name) => books.lastKnown(name) })),
    kick: (id) => Promise.resolve(sessions.dismiss(id, "kicked")),
    [Symbol.asyncDispose]: () => Promise.resolve(owned.dispose()),
  };
}
