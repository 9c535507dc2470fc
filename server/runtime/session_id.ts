// A session's id: a number in the store, eight hexadecimal digits for people and logs.

/** A number that no session is likely to have. */
export function newSessionKey(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
}

/** How people read it. */
export function sessionIdOf(key: number): string {
  return key.toString(16).padStart(8, "0");
}

/** The number behind what a person wrote or a session is called; `undefined` where no session is called so. */
export function sessionKeyOf(id: string): number | undefined {
  return /^[0-9a-f]{8}$/.test(id) ? Number.parseInt(id, 16) : undefined;
}
