// What a row of the table is: what it measures, and what it has at hand.

import type { Served } from "./contenders.ts";
import type { LoadGenerator, Measured } from "./load_generator.ts";
import type { Goal } from "./result.ts";
import type { Scale } from "./scale.ts";

/** What a measurement has at hand. */
export interface Stage {
  readonly load: LoadGenerator;
  readonly scale: Scale;
  /** The large file, one of an eighth of it, a crowd's, and one of 4 KiB, as the contender names them. */
  readonly large: string;
  readonly eighth: string;
  readonly share: string;
  readonly small: string;
  /** The large directory. */
  readonly crowded: string;
  /** A name that no other round uses; what is stored there is removed afterwards. */
  readonly fresh: string;
  /** The round that does not count: every byte is compared, and what runs later is compiled. */
  readonly isUncounted: boolean;
  /** To be called while the sessions are still open: some servers forget what a session cost. */
  readonly whileOpen: () => Promise<void>;
}

/** One row as it is shown. */
export interface Shown {
  readonly name: string;
  readonly unit: string;
  readonly better: "higher" | "lower";
  /** What ours is to reach, whatever the others do. */
  readonly goal?: Goal;
}

/** One measurement, which fills one row or several. */
export interface Measurement {
  readonly shows: readonly Shown[];
  /** Which of the contender's servers it uses. */
  readonly tls: boolean;
  /** Whether CPU time per GiB and the part of the machine's limit are worth a column. */
  readonly movesBytes: boolean;
  /** Whether many logins come before, whose CPU time would be taken for that of the bytes. */
  readonly beginsWithLogins?: boolean;
  /** Whether it asks for servers that have done nothing before; such a measurement has no uncounted round. */
  readonly freshServers: boolean;
  /** The only contenders that take part; all where it is left out. */
  readonly only?: readonly string[];
  /** The only ones with `--quick`, where they are fewer. */
  readonly onlyInQuick?: readonly string[];
  /** Counted rounds at most. */
  readonly roundsLimit?: number;
  /** Whether `--quick` leaves it out. */
  readonly isLong?: boolean;
  /** The values of the shown rows, in their order, and what the generator saw. */
  measure(stage: Stage, server: Served): Promise<Outcome>;
}

/** What a measurement came to in one round. */
export interface Outcome {
  readonly values: readonly number[];
  readonly seen: Measured;
}

/** A row's name, which tells where TLS is used. */
export function titled(name: string, tls: boolean): string {
  return tls ? `${name}, TLS` : name;
}
