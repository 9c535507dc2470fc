// This process as commands see it: environment, standard streams, interrupt.

import type { CommandInput, CommandOutput, KeyMode } from "./command_line.ts";
import type { ProcessWorld } from "./command_runner.ts";
import { ExitCode } from "./exit_code.ts";
import { ReaderGone } from "./failure_printer.ts";

/** The real process; call it once. From then on Ctrl-C and SIGTERM fire `interrupt`. */
export function processWorld(): ProcessWorld {
  return {
    env: Deno.env.toObject(),
    stdin: standardInput(),
    stdout: standardOutput(Deno.stdout, () => {
      throw new ReaderGone();
    }),
    // What nobody reads about a command does not change what the command does.
    stderr: standardOutput(Deno.stderr, () => {}),
    ...interrupts(),
    onResize(redraw) {
      Deno.addSignalListener("SIGWINCH", redraw);
      return { [Symbol.dispose]: () => Deno.removeSignalListener("SIGWINCH", redraw) };
    },
  };
}

function standardInput(): CommandInput {
  let mode: KeyMode = "lines";
  let hearsContinue = Deno.build.os === "windows";
  // Whoever had the terminal after Ctrl-Z has set it as it likes it; `lines` may be a program's that we run.
  const goOn = () => mode === "lines" || enter(mode);
  const enter = (next: KeyMode) => {
    mode = next;
    if (!hearsContinue) Deno.addSignalListener("SIGCONT", goOn);
    hearsContinue = true;
    // Windows cannot keep keys back and hear Ctrl-C at once.
    if (mode === "lines" || (mode === "held" && Deno.build.os === "windows")) {
      Deno.stdin.setRaw(false);
    } else Deno.stdin.setRaw(true, { cbreak: mode === "held" });
  };
  return {
    isTerminal: Deno.stdin.isTerminal(),
    read: (into) => Deno.stdin.read(into),
    takeKeys(taken) {
      const before = mode;
      enter(taken);
      return { [Symbol.dispose]: () => enter(before) };
    },
  };
}

/** @param onReaderGone what happens when the other end of a pipe was closed. */
function standardOutput(
  stream: typeof Deno.stdout | typeof Deno.stderr,
  onReaderGone: () => void,
): CommandOutput {
  const onFailure = (error: unknown) => {
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
    onReaderGone();
  };
  const isTerminal = stream.isTerminal();
  return {
    isTerminal,
    get columns() {
      return isTerminal ? Deno.consoleSize().columns : undefined;
    },
    get rows() {
      return isTerminal ? Deno.consoleSize().rows : undefined;
    },
    async write(bytes) {
      try {
        for (let at = 0; at < bytes.length;) at += await stream.write(bytes.subarray(at));
      } catch (error) {
        onFailure(error);
      }
    },
    print(text) {
      const bytes = new TextEncoder().encode(text);
      try {
        for (let at = 0; at < bytes.length;) at += stream.writeSync(bytes.subarray(at));
      } catch (error) {
        onFailure(error);
      }
    },
  };
}

function interrupts(): Pick<ProcessWorld, "interrupt" | "takeCtrlC"> {
  const controller = new AbortController();
  let onTakenCtrlC: (() => void) | undefined;
  const onSignal = () => {
    // The second one is from somebody who does not want to wait for the clean-up.
    if (controller.signal.aborted) Deno.exit(ExitCode.interrupted);
    controller.abort(new DOMException("interrupted", "AbortError"));
  };
  const onCtrlC = () => (onTakenCtrlC ?? onSignal)();
  Deno.addSignalListener("SIGINT", onCtrlC);
  // Windows has no SIGTERM that a process could catch in every version; Ctrl-Break is its like.
  Deno.addSignalListener(Deno.build.os === "windows" ? "SIGBREAK" : "SIGTERM", onSignal);
  return {
    interrupt: controller.signal,
    takeCtrlC(taken) {
      const before = onTakenCtrlC;
      onTakenCtrlC = taken;
      return { [Symbol.dispose]: () => void (onTakenCtrlC = before) };
    },
  };
}
