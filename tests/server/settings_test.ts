// Settings: which source wins, how each kind reads, and what is said about a wrong one.

import assert from "node:assert/strict";
import fc from "fast-check";
import { parseSettingsFile } from "../../server/settings_file.ts";
import { mergeSettings, type SettingSources } from "../../server/settings_sources.ts";
import { settingRows, variableOf } from "../../server/settings_table.ts";
import { CommandFailure, ExitCode } from "../../shared/exit_code.ts";

const HOME = "/srv/ftp";

/** The settings of some sources; the file is given as its text. */
function merge(said: {
  readonly flags?: SettingSources["flags"];
  readonly env?: SettingSources["env"];
  readonly file?: string;
}) {
  return mergeSettings(HOME, {
    flags: said.flags ?? {},
    env: said.env ?? {},
    file: said.file === undefined ? undefined : { path: "/etc/ftp/ftp.ini", text: said.file },
    workingDirectory: "/here",
  });
}

/** What is said about wrong sources: the line, and the hint where there is one. */
function complaint(said: Parameters<typeof merge>[0]): string[] {
  try {
    merge(said);
  } catch (error) {
    assert.ok(error instanceof CommandFailure);
    assert.equal(error.exitCode, ExitCode.usage);
    return error.hint === undefined ? [error.message] : [error.message, error.hint];
  }
  throw new Error("nothing was wrong");
}

Deno.test("without any source every setting has its default", () => {
  const { workers, ...settings } = merge({});
  assert.ok(workers >= 1);
  assert.deepEqual(settings, {
    home: HOME,
    host: undefined,
    port: 2121,
    implicitPort: undefined,
    tls: "required",
    anonymous: "off",
    tlsReuse: "off",
    tlsEof: "strict",
    certificateFile: undefined,
    keyFile: undefined,
    passivePorts: undefined,
    publicAddresses: [],
    proxyFrom: [],
    maxSessions: 10_000,
    maxSessionsPerAddress: 100,
    maxStrangers: 1000,
    maxStrangersPerAddress: 100,
    listingLimit: 1_000_000,
    idleTimeoutMs: 300_000,
    loginTimeoutMs: 60_000,
    tlsHandshakeTimeoutMs: 15_000,
    dataConnectTimeoutMs: 30_000,
    registration: "off",
    registrationsPerHour: 20,
    defaultQuotaBytes: undefined,
    loginFailures: 10,
    banMs: 900_000,
    uploads: "atomic",
    symlinks: "inside",
    fallbackCharset: undefined,
    diskFloorBytes: 64 * 1024 * 1024,
    stallTimeoutMs: 120_000,
    log: "text",
    logFile: undefined,
    xferlogFile: undefined,
    metrics: undefined,
  });
});

Deno.test("a flag wins over the environment, that over the file, that over the default", () => {
  const file = "[server]\nport = 3\n";
  const env = { FTP_SERVE_PORT: "2" };
  assert.equal(merge({ file }).port, 3);
  assert.equal(merge({ file, env }).port, 2);
  assert.equal(merge({ file, env, flags: { port: "1" } }).port, 1);
});

Deno.test("a variable set to nothing says nothing", () => {
  assert.equal(merge({ file: "[server]\nport = 3", env: { FTP_SERVE_PORT: "" } }).port, 3);
});

Deno.test("every setting can be said by flag, environment and file, and they mean the same", () => {
  const texts: Record<string, string> = {
    "host": "::1",
    "port": "0",
    "tls": "optional",
    "tls-reuse": "require",
    "tls-eof": "lenient",
    "cert": "/etc/c.pem",
    "key": "/etc/k.pem",
    "passive-ports": "50000-50010",
    "public-address": "ftp.example.org, 10.0.0.0/8=10.0.0.1",
    "proxy-from": "10.0.0.0/8, ::1",
    "anonymous": "read",
    "uploads": "direct",
    "symlinks": "never",
    "fallback-charset": "gb2312",
    "registration": "open",
    "log": "json",
    "log-file": "/var/log/ftp.log",
    "xferlog": "/var/log/xferlog",
    "metrics": "[::1]:9100",
  };
  const both = (name: string) => name === "cert" ? { key: "/etc/k.pem" } : { cert: "/etc/c.pem" };
  for (const [key, { name }] of settingRows()) {
    const text = texts[name] ?? "7";
    const extra = name === "cert" || name === "key" ? both(name) : {};
    const results = [
      merge({ flags: { ...extra, [name]: text } }),
      merge({ flags: extra, env: { [variableOf(name)]: text } }),
      merge({ flags: extra, file: `[server]\n${name} = ${text}\n` }),
    ];
    for (const settings of results) assert.deepEqual(settings[key], results[0]?.[key], name);
    assert.notDeepEqual(results[0]?.[key], merge({})[key], name);
  }
});

Deno.test("a default is shown as it would be said", () => {
  for (const [, { name, grammar, standard, standardShown }] of settingRows()) {
    if (standard === undefined) assert.ok(standardShown, name);
    else {assert.deepEqual(
        grammar.parse(grammar.format(standard)),
        { ok: true, value: standard },
        name,
      );}
  }
});

Deno.test("durations are seconds unless they say otherwise, ports come as a range", () => {
  const { idleTimeoutMs, stallTimeoutMs, passivePorts } = merge({
    flags: { "idle-timeout": "90", "stall-timeout": "2m", "passive-ports": "50000-50010" },
  });
  assert.deepEqual([idleTimeoutMs, stallTimeoutMs], [90_000, 120_000]);
  assert.deepEqual(passivePorts, { first: 50_000, last: 50_010 });
});

Deno.test("a relative path starts where it was said: here, or beside the file", () => {
  assert.equal(merge({ flags: { "log-file": "a.log" } }).logFile, "/here/a.log");
  assert.equal(merge({ file: "[server]\nlog-file = a.log" }).logFile, "/etc/ftp/a.log");
  assert.equal(merge({ file: "[server]\nlog-file = /a.log" }).logFile, "/a.log");
});

Deno.test("a wrong value names the setting, its source and what is allowed", () => {
  const allowed = "a whole number from 0 to 65535 is allowed";
  assert.deepEqual(complaint({ flags: { port: "70000" } }), [
    `setting "port" from --port: "70000" is wrong: ${allowed}`,
  ]);
  assert.deepEqual(complaint({ env: { FTP_SERVE_PORT: "ftp" } }), [
    `setting "port" from FTP_SERVE_PORT: "ftp" is wrong: ${allowed}`,
  ]);
  assert.deepEqual(complaint({ file: "; mine\n[server]\n\nport = -1\n" }), [
    `setting "port" from /etc/ftp/ftp.ini line 4: "-1" is wrong: ${allowed}`,
  ]);
});

Deno.test("each kind of setting says what it allows", () => {
  const wrong: [string, string, RegExp][] = [
    ["tls", "maybe", /allowed are off, optional, required$/],
    ["idle-timeout", "0", /a duration from 1s to 1d is allowed/],
    ["idle-timeout", "soon", /like 300 \(seconds\), 5m or 1h$/],
    ["passive-ports", "50010-50000", /two ports from 1024 to 65535, the lower one first/],
    ["passive-ports", "80-90", /two ports from 1024/],
    ["implicit-port", "no", /a whole number from 0 to 65535 is allowed$/],
    ["public-address", "2001:db8::1", /an IPv4 address or a name is expected/],
    ["public-address", "10.0.0.1/8=10.0.0.1", /the bits behind the prefix/],
    ["public-address", "10.0.0.0/8=", /an IPv4 address or a name is expected/],
    ["public-address", "1.2.3.256", /an IPv4 address or a name is expected/],
    ["proxy-from", "10.0.0.1/8", /the bits behind the prefix of a network are zero$/],
    ["proxy-from", "lb.example", /expected an address or a network/],
    ["proxy-from", ",", /at least one is expected$/],
    ["host", "a b", /an IP address or a host name of this machine is allowed$/],
    ["workers", "0", /a whole number from 1 to 256 is allowed$/],
    ["log", "xml", /allowed are text, json$/],
    ["metrics", "9100", /an address and a port are allowed/],
    ["metrics", "::1:9100", /an address and a port are allowed/],
    ["metrics", "localhost:99999", /an address and a port are allowed/],
    ["log-file", "", /the path of a file is allowed$/],
  ];
  for (const [name, text, said] of wrong) {
    assert.match(complaint({ flags: { [name]: text } })[0] ?? "", said);
  }
});

Deno.test("an unknown key of the file is an error that suggests the nearest known one", () => {
  assert.deepEqual(complaint({ file: "[server]\nidle-timout = 3\n" }), [
    'setting "idle-timout" from /etc/ftp/ftp.ini line 2: no such setting',
    'did you mean "idle-timeout"?',
  ]);
  assert.deepEqual(complaint({ file: "[server]\nsomething-else = 3\n" }), [
    'setting "something-else" from /etc/ftp/ftp.ini line 2: no such setting',
    "ftp serve --help lists the settings",
  ]);
});

Deno.test("a key outside of the server's section is an error", () => {
  assert.match(complaint({ file: "port = 1\n" })[0] ?? "", /line 1: it stands before any section/);
  assert.match(
    complaint({ file: "[sever]\nport = 1\n" })[0] ?? "",
    /line 2: it is in section "sever": only "\[server\]" is known$/,
  );
});

Deno.test("a key that is there twice is an error at the second place", () => {
  assert.deepEqual(complaint({ file: "[server]\nport = 1\nport = 2\n" }), [
    'setting "port" from /etc/ftp/ftp.ini line 3: it was set before',
  ]);
});

Deno.test("a misspelt variable is an error, not a setting that does nothing", () => {
  assert.deepEqual(complaint({ env: { FTP_SERVE_PROT: "1" } }), [
    'environment variable "FTP_SERVE_PROT": no such setting',
    'did you mean "FTP_SERVE_PORT"?',
  ]);
  merge({ env: { FTP_SERVER: "ours", FTP_SERVE_HOME: "/x", FTP_SERVE_CONFIG: "/y" } });
});

Deno.test("a certificate without its key, or the reverse, is an error", () => {
  assert.deepEqual(complaint({ flags: { cert: "c.pem" } }), [
    'setting "cert" from --cert: it needs "key" as well',
  ]);
  assert.deepEqual(complaint({ env: { FTP_SERVE_KEY: "k.pem" } }), [
    'setting "key" from FTP_SERVE_KEY: it needs "cert" as well',
  ]);
});

Deno.test("a settings file is read with comments, quotes, spaces and either line end", () => {
  const text =
    '\uFEFF; comment\r\n[ server ] ; all of it\r\n# more\r\nhost = "::1"\r\n  port=21 ; mine\r\n';
  assert.deepEqual(parseSettingsFile(text), {
    ok: true,
    value: [
      { section: "server", key: "host", value: "::1", line: 4 },
      { section: "server", key: "port", value: "21", line: 5 },
    ],
  });
});

Deno.test("a line that is neither section nor key = value is told by its number", () => {
  assert.deepEqual(parseSettingsFile("[server]\nport 21\n"), {
    ok: false,
    why: "line 2: [section] or key = value was expected",
  });
});

Deno.test("no file makes the reader throw, forget a key, or pass over a line it cannot read", () => {
  const empty = fc.constantFrom("", "  ", "; a = 1", "# [b]", "[server]", " [a.b] ; so");
  const given = fc.constantFrom("a = true", "a[] = 1", "__proto__ = 1", " b=", 'c = "x', "d == ;");
  const broken = fc.constantFrom("= 1", "a", "[server", "[a] b", " =");
  const verdicts = { read: 0, refused: 0 };
  fc.assert(
    fc.property(fc.array(fc.oneof(empty, given, given, broken), { maxLength: 6 }), (lines) => {
      const read = parseSettingsFile(lines.join("\n"));
      const firstBroken = lines.findIndex((line) => /^(= 1|a|\[server|\[a\] b| =)$/.test(line));
      verdicts[read.ok ? "read" : "refused"]++;
      if (!read.ok) return assert.ok(read.why.startsWith(`line ${firstBroken + 1}: `), read.why);
      assert.equal(firstBroken, -1);
      const keyed = lines.flatMap((line, at) => /^\s*[^;#=]+=/.test(line) ? [at + 1] : []);
      assert.deepEqual(read.value.map(({ line }) => line), keyed);
      for (const setting of read.value) assert.equal(typeof setting.value, "string");
    }),
  );
  assert.ok(verdicts.read > 0 && verdicts.refused > 0);
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    const read = parseSettingsFile(text);
    assert.ok(read.ok ? read.value.every(({ key }) => key !== "") : read.why !== "");
  }));
  assert.deepEqual(parseSettingsFile("[server]\n__proto__ = 1\na[] = 2"), {
    ok: true,
    value: [
      { section: "server", key: "__proto__", value: "1", line: 2 },
      { section: "server", key: "a[]", value: "2", line: 3 },
    ],
  });
});
