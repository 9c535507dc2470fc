// On which ports this very process listens, by its own descriptors (Linux).

import { descriptorTargets } from "./descriptors.ts";

/** As the kernel's table of connections names it. */
const LISTENING = "0A";

/** The ports of an IPv4 address that this process has a listener on, in order. */
export function listeningPorts(address: string): number[] {
  const own = ownSockets();
  const rows = Deno.readTextFileSync("/proc/self/net/tcp").split("\n").slice(1);
  return rows.flatMap((row) => {
    const [, local = "", , state, , , , , , inode = ""] = row.trim().split(/ +/);
    const [host, port = ""] = local.split(":");
    const isOurs = state === LISTENING && host === hexOf(address) && own.has(inode);
    return isOurs ? [parseInt(port, 16)] : [];
  }).sort((one, other) => one - other);
}

function ownSockets(): ReadonlySet<string> {
  const inodes = descriptorTargets().flatMap((target) =>
    /^socket:\[(\d+)\]$/.exec(target)?.[1] ?? []
  );
  return new Set(inodes);
}

/** As the table writes it: the bytes as this machine keeps a number, the last one first. */
function hexOf(address: string): string {
  const bytes = address.split(".").map((byte) => Number(byte).toString(16).padStart(2, "0"));
  return bytes.reverse().join("").toUpperCase();
}
