// Which things of the host are opened for reading.

import { Fault } from "../../shared/fault.ts";
import type { VirtualPath } from "../../shared/virtual_path.ts";
import type { HostStat, ReadableHostFile } from "./host_files.ts";

/** What is opened: a file for its bytes, or whatever has attributes a session may see and set. */
export type Openable = "file" | "file-or-directory";

/** An open file and what it is. */
export interface Opened {
  readonly file: ReadableHostFile;
  readonly stat: HostStat;
}

/** @throws Fault `is-a-directory`, `denied` (a FIFO, a device) */
export function requireOpenable(stat: HostStat, what: Openable, path: VirtualPath): void {
  if (stat.type === "directory") {
    if (what === "file-or-directory") return;
    throw new Fault("is-a-directory", { about: path });
  }
  // SECURITY: opening a FIFO waits for its other end, opening some devices does things.
  if (stat.type !== "file") throw new Fault("denied", { about: path });
}
