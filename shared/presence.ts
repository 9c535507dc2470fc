// Who is at a server and what moves there: what SITE WHO tells, and `ftp who` and `ftp top` show.

/** A transfer that runs. */
export interface PresentTransfer {
  readonly verb: string;
  /** As its session sees it. */
  readonly path: string;
  /** Whether bytes go to the peer. */
  readonly sends: boolean;
  readonly sinceMs: number;
  /** Bytes so far, those before `offsetBytes` not included. */
  readonly movedBytes: number;
  /** Bytes of the whole file; `undefined` where nobody knows. */
  readonly totalBytes: number | undefined;
  /** Where it was carried on. */
  readonly offsetBytes: number;
  /** Bytes a second, as it was last. */
  readonly rateBytes: number;
}

/** A session. */
export interface PresentSession {
  readonly id: string;
  /** `undefined` before the login. */
  readonly account: string | undefined;
  readonly address: string;
  readonly sinceMs: number;
  readonly transfer: PresentTransfer | undefined;
}

/** Bytes since the server started. */
export interface PresenceTotals {
  readonly receivedBytes: number;
  readonly sentBytes: number;
}
