// A thread that starts programs, one after another, and says so when it has started them all.

/// <reference lib="deno.worker" />

declare const self: DedicatedWorkerGlobalScope;

/** What it is told. */
export interface ProgramStarts {
  readonly program: string;
  readonly starts: number;
}

self.onmessage = async ({ data }: MessageEvent<ProgramStarts>) => {
  for (let start = 0; start < data.starts; start++) {
    await new Deno.Command(data.program, { args: ["--version"] }).output();
  }
  self.postMessage(data.starts);
};
