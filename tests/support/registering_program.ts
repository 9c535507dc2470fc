// What the register's test runs beside itself: joins a register, takes what seats it can, says how many, waits.

import { SessionRegister } from "../../server/runtime/session_register.ts";

if (import.meta.main) {
  const { directory, address, tries, limits } = JSON.parse(Deno.args[0] ?? "");
  using register = SessionRegister.open(directory, { process: Deno.pid, worker: 1 });
  let admitted = 0;
  for (let attempt = 0; attempt < tries; attempt++) {
    if (register.admit(address, limits).ok) admitted++;
  }
  console.log(admitted);
  await Deno.stdin.read(new Uint8Array(1));
}
