// Which directories a foreign user of this machine could put something else in the place of.

import assert from "node:assert/strict";
import { isFixed } from "../../server/storage/fixed_path.ts";
import { type HostFiles, hostFiles } from "../../server/storage/host_files.ts";
import { operatorPath } from "../../server/storage/jailed_path.ts";

const STRANGER = 54321;
const own = Deno.uid() ?? 0;

/** A path `/a/b/root` whose directories have these owners and modes, outermost first. */
function tree(...directories: readonly (readonly [owner: number, mode: number])[]) {
  const paths = ["/a/b/root", "/a/b", "/a", "/"] as const;
  const files: Pick<HostFiles, "lstat"> = {
    lstat(path) {
      const [owner, mode] =
        directories[paths.length - 1 - paths.findIndex((each) => each === path)] ?? [0, 0o755];
      return { ...hostFiles.lstat(operatorPath("/")), owner, mode };
    },
  };
  const [root, ...above] = paths;
  return isFixed([operatorPath(root), ...above.map(operatorPath)], files);
}

Deno.test("directories of root's and of the server's own user keep a path where it is", () => {
  assert.equal(tree([0, 0o755], [0, 0o755], [own, 0o700], [own, 0o755]), true);
});

Deno.test("who owns the root itself may do in it what he likes, and cannot move it", () => {
  assert.equal(tree([0, 0o755], [0, 0o755], [0, 0o755], [STRANGER, 0o777]), true);
});

Deno.test("a directory above the root that is somebody else's fixes nothing", () => {
  assert.equal(tree([0, 0o755], [STRANGER, 0o755], [0, 0o755], [0, 0o755]), false);
});

Deno.test("a directory above the root where a group or all may write fixes nothing", () => {
  assert.equal(tree([0, 0o755], [0, 0o775], [0, 0o755], [0, 0o755]), false);
  assert.equal(tree([0, 0o755], [0, 0o757], [0, 0o755], [0, 0o755]), false);
});

Deno.test("a sticky directory keeps what is ours in its place, and nothing of a stranger's", () => {
  assert.equal(tree([0, 0o755], [0, 0o1777], [own, 0o755], [own, 0o755]), true);
  assert.equal(tree([0, 0o755], [0, 0o1777], [STRANGER, 0o755], [own, 0o755]), false);
});
