// The tables of the runtime store.

/** Another number makes every table anew: to be raised with each change below. */
export const RUNTIME_VERSION = 3;

/** Tables that are kept when the others are made anew, as long as nothing of their own has changed. */
export const LASTING_TABLES = ["login_failures", "bans", "known_places", "registrations"] as const;

/**
 * What is going on now, which is nobody's once the threads are gone; and what failed logins led to,
 * which is kept over restarts, though not at any price.
 */
export const RUNTIME_SCHEMA = `
  -- The threads that serve, of all processes on this data directory; thread_lease.ts tells the living.
  CREATE TABLE threads (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    process INTEGER NOT NULL,
    worker INTEGER NOT NULL,
    since_ms INTEGER NOT NULL,
    -- Bytes of transfers that are over.
    received_bytes INTEGER NOT NULL DEFAULT 0,
    sent_bytes INTEGER NOT NULL DEFAULT 0
  ) STRICT;

  CREATE TABLE sessions (
    -- As session_id.ts makes it.
    id INTEGER PRIMARY KEY,
    thread INTEGER NOT NULL REFERENCES threads (id) ON DELETE CASCADE,
    address TEXT NOT NULL,
    -- What the limits count as one address.
    block TEXT NOT NULL,
    since_ms INTEGER NOT NULL,
    -- Absent before the login.
    account TEXT
  ) STRICT;
  -- Each index is a page more to write, three times a session: there is none that is not asked as often.
  CREATE INDEX sessions_of_block ON sessions (block, account);
  CREATE INDEX sessions_of_account ON sessions (account) WHERE account IS NOT NULL;

  -- Transfers that take longer than a moment, as their thread told last.
  CREATE TABLE transfers (
    session INTEGER PRIMARY KEY REFERENCES sessions (id) ON DELETE CASCADE,
    verb TEXT NOT NULL,
    path TEXT NOT NULL,
    -- Whether bytes go to the peer.
    sends INTEGER NOT NULL CHECK (sends IN (0, 1)),
    since_ms INTEGER NOT NULL,
    moved_bytes INTEGER NOT NULL,
    -- Of the whole file where that is known, and how much of it was there before.
    total_bytes INTEGER,
    offset_bytes INTEGER NOT NULL,
    -- A second, as it was last.
    rate_bytes INTEGER NOT NULL
  ) STRICT;

  -- Sessions that their thread is to end.
  CREATE TABLE dismissals (
    session INTEGER PRIMARY KEY REFERENCES sessions (id) ON DELETE CASCADE,
    why TEXT NOT NULL
  ) STRICT;

  -- How many sessions there are: counting ten thousand rows at every connection would cost more.
  CREATE TABLE tally (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    sessions INTEGER NOT NULL,
    strangers INTEGER NOT NULL
  ) STRICT;
  INSERT INTO tally VALUES (1, 0, 0);
  CREATE TRIGGER session_begins AFTER INSERT ON sessions BEGIN
    UPDATE tally SET sessions = sessions + 1, strangers = strangers + (new.account IS NULL);
  END;
  CREATE TRIGGER session_ends AFTER DELETE ON sessions BEGIN
    UPDATE tally SET sessions = sessions - 1, strangers = strangers - (old.account IS NULL);
  END;
  CREATE TRIGGER session_changes_account AFTER UPDATE OF account ON sessions BEGIN
    UPDATE tally SET strangers = strangers + (new.account IS NULL) - (old.account IS NULL);
  END;

  -- What the log was told once and need not be told again while any thread lives.
  CREATE TABLE notices (
    name TEXT PRIMARY KEY
  ) STRICT, WITHOUT ROWID;

  -- Logins that failed lately. Names are digests: people type passwords in their place.
  CREATE TABLE login_failures (
    block TEXT NOT NULL,
    name TEXT NOT NULL,
    failures INTEGER NOT NULL,
    last_ms INTEGER NOT NULL,
    PRIMARY KEY (block, name)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX login_failures_of_name ON login_failures (name);
  CREATE INDEX login_failures_by_age ON login_failures (last_ms);

  -- An empty block or name stands for all of them. A ban that is over is kept a while: the next is longer.
  CREATE TABLE bans (
    block TEXT NOT NULL,
    name TEXT NOT NULL,
    since_ms INTEGER NOT NULL,
    until_ms INTEGER NOT NULL,
    times INTEGER NOT NULL,
    PRIMARY KEY (block, name)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX bans_by_end ON bans (until_ms);

  -- Where a name's owner logged in from before: its ban does not hold there.
  CREATE TABLE known_places (
    block TEXT NOT NULL,
    name TEXT NOT NULL,
    last_ms INTEGER NOT NULL,
    PRIMARY KEY (block, name)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX known_places_by_age ON known_places (last_ms);

  -- Accounts that strangers made for themselves, or tried to.
  CREATE TABLE registrations (
    id INTEGER PRIMARY KEY,
    block TEXT NOT NULL,
    at_ms INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX registrations_of_block ON registrations (block, at_ms);
`;
