// ftp doctor where something is wrong: what fails, what to change, and how soon it is told.

import assert from "node:assert/strict";
import { selfSigned } from "../../server/self_signed.ts";
import { ServerTls } from "../../server/server_tls.ts";
import type { ClientLimits } from "../../client/client_limits.ts";
import { failureOfSteps, type Finding, type StepName } from "../../client/doctor/finding.ts";
import { deafPort } from "../support/deaf_port.ts";
import { examined, outcomes } from "../support/examined.ts";
import { InProcessServer, PASSWORD, READER, USER } from "../support/in_process_server.ts";
import { scriptedSessions } from "../support/scripted_server.ts";
import { TerminalProcess } from "../support/terminal_process.ts";

const YEAR_MS = 365 * 86_400_000;

function addressOf(server: InProcessServer, user = USER): string {
  return `ftp://${user}@127.0.0.1:${server.port}`;
}

Deno.test("at our own server everything works, and nothing stays there", async () => {
  await using server = await InProcessServer.start();
  const findings = await examined({
    address: `ftp://${USER}@localhost:${server.port}`,
    password: PASSWORD,
    flags: { insecure: true },
  });
  assert.deepEqual(outcomes(findings, "name", "tcp", "passive-ipv6"), [
    "greeting works",
    "tls works",
    "login works",
    "features works",
    "passive-ipv4 works",
    "listing works",
    "upload works",
    "download works",
    "clock works",
    "resume works",
    "verification works",
    "cleanup works",
  ]);
  assert.equal(failureOfSteps("examine", findings), undefined);
  assert.deepEqual(await Array.fromAsync(Deno.readDir(server.root)), []);
  assert.match(findings.get("tls")?.found ?? "", /^TLSv1\.3, certificate "ftp server" signed by/);
});

Deno.test("an account that may only read has nothing that fails", async () => {
  await using server = await InProcessServer.start();
  await Deno.writeTextFile(`${server.root}/book`, "chapter one");
  const findings = await examined({
    address: addressOf(server, READER),
    password: PASSWORD,
    flags: { tls: "off" },
  });
  assert.deepEqual(outcomes(findings).slice(-5), [
    "upload skipped",
    "download works",
    "clock skipped",
    "resume works",
    "verification works",
  ]);
});

Deno.test("a certificate that expired is a failure, in spite of a pin, and the rest is examined", async () => {
  const expired = selfSigned("localhost", Date.now() - 11 * YEAR_MS);
  using tls = new ServerTls(expired);
  await using server = await InProcessServer.start({ services: (usual) => ({ ...usual, tls }) });
  const options = { address: addressOf(server), password: PASSWORD };
  const unknown = await examined(options);
  assert.deepEqual(outcomes(unknown).slice(-2), ["tls fails", "login skipped"]);
  const { cure, exitCode } = unknown.get("tls") ?? {};
  assert.deepEqual([cure, exitCode], ["renew the server's certificate: it has expired", 9]);
  const believed = await examined({ ...options, flags: { insecure: true } });
  assert.match(believed.get("tls")?.found ?? "", /expired on 20\d\d-\d\d-\d\d$/);
  assert.deepEqual(outcomes(believed).filter((outcome) => / fails$/.test(outcome)), ["tls fails"]);
  assert.equal(failureOfSteps("examine x", believed)?.exitCode, 9);
});

Deno.test("nobody there, a port that drops, a wrong password: each ends the round with its code", async () => {
  using deaf = await deafPort();
  const dropped = await examined({
    address: `127.0.0.1:${deaf.port}`,
    limits: { connectMs: 100 },
  });
  assert.deepEqual(outcomes(dropped), ["name skipped", "tcp fails"]);
  assert.match(dropped.get("tcp")?.cure ?? "", /a firewall on the way drops/);
  const gone = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  gone.close();
  const refused = await examined({ address: `127.0.0.1:${gone.addr.port}` });
  assert.match(refused.get("tcp")?.found ?? "", /connection refused/);
  await using server = await InProcessServer.start();
  const wrong = await examined({ address: addressOf(server), flags: { tls: "off" } });
  assert.deepEqual(outcomes(wrong).at(-1), "login fails");
  assert.equal(failureOfSteps("examine", wrong)?.exitCode, 4);
});

/** The step `tcp`, which says nothing. */
const DIALLED = ["S: 220 ready", "C closes"];
const BYE = ["C: QUIT", "S: 221 bye"];
const GREETED = ["S: 220 ready", ...BYE];
const LOGGED_IN = [
  ...["S: 220 ready", "C: USER u", "S: 331 password", "C: PASS *", "S: 230 in"],
  ...["C: FEAT", "S: 211-Features", "S:  SIZE", "S: 211 End"],
  ...["C: TYPE I", "S: 200 binary"],
];

/** What the doctor finds at a server that answers so in the sessions that list, and that try passive ports. */
async function examinedByScript(
  { listing, passive, limits }: {
    readonly listing: readonly string[];
    readonly passive: readonly string[];
    readonly limits?: Partial<ClientLimits>;
  },
): Promise<ReadonlyMap<StepName, Finding>> {
  const sessions = [listing, passive].map((lines) => [...LOGGED_IN, ...lines, ...BYE]);
  await using server = scriptedSessions([DIALLED, GREETED, ...sessions]);
  const findings = await examined({
    address: `u@127.0.0.1:${server.port}`,
    flags: { tls: "off" },
    ...(limits && { limits }),
  });
  await server.finished;
  return findings;
}

Deno.test("passive ports behind a firewall are told, within the step's time", async () => {
  const findings = await examinedByScript({
    listing: ["C: EPSV", "S: 425 no"],
    passive: [
      ...["C: EPSV", "S: 229 go (|||{deaf}|)"],
      ...["C: PASV", "S: 227 go (127,0,0,1,{deaf1},{deaf2})"],
    ],
    limits: { dataConnectMs: 100 },
  });
  const { outcome, cure, exitCode } = findings.get("passive-ipv4") ?? {};
  assert.deepEqual([outcome, exitCode], ["fails", 3]);
  assert.match(cure ?? "", /passive ports through the firewall/);
  assert.deepEqual(outcomes(findings).at(-1), "listing fails");
});

Deno.test("a PASV that names another machine is told, and nobody connects there", async () => {
  const findings = await examinedByScript({
    listing: ["C: EPSV", "S: 500 what", "C: PASV", "S: 425 no"],
    passive: [
      ...["C: EPSV", "S: 500 what"],
      ...["C: PASV", "S: 227 go (192,0,2,7,{p1},{p2})", "data accept"],
    ],
  });
  const { outcome, found, cure } = findings.get("passive-ipv4") ?? {};
  assert.equal(outcome, "limited");
  assert.match(
    found ?? "",
    /EPSV: 500 what; PASV: port \d+ answers, and the reply names 192\.0\.2\.7/,
  );
  assert.match(cure ?? "", /public address/);
});

Deno.test("a server that falls silent fails the step within its time", async () => {
  await using server = scriptedSessions([DIALLED, GREETED, [
    "S: 220 ready",
    "C: USER u",
    "C closes",
  ]]);
  const findings = await examined({
    address: `u@127.0.0.1:${server.port}`,
    flags: { tls: "off" },
    stepMs: 200,
  });
  assert.match(findings.get("login")?.found ?? "", /not done within 0.2 s/);
  assert.equal(failureOfSteps("examine", findings)?.exitCode, 3);
});

for (const moment of ["> STOR ", "< 150 Receiving", "> RETR "]) {
  Deno.test(`Ctrl-C at "${moment}" leaves nothing at the server`, async () => {
    await using server = await InProcessServer.start();
    const ctrlC = new AbortController();
    await assert.rejects(
      examined({
        address: addressOf(server),
        password: PASSWORD,
        flags: { tls: "off" },
        signal: ctrlC.signal,
        onFinding: (step, { outcome }) => step === "cleanup" && assert.equal(outcome, "works"),
        dialogue: (line) => line.startsWith(moment) && ctrlC.abort(),
      }),
      { kind: "aborted" },
    );
    assert.deepEqual(await Array.fromAsync(Deno.readDir(server.root)), []);
    const kept = await Array.fromAsync(Deno.readDir(`${server.home}/.ftp/uploads/${USER}`));
    assert.deepEqual(kept, []);
  });
}

Deno.test("Ctrl-C at the doctor's question for a password ends the round, as an interrupt", async () => {
  await using server = await InProcessServer.start();
  await using terminal = new TerminalProcess(["doctor", addressOf(server), "--insecure"]);
  await terminal.see(/Password for alice at /);
  await terminal.type("\x03");
  assert.equal(await terminal.end(), 130, terminal.shown);
  assert.doesNotMatch(terminal.shown, /FAILS|steps? fail/);
});
