// Chance that can be repeated: the same seed gives the same choices.

/** Choices from a seed. */
export class Random {
  #state: number;

  constructor(seed: number) {
    // Zero is the one state that never changes; neighbouring seeds should not start alike.
    this.#state = Math.imul(seed + 1, 2_654_435_761) || 1;
    for (let warmUp = 0; warmUp < 8; warmUp++) this.next();
  }

  /** From 0 up to, not including, 1 (xorshift, G. Marsaglia 2003: good enough to find faults with). */
  next(): number {
    this.#state ^= this.#state << 13;
    this.#state ^= this.#state >>> 17;
    this.#state ^= this.#state << 5;
    return (this.#state >>> 0) / 2 ** 32;
  }

  /** A whole number from 0 up to, not including, `limit`. */
  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  /** True so often: 0 never, 1 always. */
  chance(share: number): boolean {
    return this.next() < share;
  }

  /** One of them. */
  pick<T>(choices: readonly T[]): T {
    const choice = choices[this.below(choices.length)];
    if (choice === undefined) throw new Error("nothing to choose from");
    return choice;
  }

  /** So many bytes. */
  bytes(count: number): Uint8Array {
    return Uint8Array.from({ length: count }, () => this.below(256));
  }
}
