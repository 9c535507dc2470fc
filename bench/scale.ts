// How much is moved and how often: the whole measurement, and what a developer has patience for.

const MIB = 1024 * 1024;

/** The amounts of one run. */
export interface Scale {
  /** Of the one large file. */
  readonly fileBytes: number;
  /** Of the file that each of a crowd moves. */
  readonly shareBytes: number;
  /** Counted rounds; one more comes before them, uncounted and verified. */
  readonly rounds: number;
  readonly smallFiles: number;
  /** Small files of the uncounted round: code that is compiled while it runs is compiled by then. */
  readonly warmUpFiles: number;
  /** In the one large directory. */
  readonly names: number;
  readonly logins: number;
  readonly pingSeconds: number;
  /** Whether rows that take long, and half of the verified ways, are left out. */
  readonly isQuick: boolean;
}

/** The whole measurement. */
export const FULL: Scale = {
  fileBytes: 1024 * MIB,
  shareBytes: 4 * MIB,
  rounds: 3,
  smallFiles: 1000,
  warmUpFiles: 2000,
  names: 100_000,
  logins: 200,
  pingSeconds: 1.5,
  isQuick: false,
};

/** What a developer runs. */
export const QUICK: Scale = {
  fileBytes: 64 * MIB,
  shareBytes: MIB / 4,
  rounds: 2,
  smallFiles: 100,
  warmUpFiles: 200,
  names: 20_000,
  logins: 100,
  pingSeconds: 0.25,
  isQuick: true,
};

/** Clients of the classic rows: three hundred, as pyftpdlib's own benchmark has them. */
export const CROWD = 300;
