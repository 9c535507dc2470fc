// The tables of the runtime store.

/** Another number makes every table anew: to be raised with each change below. */
export const RUNTIME_VERSION = 1;

/** Everything below describes what is going on now; it is nobody's once the threads are gone. */
export const RUNTIME_SCHEMA = `
  -- The threads that serve, of all processes on this data directory; thread_lease.ts tells the living.
  CREATE TABLE threads (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    process INTEGER NOT NULL,
    worker INTEGER NOT NULL,
    since_ms INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE sessions (
    id TEXT PRIMARY KEY,
    thread INTEGER NOT NULL REFERENCES threads (id) ON DELETE CASCADE,
    address TEXT NOT NULL,
    -- What the limits count as one address.
    block TEXT NOT NULL,
    since_ms INTEGER NOT NULL,
    -- Absent before the login.
    account TEXT
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX sessions_of_block ON sessions (block, account);
  CREATE INDEX sessions_of_thread ON sessions (thread);

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
`;
