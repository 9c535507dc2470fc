// `deno task fuzz [--seconds N] [--seed S]`: a server under clients that follow no rules.

import { parseArgs } from "node:util";
import { fuzz } from "./fuzz_run.ts";

if (import.meta.main) {
  const { values } = parseArgs({
    args: Deno.args,
    options: {
      seconds: { type: "string", default: "60" },
      seed: { type: "string", default: String(Date.now() % 1_000_000) },
    },
  });
  const [seconds, seed] = [Number(values.seconds), Number(values.seed)];
  if (!(seconds > 0) || !Number.isSafeInteger(seed)) {
    console.error("usage: deno task fuzz [--seconds N] [--seed S]");
    Deno.exit(2);
  }
  console.log(`seed ${seed}, ${seconds} seconds`);
  const { counts, findings } = await fuzz({ seed, seconds });
  for (const finding of findings) console.error(`\nFOUND ${finding}`);
  const { sessionsBegun, logins, sent, received, failedTransfers } = counts;
  const transfers = `${sent} sent, ${received} received, ${failedTransfers} transfers failed`;
  console.log(`${sessionsBegun} sessions, ${logins} logins, ${transfers}`);
  console.log(`${findings.length} findings`);
  Deno.exit(findings.length === 0 ? 0 : 1);
}
