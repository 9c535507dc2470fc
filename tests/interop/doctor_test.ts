// ftp doctor at servers we did not write: every step is judged, and nothing stays behind.

import assert from "node:assert/strict";
import type { StepName } from "../../client/doctor/finding.ts";
import { examined, outcomes } from "../support/examined.ts";
import type { Peer } from "../support/peers/peer_process.ts";
import { startProftpd } from "../support/peers/proftpd.ts";
import { startPureFtpd } from "../support/peers/pure_ftpd.ts";
import { startPyftpdlib } from "../support/peers/pyftpdlib.ts";
import { startVsftpd } from "../support/peers/vsftpd.ts";
import { runFtp } from "../support/program.ts";

interface Case {
  readonly name: string;
  readonly tls: "off" | "required" | "implicit";
  readonly start: () => Promise<Peer>;
}

const CASES: readonly Case[] = [
  { name: "vsftpd", tls: "off", start: () => startVsftpd() },
  {
    name: "vsftpd that demands the TLS session",
    tls: "required",
    start: () => startVsftpd({ tls: true, requireSessionReuse: true }),
  },
  { name: "pyftpdlib", tls: "off", start: () => startPyftpdlib() },
  { name: "pyftpdlib with TLS", tls: "required", start: () => startPyftpdlib({ tls: true }) },
  {
    name: "ProFTPD with implicit TLS",
    tls: "implicit",
    start: () => startProftpd({ implicitTls: true }),
  },
  { name: "ProFTPD over IPv6", tls: "off", start: () => startProftpd({ address: "::1" }) },
  { name: "Pure-FTPd with TLS", tls: "required", start: () => startPureFtpd({ tls: true }) },
];

for (const { name, tls, start } of CASES) {
  Deno.test(`the doctor finds what works at ${name}, and leaves nothing there`, async () => {
    await using peer = await start();
    const isIpv6 = peer.address === "::1";
    const host = isIpv6 ? "[::1]" : "127.0.0.1";
    const findings = await examined({
      address: `ftp://${peer.user}@${host}:${peer.port}/${peer.writable}`,
      password: peer.password,
      flags: { tls, insecure: true },
    });
    const told = (step: StepName) => findings.get(step)?.outcome;
    const working = ["tcp", "greeting", "login", "listing", "upload", "download", "clock"] as const;
    for (const step of [...working, "resume", "cleanup"] as const) {
      assert.equal(told(step), "works", `${step}: ${findings.get(step)?.found}`);
    }
    assert.equal(told(isIpv6 ? "passive-ipv6" : "passive-ipv4"), "works");
    assert.equal(told(isIpv6 ? "passive-ipv4" : "passive-ipv6"), "skipped");
    // None of them computes digests; the certificates of the tests are good for two days.
    assert.deepEqual([told("verification"), told("features")], ["limited", "limited"]);
    assert.equal(told("tls"), tls === "off" ? "skipped" : "limited");
    const names = await Array.fromAsync(Deno.readDir(`${peer.root}/files`), (entry) => entry.name);
    assert.deepEqual(names, []);
  });
}

Deno.test("the doctor is content with ProFTPD's demand for the TLS session", async () => {
  await using peer = await startProftpd({ tls: true });
  // A process of its own: the runtime keeps the sessions of all servers at one address together.
  const { code, stdout, stderr } = await runFtp(
    ["doctor", `ftp://user@127.0.0.1:${peer.port}/${peer.writable}`, "--insecure", "--json"],
    { env: { FTP_PASSWORD: peer.password } },
  );
  assert.equal(code, 0, stderr);
  const steps = stdout.trim().split("\n").map((line) => JSON.parse(line));
  assert.deepEqual(steps.map(({ step, outcome }) => `${step} ${outcome}`), [
    "name skipped",
    "tcp works",
    "greeting works",
    "tls limited",
    "login works",
    "features limited",
    "passive-ipv4 works",
    "passive-ipv6 skipped",
    "listing works",
    "upload works",
    "download works",
    "clock works",
    "resume works",
    "verification limited",
    "cleanup works",
  ]);
});

Deno.test("where nothing may be uploaded a file that is there stands in, and no step fails", async () => {
  await using peer = await startVsftpd();
  await Deno.writeTextFile(`${peer.root}/hello.txt`, "hello, world");
  const findings = await examined({
    address: `ftp://${peer.user}@127.0.0.1:${peer.port}//`,
    password: peer.password,
    flags: { tls: "off" },
  });
  assert.deepEqual(
    outcomes(findings, "name", "tcp", "greeting", "tls", "login", "features", "passive-ipv6"),
    [
      "passive-ipv4 works",
      "listing works",
      "upload skipped",
      "download works",
      "clock skipped",
      "resume works",
      "verification limited",
    ],
  );
  assert.match(findings.get("upload")?.found ?? "", /553 Could not create file/);
});
