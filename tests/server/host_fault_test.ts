// Real errors of the host, and the faults they become.

import assert from "node:assert/strict";
import { asFaults, hostFault } from "../../server/storage/host_fault.ts";
import { hostFiles } from "../../server/storage/host_files.ts";
import { operatorPath } from "../../server/storage/jailed_path.ts";
import { Fault, type FaultKind } from "../../shared/fault.ts";
import { failsAs } from "../support/storage_steps.ts";
import { temporaryDirectory } from "../support/temporary_directory.ts";

Deno.test("what the host says becomes the kind a peer understands", async () => {
  await using top = await temporaryDirectory();
  const at = (name: string) => operatorPath(`${top.path}/${name}`);
  await Deno.mkdir(at("d/e"), { recursive: true });
  await Deno.writeTextFile(at("f"), "x");
  await Deno.symlink("loop", at("loop"));
  const cases: [FaultKind, () => unknown][] = [
    ["not-found", () => hostFiles.lstat(at("no"))],
    ["not-found", () => hostFiles.realPath(at("loop"))],
    ["not-found", () => hostFiles.openToRead(at("loop"))],
    ["not-a-directory", () => hostFiles.lstat(at("f/below"))],
    ["not-a-directory", () => hostFiles.removeDirectory(at("f"))],
    ["is-a-directory", () => hostFiles.rename(at("f"), at("d"))],
    ["exists", () => hostFiles.makeDirectory(at("d"))],
    ["exists", () => hostFiles.link(at("f"), at("d"))],
    ["exists", () => hostFiles.openToWrite(at("f"), "create")],
    ["not-empty", () => hostFiles.removeDirectory(at("d"))],
    ["bad-name", () => hostFiles.makeDirectory(at("n".repeat(256)))],
    [
      "unsupported",
      () => hostFiles.rename(at("f"), operatorPath("/dev/shm/ftp-test-other-device")),
    ],
    ["no-space", () => Deno.writeFileSync("/dev/full", new Uint8Array(9))],
  ];
  for (const [kind, work] of cases) {
    await failsAs(kind, asFaults("/virtual", () => void work()));
  }
});

Deno.test("a fault tells the virtual path and keeps the host's words for the log", () => {
  const cause = Object.assign(new Error("EIO: /host/path"), { code: "EIO" });
  const fault = hostFault(cause, "/f");
  assert.equal(fault.kind, "host-failure");
  assert.equal(fault.message, 'host-failure: "/f"');
  assert.equal(fault.cause, cause);
});

Deno.test("a fault stays what it is, a bug stays a bug", () => {
  const fault = new Fault("over-quota");
  assert.equal(hostFault(fault, "/f"), fault);
  const bug = new TypeError("undefined is not a function");
  assert.throws(() => hostFault(bug, "/f"), bug);
});
