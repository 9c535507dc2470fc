// `--tls-reuse`: data connections that resume the control connection's TLS session, and those that do not.

import assert from "node:assert/strict";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { within } from "../../shared/deadline.ts";
import { dial, drop, secure, testTls } from "../support/data_channels.ts";
import { InProcessServer, PASSWORD, USER } from "../support/in_process_server.ts";
import { runWell } from "../support/program.ts";

const PROGRAM = fileURLToPath(new URL("../support/resuming_transfers.py", import.meta.url));
const FAILING_HANDSHAKES = fileURLToPath(
  new URL("../support/failing_handshakes_program.ts", import.meta.url),
);

async function transfers(settings: Parameters<typeof InProcessServer.start>[0]): Promise<string[]> {
  await using server = await InProcessServer.start(settings);
  const output = await runWell("python3", [PROGRAM, String(server.port), USER, PASSWORD]);
  return output.trim().split("\n");
}

function expected(outcomes: Readonly<Record<string, string>>): string[] {
  return ["TLSv1_2", "TLSv1_3"].flatMap((version) =>
    Object.entries(outcomes).map(([what, code]) => `${version} ${what} ${code}`)
  );
}

Deno.test("where reuse is required, who resumes is served and who does not gets 522", async () => {
  assert.deepEqual(
    await transfers({ settings: { tlsReuse: "require" } }),
    expected({
      upload: "226",
      download: "226",
      same: "True",
      fin: "426",
      reset: "426",
      without: "522",
    }),
  );
});

Deno.test("where it is preferred both are served, and cut uploads are cut all the same", async () => {
  assert.deepEqual(
    await transfers({ settings: { tlsReuse: "prefer" } }),
    expected({
      upload: "226",
      download: "226",
      same: "True",
      fin: "426",
      reset: "426",
      without: "226",
    }),
  );
});

Deno.test("a lenient end takes a FIN for the goodbye, but no RST", async () => {
  for (const tlsReuse of ["off", "prefer"] as const) {
    const outcomes = await transfers({ settings: { tlsReuse, tlsEof: "lenient" } });
    const ends = outcomes.filter((outcome) => / (fin|reset) /.test(outcome));
    assert.deepEqual(ends, expected({ fin: "226", reset: "426" }), tlsReuse);
  }
});

Deno.test("handshakes that fail leave no descriptor behind", {
  // Elsewhere nobody tells what is open.
  ignore: Deno.build.os !== "linux",
}, async () => {
  // A process of its own: the tests beside this one open and close theirs all the time.
  const args = ["run", "-A", "--no-check", FAILING_HANDSHAKES];
  assert.equal((await runWell(Deno.execPath(), args)).trim(), "0");
});

Deno.test("what others send to the loopback port does not fail our own handshake", async () => {
  using tls = testTls();
  using listener = await tls.listenResuming();
  const own = await dial(listener.port);
  const handshake = listener.handshake(own.localPort ?? 0, () => {});
  const foreign = await dial(listener.port);
  foreign.on("error", () => {});
  const gone = once(foreign, "close");
  foreign.resume();
  foreign.end("GET / HTTP/1.1\r\n\r\n");
  await gone;
  const client = await secure(own);
  const { stream } = await within(handshake, { limitMs: 5000 });
  assert.equal(stream.secure, true);
  stream.close();
  await drop(client);
});
