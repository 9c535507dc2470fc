// What a server costs: CPU time and memory of its processes, from /proc.

const TICKS_PER_SECOND = 100; // USER_HZ on every Linux that Deno runs on

/** CPU time that these processes, their children and their finished children used, seconds. */
export async function cpuSeconds(pids: readonly number[]): Promise<number> {
  let seconds = 0;
  for (const pid of await tree(pids)) {
    const fields = await statusFields(pid);
    const ticks = (at: number) => Number(fields?.[at] ?? 0) / TICKS_PER_SECOND;
    // utime and stime (fields 14 and 15 of proc(5)) are cut to whole ticks, each: a process for every
    // session would cost nothing. The scheduler's nanoseconds are exact, but of living threads only.
    seconds += Math.max(ticks(11) + ticks(12), await livingThreadsSeconds(pid));
    // cutime and cstime: children that were waited for.
    seconds += ticks(13) + ticks(14);
  }
  return seconds;
}

async function livingThreadsSeconds(pid: number): Promise<number> {
  let nanoseconds = 0;
  try {
    for await (const { name } of Deno.readDir(`/proc/${pid}/task`)) {
      const [onCpu = "0"] = (await readProc(`${pid}/task/${name}/schedstat`) ?? "").split(" ");
      nanoseconds += Number(onCpu);
    }
  } catch {
    return 0; // the process has ended meanwhile
  }
  return nanoseconds / 1e9;
}

/** Memory of these processes and their children, shared pages counted once, bytes. */
export async function memoryBytes(pids: readonly number[]): Promise<number> {
  let kibibytes = 0;
  for (const pid of await tree(pids)) {
    const rollup = await readProc(`${pid}/smaps_rollup`);
    kibibytes += Number(/^Pss:\s+(\d+) kB/m.exec(rollup ?? "")?.[1] ?? 0);
  }
  return kibibytes * 1024;
}

async function tree(roots: readonly number[]): Promise<number[]> {
  const found: number[] = [];
  const open = [...roots];
  for (let pid = open.pop(); pid !== undefined; pid = open.pop()) {
    found.push(pid);
    open.push(...await childrenOf(pid));
  }
  return found;
}

/** What a process started; other threads than its first may have started some too, which none here does. */
async function childrenOf(pid: number): Promise<number[]> {
  const children = await readProc(`${pid}/task/${pid}/children`);
  return (children ?? "").split(" ").filter(Boolean).map(Number);
}

/** The fields after the program's name, which may hold anything; `undefined` when it has ended. */
async function statusFields(pid: number): Promise<string[] | undefined> {
  const line = await readProc(`${pid}/stat`);
  return line?.slice(line.lastIndexOf(")") + 2).split(" ");
}

async function readProc(name: string): Promise<string | undefined> {
  try {
    return await Deno.readTextFile(`/proc/${name}`);
  } catch {
    return undefined; // the process has ended meanwhile
  }
}
