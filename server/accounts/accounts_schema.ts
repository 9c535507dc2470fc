// The tables of the account store, as the steps that lead from each version to the next.

/**
 * Step n makes version n + 1 (`PRAGMA user_version`). A step that was ever released is never edited:
 * a change is a further step.
 */
export const MIGRATIONS: readonly string[] = [
  `
  -- One clock for all accounts: a name removed and added again never repeats a revision.
  CREATE TABLE clock (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    revision INTEGER NOT NULL
  ) STRICT;
  INSERT INTO clock VALUES (1, 0);

  CREATE TABLE accounts (
    name TEXT PRIMARY KEY,
    -- What a person or a file system could take for the same name is the same key.
    name_key TEXT NOT NULL UNIQUE,
    password TEXT NOT NULL,
    directory TEXT NOT NULL,
    read_only INTEGER NOT NULL CHECK (read_only IN (0, 1)),
    admin INTEGER NOT NULL CHECK (admin IN (0, 1)),
    enabled INTEGER NOT NULL CHECK (enabled IN (0, 1)),
    quota_bytes INTEGER CHECK (quota_bytes >= 0),
    revision INTEGER NOT NULL,
    created_ms INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  `,
  `
  ALTER TABLE accounts ADD COLUMN max_files INTEGER CHECK (max_files >= 0);
  -- Both as JSON: they are read with the account and never searched.
  ALTER TABLE accounts ADD COLUMN grants TEXT NOT NULL DEFAULT '[]';
  ALTER TABLE accounts ADD COLUMN mounts TEXT NOT NULL DEFAULT '[]';
  `,
  `
  -- What an account keeps. It is in doubt while more doubts were raised than were counted away.
  CREATE TABLE quota_books (
    account TEXT PRIMARY KEY REFERENCES accounts (name) ON DELETE CASCADE,
    bytes INTEGER NOT NULL DEFAULT 0,
    files INTEGER NOT NULL DEFAULT 0,
    doubts INTEGER NOT NULL DEFAULT 1,
    counted INTEGER NOT NULL DEFAULT 0
  ) STRICT, WITHOUT ROWID;

  -- Room held for uploads that run; the credit is the size of the file one of them will replace.
  CREATE TABLE quota_holds (
    id TEXT PRIMARY KEY,
    account TEXT NOT NULL REFERENCES accounts (name) ON DELETE CASCADE,
    owner TEXT NOT NULL,
    place TEXT NOT NULL,
    target TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    credit_bytes INTEGER NOT NULL,
    credit_files INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX quota_holds_by_account ON quota_holds (account);

  -- While there was no limit nothing was booked, and another folder holds other files.
  CREATE TRIGGER quota_in_doubt AFTER UPDATE ON accounts
  WHEN (old.quota_bytes IS NULL AND old.max_files IS NULL) OR old.directory <> new.directory
  BEGIN
    UPDATE quota_books SET doubts = doubts + 1 WHERE account = new.name;
  END;
  `,
  `
  ALTER TABLE accounts ADD COLUMN upload_rate INTEGER CHECK (upload_rate > 0);
  ALTER TABLE accounts ADD COLUMN download_rate INTEGER CHECK (download_rate > 0);
  ALTER TABLE accounts ADD COLUMN max_sessions INTEGER CHECK (max_sessions >= 0);
  ALTER TABLE accounts ADD COLUMN expires_ms INTEGER;
  -- Both as JSON: they are read with the account and never searched.
  ALTER TABLE accounts ADD COLUMN networks TEXT NOT NULL DEFAULT '[]';
  ALTER TABLE accounts ADD COLUMN login_hours TEXT;
  ALTER TABLE accounts ADD COLUMN login_revision INTEGER NOT NULL DEFAULT 0;

  -- A code is good for so many registrations; only its digest is kept.
  CREATE TABLE invites (
    digest TEXT PRIMARY KEY,
    uses_left INTEGER NOT NULL CHECK (uses_left >= 0),
    until_ms INTEGER NOT NULL,
    quota_bytes INTEGER CHECK (quota_bytes >= 0)
  ) STRICT, WITHOUT ROWID;
  `,
];
