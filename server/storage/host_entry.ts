// What a session is told about a name: the host's facts as an entry.

import type { Entry } from "../../shared/entry.ts";
import type { HostStat } from "./host_files.ts";

/** The entry of something that was looked at, under the name the session knows it by. */
export function entryOf(name: string, stat: HostStat): Entry {
  const type = stat.type === "file" || stat.type === "directory" ? stat.type : "other";
  return {
    name,
    type,
    size: type === "file" ? stat.size : 0,
    modifiedMs: stat.modifiedMs,
    ...stat.createdMs !== undefined && { createdMs: stat.createdMs },
    ...stat.mode !== undefined && { mode: stat.mode },
    unique: `${stat.device.toString(16)}g${stat.inode.toString(16)}`,
  };
}
