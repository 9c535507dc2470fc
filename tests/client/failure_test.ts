// Every failure has the exit code that the command line promises.

import assert from "node:assert/strict";
import {
  AlreadyThere,
  Broken,
  ContentDiffers,
  DataFailed,
  exitCodeOf,
  isTransient,
  LoginRefused,
  NotTrusted,
  Refused,
  Unprotected,
  Unproven,
} from "../../client/failure.ts";
import { ExitCode } from "../../shared/exit_code.ts";
import { Fault } from "../../shared/fault.ts";
import { reply } from "../../shared/reply.ts";

const refused = (code: number, text = "no") => new Refused("RETR a", reply(code, text));
const certificate = {
  fingerprint: "sha256:00",
  name: "",
  issuer: "",
  expiresMs: undefined,
  signedForHost: false,
};
const noSpace = Object.assign(new Error("write"), { code: "ENOSPC" });

const CODES: readonly [title: string, error: unknown, code: ExitCode][] = [
  ["550", refused(550, "No such file or directory."), ExitCode.notThere],
  ["550 of a permission", refused(550, "Permission denied."), ExitCode.notAllowed],
  ["550 of our own", refused(550, "This account may only read."), ExitCode.notAllowed],
  ["550 of a name that is taken", refused(550, "a: File exists."), ExitCode.failed],
  ["550 of a folder with content", refused(550, "Directory not empty"), ExitCode.failed],
  ["553", refused(553), ExitCode.notAllowed],
  ["552", refused(552), ExitCode.noSpace],
  ["452", refused(452), ExitCode.noSpace],
  ["426", refused(426), ExitCode.noConnection],
  ["530", refused(530), ExitCode.loginRefused],
  ["another reply", refused(504), ExitCode.failed],
  ["a lost connection", new Broken("lost", "gone"), ExitCode.noConnection],
  ["a cut data connection", new DataFailed("cut", "RETR a"), ExitCode.noConnection],
  ["a refused login", new LoginRefused("u", reply(530, "no")), ExitCode.loginRefused],
  ["a certificate", new NotTrusted("unknown", certificate), ExitCode.notTrusted],
  ["no TLS", new Unprotected("tls-not-offered"), ExitCode.notTrusted],
  ["other content", new ContentDiffers("a", "size", "1", "2"), ExitCode.contentDiffers],
  ["another file", new AlreadyThere("local", "a", "different"), ExitCode.contentDiffers],
  ["no proof", new Unproven("a"), ExitCode.contentDiffers],
  ["an interruption", new Fault("aborted"), ExitCode.interrupted],
  ["a local file", new Deno.errors.NotFound("a"), ExitCode.notThere],
  ["a local permission", new Deno.errors.PermissionDenied("a"), ExitCode.notAllowed],
  ["a full local disk", noSpace, ExitCode.noSpace],
  ["a mistake of ours", new TypeError("x"), ExitCode.failed],
];

for (const [title, error, code] of CODES) {
  Deno.test(`the exit code of a failure: ${title}`, () => {
    assert.equal(exitCodeOf(error), code);
  });
}

Deno.test("only what may pass by itself is worth another try", () => {
  const worth = [
    new Broken("lost", "gone"),
    new Broken("timed-out", "silent"),
    new DataFailed("cut", "RETR a"),
    refused(426),
    refused(450),
  ];
  const pointless = [
    new Broken("protocol", "nonsense"),
    new DataFailed("tls", "RETR a"),
    refused(452),
    refused(550),
    new ContentDiffers("a", "size", "1", "2"),
    new Fault("aborted"),
  ];
  assert.deepEqual(worth.map(isTransient), worth.map(() => true));
  assert.deepEqual(pointless.map(isTransient), pointless.map(() => false));
});
