// Files of the host whose reading a test takes part in, and what the host could say of one.

import {
  type HostFiles,
  hostFiles,
  type HostStat,
  type ReadableHostFile,
} from "../../server/storage/host_files.ts";

/** The host's files, each read by way of `read`. */
export function readThrough(
  read: (file: ReadableHostFile, ...given: Parameters<ReadableHostFile["read"]>) => Promise<number>,
): HostFiles {
  return {
    ...hostFiles,
    openToRead(path) {
      const file = hostFiles.openToRead(path);
      return {
        stat: () => file.stat(),
        setModified: (modifiedMs) => file.setModified(modifiedMs),
        setMode: (mode) => file.setMode(mode),
        read: (into, position) => read(file, into, position),
        [Symbol.dispose]: () => file[Symbol.dispose](),
      };
    },
  };
}

/** The host's files, and how many bytes were read from them. */
export function countingFiles(): { files: HostFiles; bytesRead: () => number } {
  let bytesRead = 0;
  const files = readThrough(async (file, into, position) => {
    const count = await file.read(into, position);
    bytesRead += count;
    return count;
  });
  return { files, bytesRead: () => bytesRead };
}

/** What the host says of a file of one byte, but for what matters to the test. */
export function trialStat(some: Partial<HostStat>): HostStat {
  return {
    type: "file",
    size: 1,
    modifiedMs: 1,
    createdMs: undefined,
    mode: 0o644,
    owner: 0,
    group: 0,
    device: 1,
    inode: 1,
    ...some,
  };
}
