// The statements of the ban list.

import type { RuntimeDatabase } from "./runtime_database.ts";

/** All of them, prepared. */
export function banStatements(database: RuntimeDatabase) {
  const prepare = (sql: string) => database.prepare(sql);
  // NULL stands for whatever it is.
  const chosen = "(:block IS NULL OR block = :block) AND (:name IS NULL OR name = :name)";
  return {
    anyHolds: prepare("SELECT 1 FROM bans WHERE until_ms > ? LIMIT 1"),
    holds: prepare(`
      SELECT 1 FROM bans WHERE until_ms > :now AND (
        (block = :block AND name = '' AND NOT :exempt)
        OR (:name <> '' AND block = :block AND name = :name)
        OR (:name <> '' AND block = '' AND name = :name AND NOT :exempt AND NOT EXISTS (
          SELECT 1 FROM known_places WHERE block = :block AND name = :name))
      ) LIMIT 1`),
    fail: prepare(`
      INSERT INTO login_failures (block, name, failures, last_ms) VALUES (:block, :name, 1, :now)
      ON CONFLICT DO UPDATE SET failures = failures + 1, last_ms = :now`),
    forgetFailures: prepare("DELETE FROM login_failures WHERE last_ms <= ?"),
    forgetBans: prepare("DELETE FROM bans WHERE until_ms <= ?"),
    forgetPlaces: prepare("DELETE FROM known_places WHERE last_ms <= ?"),
    ofPair: prepare("SELECT failures FROM login_failures WHERE block = ? AND name = ?"),
    ofBlock: prepare("SELECT sum(failures) AS failures FROM login_failures WHERE block = ?"),
    // What an owner mistypes where he works is no attack on his name.
    ofName: prepare(`
      SELECT coalesce(sum(failures), 0) AS failures FROM login_failures AS failed
      WHERE name = :name AND NOT EXISTS (
        SELECT 1 FROM known_places AS known
        WHERE known.block = failed.block AND known.name = failed.name)`),
    forgive: prepare("DELETE FROM login_failures WHERE block = ? AND name = ?"),
    remember: prepare(`
      INSERT INTO known_places (block, name, last_ms) VALUES (:block, :name, :now)
      ON CONFLICT DO UPDATE SET last_ms = :now`),
    // Noted, and with nothing to forgive.
    isNoted: prepare(`
      SELECT 1 FROM known_places WHERE block = :block AND name = :name AND last_ms > :since
        AND NOT EXISTS (SELECT 1 FROM login_failures WHERE block = :block AND name = :name)`),
    timesBanned: prepare("SELECT times FROM bans WHERE block = ? AND name = ?"),
    ban: prepare(`
      INSERT INTO bans (block, name, since_ms, until_ms, times)
      VALUES (:block, :name, :now, :until, :times)
      ON CONFLICT DO UPDATE SET since_ms = :now, until_ms = :until, times = :times`),
    dismiss: prepare(`
      INSERT OR IGNORE INTO dismissals (session, why)
      SELECT id, 'banned' FROM sessions WHERE block = ?`),
    list: prepare("SELECT * FROM bans WHERE until_ms > ? ORDER BY since_ms DESC, block, name"),
    countBans: prepare(`SELECT count(*) AS bans FROM bans WHERE until_ms > :now AND ${chosen}`),
    lift: prepare(`DELETE FROM bans WHERE ${chosen}`),
    pardon: prepare(`DELETE FROM login_failures WHERE ${chosen}`),
  };
}
