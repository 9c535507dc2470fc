// How the shell looks: colours and columns, none of them where they are not wanted, narrow terminals, other languages.

import assert from "node:assert/strict";
import { Person } from "../support/shell_at_terminal.ts";

Deno.test("ls is coloured and in columns that wide names keep straight, and follows the terminal's width", async () => {
  await using person = await Person.arrive({
    remote: {
      "folder": null,
      "报告.txt": "1",
      "a-name-that-is-long.txt": "22",
      "z": "",
      ".dot": "",
    },
  });
  await Deno.chmod(`${person.server.root}/z`, 0o755);
  await using terminal = person.shell([], {}, 60);
  await terminal.see(/:\/> $/);
  await terminal.type("ls\r");
  await terminal.see(/:\/> $/);
  // deno-lint-ignore no-control-regex -- colours are what is looked for
  assert.match(terminal.shown, /\x1b\[1;34mfolder\x1b\[0m/);
  // deno-lint-ignore no-control-regex -- as above
  assert.match(terminal.shown, /\x1b\[32mz\x1b\[0m/);
  // Two names a line of 60 columns, read downwards; the second column starts below the first one's.
  assert.match(
    terminal.text,
    /\na-name-that-is-long\.txt {2}z\r\nfolder {19}报告\.txt\r\n/,
    terminal.text,
  );
  await terminal.type("ls -la --json\r");
  await terminal.see(/\{"path":"\.dot","name":"\.dot","type":"file","size":0,[^]*:\/> $/);

  await terminal.type("mkdir a-folder-with-a-rather-long-name-indeed\r");
  await terminal.see(/indeed[^]*:\/> $/);
  await terminal.type("cd a-folder-with-a-rather-long-name-indeed\r");
  await terminal.see(/\/a-folder\S*indeed> $|\/a-\S*\.\.\S*> $/);
  const from = terminal.text.length;
  terminal.narrow();
  // The line that is being edited is drawn anew.
  await terminal.see(/ftp \S+> $/);
  await terminal.type("cd\r");
  await terminal.see(/:\/> $/);
  await terminal.type("ls\r");
  await terminal.see(/\nz\r\n[^]*:\/> $/);
  const [, names = ""] = /ls\s+([^]*?)ftp /.exec(terminal.text.slice(from)) ?? [];
  assert.match(names, /a-name-that-is-long/);
  assert.ok(names.trim().split(/\r?\n/).every((line) => line.length <= 50), names);
  await terminal.type("quit\r");
  assert.equal(await terminal.end(), 0, terminal.shown);
});

Deno.test("a dumb terminal and NO_COLOR get plain text, and the shell works there", async () => {
  await using person = await Person.arrive({ remote: { folder: null, f: "hello\n" } });
  {
    await using terminal = person.shell([], { TERM: "dumb" });
    await terminal.see(/> $/);
    await terminal.type("ls\r");
    await terminal.see(/f +folder\/\r\n[^]*> $/);
    await terminal.type("half\x03");
    await terminal.see(/> $/);
    await terminal.type("cat f\r");
    await terminal.see(/\nhello\r\n[^]*> $/);
    await terminal.type("quit\r");
    assert.equal(await terminal.end(), 0, terminal.shown);
    // What deno itself writes before our first byte is not ours.
    const from = terminal.shown.indexOf("alice at");
    assert.ok(from >= 0, terminal.shown);
    const ours = terminal.shown.slice(from);
    // deno-lint-ignore no-control-regex -- no escape sequence may be there
    assert.doesNotMatch(ours, /\x1b/);
  }
  await using terminal = person.shell([], { NO_COLOR: "1" });
  await terminal.see(/:\/> $/);
  await terminal.type("ls\rquit\r");
  assert.equal(await terminal.end(), 0, terminal.shown);
  assert.match(terminal.text, /f +folder\//);
  // deno-lint-ignore no-control-regex -- colours are what is looked for
  assert.doesNotMatch(terminal.shown, /\x1b\[\d*(?:;\d+)*m/);
});

Deno.test("a Chinese locale is answered in Chinese", async () => {
  await using person = await Person.arrive({ remote: { f: "1" }, local: { f: "22" } });
  await using terminal = person.shell([], { LC_ALL: "zh_CN.UTF-8" });
  await terminal.see(/alice 已登录 .*“help”列出命令/);
  await terminal.see(/:\/> $/);
  await terminal.type("help get\r");
  await terminal.see(/下载文件；-r 连同目录中的全部内容[^]*例如：get \*\.jpg[^]*> $/);
  await terminal.type("gett f\r");
  await terminal.see(/没有这个命令\s+hint: 是不是“get”？[^]*> $/);
  await terminal.type("get f\r");
  await terminal.see(/f”已经存在：现有 2 字节，新的 1 字节；是另一个文件\s+覆盖\[o\]/);
  await terminal.type("o\r");
  await terminal.see(/get f: 1 字节，SHA-256 已校验[^]*> $/);
  await terminal.type("stat f; quota\r");
  await terminal.see(/路径: +f\s+类型: +文件\s+大小: +1 \(1\)[^]*没有配额[^]*> $/);
  // Programs read English, whoever runs them.
  await terminal.type("show limit --json; status --json\r");
  await terminal.see(/\{"limit":"off"\}\s+\{"server":.*"data":"encrypted"[^]*> $/);
  await terminal.type("put none\r");
  await terminal.see(/ftp: 上传 ".*none" 到 .*: 本机没有这个文件[^]*> $/);
  await terminal.type("quit\r");
  assert.equal(await terminal.end(), 0, terminal.shown);
});
