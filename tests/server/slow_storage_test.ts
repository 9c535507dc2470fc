// Transfers that take time to begin: what is sent ahead is answered in order, and long work before the 150 can be stopped.

import { once } from "node:events";
import { Fault } from "../../shared/fault.ts";
import { InProcessServer } from "../support/in_process_server.ts";
import { Player } from "../support/transcript_player.ts";
import type { Storage } from "../../server/storage/storage.ts";

/** The same storage, except that opening a file for reading waits for `wait`. */
function slowToRead(storage: Storage, wait: () => Promise<void>): Storage {
  return new Proxy(storage, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== "function") return value;
      if (name !== "read") return value.bind(target);
      return async (...args: unknown[]) => {
        await wait();
        return await value.apply(target, args);
      };
    },
  });
}

/** A server on which RETR begins only after another session came and went, many turns later. */
async function startSlow(): Promise<InProcessServer> {
  const server: InProcessServer = await InProcessServer.start({
    services: (usual) => ({
      ...usual,
      openStorage: async (account) =>
        slowToRead(await usual.openStorage(account), async () => {
          using other = await Player.connect(server);
          await other.say("S: 220 *\n C: QUIT\n S: 221 *\n S closed");
        }),
    }),
  });
  return server;
}

const READY = `
  S: 220 *
  given file /big 33554432 bytes
  login
  C: TYPE I
  S: 200 *
  C: EPSV
  S: 229 *
  data connect
`;

Deno.test("what was sent ahead is answered after the transfer that was not yet under way", async () => {
  await using server = await startSlow();
  using player = await Player.connect(server);
  await player.say(`${READY} C bytes: "RETR big\\r\\nPWD\\r\\n" \n S: 150 *`);
  await player.say("data closed\n S: 226 *\n S: 257 *");
});

Deno.test("an ABOR sent ahead aborts the transfer as soon as it begins", async () => {
  await using server = await startSlow();
  using player = await Player.connect(server);
  await player.say(`${READY} C bytes: "RETR big\\r\\nABOR\\r\\n" \n S: 150 *`);
  await player.say("S: 426 Transfer aborted.\n S: 226 Aborted.");
});

/** A server whose uploads are prepared, as by copying what they carry on, until that is stopped. */
function startPreparing(): Promise<InProcessServer> {
  const write: Storage["write"] = async (_path, { signal }) => {
    if (signal?.aborted === false) await once(signal, "abort");
    throw new Fault("aborted");
  };
  return InProcessServer.start({
    services: (usual) => ({
      ...usual,
      openStorage: async (account) =>
        new Proxy(await usual.openStorage(account), {
          get(target, name) {
            if (name === "write") return write;
            const value: unknown = Reflect.get(target, name, target);
            return typeof value === "function" ? value.bind(target) : value;
          },
        }),
    }),
  });
}

Deno.test("ABOR and STAT are heard while the beginning of an upload is copied, before the 150", async () => {
  await using server = await startPreparing();
  for (const upload of ["APPE big", "REST 5\n S: 350 *\n C: STOR big"]) {
    using player = await Player.connect(server);
    await player.say(`${READY} C: ${upload}\n C: STAT\n S: 211-Status:\n S:  *\n S:  *\n S:  *`);
    const [verb] = upload.split(" ").slice(-2);
    await player.say(`S:  ${verb} "/big": under way.\n S: 211 End\n C: ABOR`);
    await player.say("S: 426 Transfer aborted.\n S: 226 Aborted.\n C: PWD\n S: 257 *");
  }
});

Deno.test("a client that leaves while the beginning of its upload is copied ends the session", async () => {
  await using server = await startPreparing();
  using player = await Player.connect(server);
  await player.say(`${READY} C: APPE big\n C close\n log disconnected why=connection_lost`);
});
