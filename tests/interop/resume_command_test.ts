// ftp resume against servers we did not write: they show an upload's part under its name, and most compute no digests.

import assert from "node:assert/strict";
import { join } from "node:path";
import { define as pending } from "../../client/commands/pending.ts";
import { define as resume } from "../../client/commands/resume.ts";
import { runInProcess } from "../support/command_in_process.ts";
import { digestTree, noise } from "../support/file_tree.ts";
import { killedCommand } from "../support/killed_command.ts";
import { PLAIN_PEERS } from "../support/peers/plain_peers.ts";
import { temporaryDirectory } from "../support/temporary_directory.ts";

const MIB = 1024 * 1024;

for (const [name, start] of PLAIN_PEERS) {
  Deno.test(`a part that a killed upload left there is carried on, whatever was to be skipped: ${name}`, async () => {
    await using server = await start();
    await using here = await temporaryDirectory();
    await using config = await temporaryDirectory();
    const env = {
      FTP_SERVER: `127.0.0.1:${server.port}`,
      FTP_USER: server.user,
      FTP_PASSWORD: server.password,
      XDG_CONFIG_HOME: config.path,
    };
    const tree = join(here.path, "tree");
    await Deno.mkdir(join(tree, "below"), { recursive: true });
    for (const file of ["a", "b", "below/c"]) {
      await Deno.writeFile(join(tree, file), noise(2 * MIB, file.length + file.charCodeAt(0)));
    }
    const remote = `${server.writable}tree`;
    const there = remote.startsWith(server.root) ? remote : join(server.root, remote);
    await killedCommand({
      args: ["put", "-r", "tree", "-t", remote, "--tls", "off", "--if-exists", "skip"],
      cwd: here.path,
      env,
      folder: server.root,
      atBytes: MIB,
      signal: "SIGKILL",
    });
    assert.notDeepEqual(await digestTree(there), await digestTree(tree));
    const { code, stdout, stderr } = await runInProcess({ define: resume }, [
      ...["resume", "--all", "--json", "-j", "2"],
    ], { env });
    assert.equal(code, 0, stderr);
    assert.match(stdout, /"resumed_from":[1-9]/, stdout);
    assert.deepEqual(await digestTree(there), await digestTree(tree));
    const left = await runInProcess({ define: pending }, ["pending"], { env });
    assert.equal(left.stderr, "nothing is unfinished\n");
  });
}
