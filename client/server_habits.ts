// What a server bears that no standard promises: known of a few by their greeting, of ours by FEAT.

import type { Reply } from "../shared/reply.ts";
import type { Features } from "./features.ts";

/** What may be done to save round trips. */
export interface ServerHabits {
  /**
   * Requests that come while a transfer runs wait for its end and are then answered in order. Others kill the
   * transfer (pyftpdlib) or refuse them (Pure-FTPd).
   */
  readonly answersInTurn: boolean;
  /**
   * An upload's bytes may come before the server has said 150. One that watches its data connection before it
   * knows what it is for (pyftpdlib) fails at them.
   */
  readonly takesDataEarly: boolean;
  /** Nagle's algorithm is on: a reply that follows another one closely waits until that one is acknowledged. */
  readonly holdsReplies: boolean;
  /** So many requests may wait for the end of a transfer, and ABOR is heard still. */
  readonly unansweredLimit: number;
}

/** Programs whose sessions do one thing after the other, so that early bytes wait in the system's buffers. */
const ONE_BY_ONE = /\bvsFTPd\b|\bProFTPD\b|\bPure-FTPd\b/;

/** Ours holds 16, and reads on when there are fewer. */
const OUR_HELD_LIMIT = 12;
/** A day's worth, and little enough for any system's buffers. */
const HELD_LIMIT = 1440;

/** What is known of a server; of an unknown one nothing is supposed. */
export function habitsOf(greeting: Reply, features: Features): ServerHabits {
  const said = greeting.lines.join(" ");
  // Only our own server knows SITE RESUME; it holds requests that come during a transfer.
  const isOurs = features.resumesReplacements;
  const isVsftpd = /\bvsFTPd\b/.test(said);
  return {
    answersInTurn: isOurs || isVsftpd,
    takesDataEarly: isOurs || ONE_BY_ONE.test(said),
    holdsReplies: isVsftpd,
    unansweredLimit: isOurs ? OUR_HELD_LIMIT : HELD_LIMIT,
  };
}

/** Of a server that has said nothing yet. */
export const NO_HABITS: ServerHabits = {
  answersInTurn: false,
  takesDataEarly: false,
  holdsReplies: false,
  unansweredLimit: HELD_LIMIT,
};
