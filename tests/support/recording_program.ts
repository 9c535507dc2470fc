// Begins a record in the journal of a folder, with a file on its way, and stays until it is killed.

import { Journal } from "../../client/journal/journal.ts";

const record = await new Journal(Deno.args[0]!).begin({
  direction: "put",
  server: {
    address: {
      scheme: "ftp",
      user: "ann",
      password: undefined,
      host: "127.0.0.1",
      port: 21,
      path: "",
    },
    tls: "auto",
    active: false,
    pin: undefined,
    ca: undefined,
  },
  items: [{ local: "/a", remote: "a", isTree: false, size: 1 }],
  mirror: undefined,
  flags: { ifExists: "resume", verify: "auto", preserve: true, retries: 0, type: undefined },
  begunMs: Date.now(),
}, (error) => {
  throw error;
});
record.begins({ local: "/a", remote: "a", existing: "resume", size: 1, modifiedMs: undefined });
console.log("begun");
await new Promise((resolve) => setTimeout(resolve, 60_000));
