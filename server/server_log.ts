// The log of one thread of the server, as its settings say.

import { CommandFailure, ExitCode } from "../shared/exit_code.ts";
import { consoleLog } from "../shared/console_log.ts";
import { hostReason } from "../shared/host_reason.ts";
import type { Log, LogFields } from "../shared/log.ts";
import { fileSink, type LogSink, standardErrorSink } from "../shared/log_sink.ts";
import type { ServerSettings } from "./settings.ts";

/** A log and where its lines go; disposal of the sink writes out what waits. */
export interface ServerLog {
  readonly log: Log;
  readonly sink: LogSink;
}

/**
 * Opens the log.
 *
 * @param fixed fields of every line, e.g. the worker.
 * @throws CommandFailure when the file cannot be opened.
 */
export function openServerLog(
  settings: Pick<ServerSettings, "log" | "logFile">,
  fixed: LogFields = {},
): ServerLog {
  const sink = settings.logFile === undefined ? standardErrorSink() : openLogFile(settings.logFile);
  return { log: consoleLog({ form: settings.log, sink }, fixed), sink };
}

/** Opens the log file anew, where there is one; the old one goes on when that fails. */
export function reopenLog({ log, sink }: ServerLog): void {
  try {
    sink.reopen();
  } catch (error) {
    log.write("warn", "log file not reopened: the old one stays", { reason: hostReason(error) });
  }
}

/** Opens a file that lines are appended to. @throws CommandFailure when that cannot be. */
export function openLogFile(path: string): LogSink {
  try {
    return fileSink(path);
  } catch (error) {
    throw new CommandFailure(ExitCode.usage, `log file "${path}"`, hostReason(error), {
      cause: error,
    });
  }
}
