// Every row of the servers' table, in its order.

import { crowdRows } from "./crowd_rows.ts";
import { memoryRows } from "./memory_rows.ts";
import type { Measurement } from "./row.ts";
import { listingRows, sessionRows } from "./session_rows.ts";
import { transferRows } from "./transfer_rows.ts";

/** What is measured of servers. */
export const MEASUREMENTS: readonly Measurement[] = [
  ...transferRows,
  ...crowdRows,
  ...listingRows,
  ...sessionRows,
  ...memoryRows,
];
