// Whether this process holds the descriptors it held before, no more and no fewer.

import { within } from "../../shared/deadline.ts";

/** Longer than every limit of a server under the fuzzer. */
const SETTLE_LIMIT_MS = 15_000;
const SETTLE_STEP_MS = 50;
const CALM_STEPS = 5;

/** What descriptors lead to, and how many to each. */
type Targets = ReadonlyMap<string, number>;

/** The open descriptors of a moment. They are of the whole process, so nothing else may run in it. */
export class DescriptorWatch {
  readonly #before: Targets | undefined;

  private constructor(before: Targets | undefined) {
    this.#before = before;
  }

  /** Looks what is open when that has come to rest; where it cannot, it says so on standard error. */
  static async start(): Promise<DescriptorWatch> {
    const before = await atRest().catch((error) => {
      console.error(`leaks of descriptors are not looked for: ${error}`);
      return undefined;
    });
    return new DescriptorWatch(before);
  }

  /** Waits until the same are open again. @throws Error which are not, when that takes too long */
  async settled(): Promise<void> {
    const before = this.#before;
    if (before === undefined) return;
    let changes: readonly string[] = [];
    const watch = async () => {
      while ((changes = changesBetween(before, await openTargets())).length > 0) {
        await new Promise((resolve) => setTimeout(resolve, SETTLE_STEP_MS));
      }
    };
    await within(watch(), { limitMs: SETTLE_LIMIT_MS }).catch((cause) => {
      throw new Error(`descriptors differ: ${changes.join(", ")}`, { cause });
    });
  }
}

/** What is open once nothing that came before is being closed any more. */
async function atRest(): Promise<Targets> {
  const calm = async () => {
    for (let before = await openTargets(), calmSteps = 0;;) {
      await new Promise((resolve) => setTimeout(resolve, SETTLE_STEP_MS));
      const now = await openTargets();
      calmSteps = changesBetween(before, now).length === 0 ? calmSteps + 1 : 0;
      if (calmSteps === CALM_STEPS) return now;
      before = now;
    }
  };
  return await within(calm(), { limitMs: SETTLE_LIMIT_MS });
}

/**
 * Sockets between parts of the runtime, which it makes when it first needs them and keeps, are left
 * out.
 */
async function openTargets(): Promise<Targets> {
  const own = new Set(
    Deno.readTextFileSync("/proc/self/net/unix").split("\n")
      .map((line) => `socket:[${line.split(/ +/)[6] ?? ""}]`),
  );
  const targets = new Map<string, number>();
  for (const { name } of await Array.fromAsync(Deno.readDir("/proc/self/fd"))) {
    const target = targetOf(name);
    if (target === undefined || own.has(target)) continue;
    targets.set(target, (targets.get(target) ?? 0) + 1);
  }
  return targets;
}

function targetOf(name: string): string | undefined {
  try {
    return Deno.readLinkSync(`/proc/self/fd/${name}`);
  } catch {
    // Closed meanwhile, as the one that lists them is.
    return undefined;
  }
}

function changesBetween(before: Targets, after: Targets): readonly string[] {
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((target) => {
    const more = (after.get(target) ?? 0) - (before.get(target) ?? 0);
    return more === 0 ? [] : [`${more > 0 ? "+" : ""}${more} ${target}`];
  });
}
