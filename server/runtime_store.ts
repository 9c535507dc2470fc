// Opens the runtime store for a command, and tells its faults as failures of the command.

import { CommandFailure, ExitCode } from "../shared/exit_code.ts";
import { isFault } from "../shared/fault.ts";
import { privateDirectory } from "./data_directory.ts";
import { RuntimeDatabase, runtimeFile } from "./runtime/runtime_database.ts";

/**
 * The runtime store below the data directory; made when missing, never made anew.
 *
 * @throws CommandFailure that names the file.
 */
export function openRuntimeStore(home: string): RuntimeDatabase {
  const directory = privateDirectory(home);
  try {
    return RuntimeDatabase.open(directory, "command");
  } catch (error) {
    if (!isFault(error)) throw error;
    const tried = `runtime store "${runtimeFile(directory)}"`;
    if (error.kind === "unsupported") {
      throw new CommandFailure(ExitCode.failed, tried, "the server is of another version", {
        hint: "restart the server with this version, or use the version that runs",
        cause: error,
      });
    }
    const cause = error.cause instanceof Error ? error.cause.message : error.message;
    throw new CommandFailure(ExitCode.failed, tried, cause, { cause: error });
  }
}
