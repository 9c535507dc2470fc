// Which server, port and protection a REMOTE leads to, from flags, address and environment.

import assert from "node:assert/strict";
import type { Address } from "../../client/address.ts";
import { parseAddress } from "../../client/address.ts";
import type { ConnectionFlags } from "../../client/connection_flags.ts";
import { destinationOf, type Environment } from "../../client/destination.ts";
import { CommandFailure, ExitCode } from "../../shared/exit_code.ts";

interface Row {
  readonly remote: string;
  readonly flags?: Partial<ConnectionFlags>;
  readonly env?: Environment;
  /** `host port tls path`, or what the failure says. */
  readonly leads: string | RegExp;
}

function address(text: string): Address {
  const answer = parseAddress(text);
  assert.ok(answer.ok);
  return answer.value;
}

const ROWS: readonly Row[] = [
  { remote: "ftp://h/a", leads: "h 21 auto a" },
  { remote: "ftpes://h/a", leads: "h 21 required a" },
  { remote: "ftps://h/a", leads: "h 990 implicit a" },
  { remote: "ftps://h:2990/a", leads: "h 2990 implicit a" },
  { remote: "ftp://h:5/a", flags: { port: 6 }, leads: "h 6 auto a" },
  { remote: "ftp://h/a", flags: { tls: "implicit" }, leads: "h 990 implicit a" },
  { remote: "ftp://h/a", flags: { tls: "off" }, env: { FTP_TLS: "required" }, leads: "h 21 off a" },
  { remote: "ftp://h/a", env: { FTP_TLS: "required" }, leads: "h 21 required a" },
  { remote: "ftpes://h/a", env: { FTP_TLS: "off" }, leads: "h 21 required a" },
  { remote: "ftpes://h/a", flags: { tls: "off" }, leads: /ftpes:\/\/ in the address means/ },
  { remote: "ftpes://h/a", flags: { tls: "implicit" }, leads: /means --tls required/ },
  { remote: "ftps://h/a", flags: { tls: "off" }, leads: /means --tls implicit/ },
  { remote: "ftps://h/a", flags: { tls: "required" }, leads: "h 990 implicit a" },
  { remote: "a", flags: { server: address("h:5") }, leads: "h 5 auto a" },
  { remote: "a", flags: { host: address("h") }, leads: "h 21 auto a" },
  { remote: "a", env: { FTP_SERVER: "h:5" }, leads: "h 5 auto a" },
  { remote: "a", flags: { server: address("f") }, env: { FTP_SERVER: "e" }, leads: "f 21 auto a" },
  { remote: "ftp://u/a", flags: { server: address("f") }, leads: "u 21 auto a" },
  { remote: "a", flags: { server: address("h/dir") }, leads: "h 21 auto dir/a" },
  { remote: "/a", flags: { server: address("h/dir") }, leads: "h 21 auto /a" },
  { remote: "", flags: { server: address("ftps://h//dir") }, leads: "h 990 implicit /dir" },
  { remote: "a:b", flags: { server: address("h") }, leads: "h 21 auto a:b" },
  { remote: "a", leads: /no server is named/ },
  { remote: "a", env: { FTP_SERVER: "" }, leads: /no server is named/ },
  { remote: "a", env: { FTP_SERVER: "h:0" }, leads: /FTP_SERVER "h:0": a port/ },
  { remote: "ftp://h/a", env: { FTP_TLS: "on" }, leads: /FTP_TLS "on": it is one of/ },
];

Deno.test("a site's name stands for its address, and what it says of the way there counts before the environment", () => {
  const own = { pin: undefined, ca: undefined, active: false };
  const sites = new Map([
    ["work", { ...own, name: "work", address: address("ann@h:5/dir"), tls: "required" as const }],
  ]);
  const lead = (remote: string, flags: Partial<ConnectionFlags> = {}, env: Environment = {}) => {
    const found = destinationOf(remote, { color: true, ...flags }, env, sites);
    const { host, port, tls, path, address: { user } } = found;
    return `${user ?? "-"} ${host} ${port} ${tls} ${path}`;
  };
  assert.equal(lead("work:a"), "- h 5 required dir/a");
  assert.equal(lead("WORK:/a", {}, { FTP_TLS: "off" }), "- h 5 required /a");
  assert.equal(lead("a", { server: address("work") }), "- h 5 required dir/a");
  assert.equal(lead("a", { server: address("bob@work/x") }), "bob h 5 required dir/x/a");
  assert.equal(lead("a", { tls: "off" }, { FTP_SERVER: "work" }), "- h 5 off dir/a");
  assert.equal(lead("a", { server: address("work:21") }), "- work 21 auto a");
  assert.equal(lead("ftp://work/a"), "- work 21 auto a");
  assert.equal(lead("other:a", { server: address("g") }), "- g 21 auto other:a");
});

for (const { remote, flags = {}, env = {}, leads } of ROWS) {
  const given = Deno.inspect({ ...flags, ...env }, { compact: true, breakLength: Infinity });
  Deno.test(`"${remote}" with ${given} leads to ${leads}`, () => {
    const find = () => destinationOf(remote, { color: true, ...flags }, env);
    if (leads instanceof RegExp) {
      assert.throws(find, (error) => {
        assert.ok(error instanceof CommandFailure);
        assert.equal(error.exitCode, ExitCode.usage);
        assert.match(error.message, leads);
        return true;
      });
    } else {
      const { host, port, tls, path } = find();
      assert.equal(`${host} ${port} ${tls} ${path}`, leads);
    }
  });
}
