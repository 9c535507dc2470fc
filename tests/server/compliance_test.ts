// What the server says it does, it does: the compliance page is of today, and FEAT lists what answers.

import assert from "node:assert/strict";
import { compliancePage, PAGE } from "../../.ci/compliance_page.ts";
import { commandTable } from "../../server/command_table.ts";
import { SqliteAccounts } from "../../server/accounts/sqlite_accounts.ts";
import { accountsFile } from "../../server/data_directory.ts";
import { ControlLine } from "../support/control_line.ts";
import { CONTENT, useFeature } from "../support/feature_uses.ts";
import { InProcessServer, PASSWORD, USER } from "../support/in_process_server.ts";

Deno.test("the compliance page says what the command table says", async () => {
  const page = await Deno.readTextFile(PAGE);
  assert.equal(page, compliancePage(commandTable().rows), "run deno task compliance");
});

Deno.test("every row says where it is from and what it does in a sentence", () => {
  for (const { verb, source, help, refusal, note } of commandTable().rows) {
    assert.match(source, /^(RFC \d|draft-[a-z]|in wide use$|ours$)/, verb);
    for (const sentence of [help, refusal, note].filter((each) => each !== undefined)) {
      assert.match(sentence, /^[A-Z\d].*\.$/, verb);
    }
  }
});

Deno.test("everything that FEAT lists does what it is for", async () => {
  await using server = await InProcessServer.start({
    settings: { registration: "open", registrationsPerHour: 1000 },
  });
  {
    using accounts = SqliteAccounts.open(accountsFile(server.home));
    await accounts.update(USER, { admin: true });
  }
  await Deno.writeTextFile(`${server.root}/file`, CONTENT);
  await Deno.mkdir(`${server.root}/a`);
  using line = await ControlLine.open(server.port);
  await line.say(`USER ${USER}`, 331);
  await line.say(`PASS ${PASSWORD}`, 230);
  const features = (await line.ask("FEAT")).split("\r\n").slice(1, -1);
  // None that hides from an administrator who may register.
  const offering = commandTable().rows.filter((row) => row.feature !== undefined);
  assert.equal(features.length, offering.length);
  for (const feature of features) await useFeature(feature.trim(), server);
});

Deno.test("everything that is refused says why, with its code, and HELP says so too", async () => {
  await using server = await InProcessServer.start();
  using line = await ControlLine.open(server.port);
  await line.say(`USER ${USER}`, 331);
  await line.say(`PASS ${PASSWORD}`, 230);
  for (const { verb, refusal } of commandTable().rows) {
    if (refusal === undefined) continue;
    const answer = await line.ask(`${verb} x`);
    assert.equal(answer.slice(4), refusal);
    assert.ok(["502", "533"].includes(answer.slice(0, 3)), answer);
    const help = await line.ask(`HELP ${verb}`);
    assert.ok(help.endsWith(`Not offered: ${refusal}`), help);
  }
});
