// An examination of a server (ftp doctor) in this process, with its findings as a test reads them.

import { parseAddress } from "../../client/address.ts";
import type { ClientLimits } from "../../client/client_limits.ts";
import type { ConnectionFlags } from "../../client/connection_flags.ts";
import { reach } from "../../client/destination.ts";
import { examine } from "../../client/doctor/examination.ts";
import type { Finding, StepName } from "../../client/doctor/finding.ts";
import { Terminal } from "../../client/terminal.ts";
import type { CommandWorld } from "../../shared/command_line.ts";
import { Secret } from "../../shared/secret.ts";

/** How a server is examined. */
export interface ExaminedOptions {
  readonly address: string;
  readonly password?: string;
  readonly flags?: Partial<ConnectionFlags>;
  readonly stepMs?: number;
  readonly limits?: Partial<ClientLimits>;
  readonly signal?: AbortSignal;
  readonly onFinding?: (step: StepName, finding: Finding) => void;
  readonly dialogue?: (line: string) => void;
}

/** Examines without a terminal. */
export function examined(options: ExaminedOptions): Promise<ReadonlyMap<StepName, Finding>> {
  const address = parseAddress(options.address);
  if (!address.ok) throw new Error(address.why);
  const flags: ConnectionFlags = { color: false, ...options.flags };
  const world = silentWorld();
  return examine({
    place: reach(address.value, flags, {}),
    opening: {
      world,
      terminal: new Terminal(world, { quiet: true, color: false }),
      flags,
      sources: { flags, env: {}, stdinPassword: new Secret(options.password ?? "") },
      ...(options.limits && { limits: options.limits }),
      ...(options.dialogue && { dialogue: options.dialogue }),
    },
    stepMs: options.stepMs ?? 10_000,
    signal: options.signal ?? new AbortController().signal,
    onFinding: (step, finding) => options.onFinding?.(step, finding),
  });
}

/** `step outcome` for each step, without the steps that are named. */
export function outcomes(
  findings: ReadonlyMap<StepName, Finding>,
  ...without: StepName[]
): string[] {
  return [...findings].filter(([step]) => !without.includes(step))
    .map(([step, { outcome }]) => `${step} ${outcome}`);
}

/** A world without terminal, environment and output. */
function silentWorld(): CommandWorld {
  const output = {
    isTerminal: false,
    columns: undefined,
    rows: undefined,
    print() {},
    write: () => Promise.resolve(),
  };
  const nothing = () => ({ [Symbol.dispose]() {} });
  return {
    env: {},
    stdin: {
      isTerminal: false,
      read: () => Promise.resolve(null),
      setRaw() {},
      takeKeys: nothing,
    } as unknown as CommandWorld["stdin"],
    stdout: output,
    stderr: output,
    interrupt: new AbortController().signal,
    takeCtrlC: nothing,
    onResize: nothing,
    report() {},
  };
}
