// What no session may reach: a folder beside HOME to which links of the account lead.

import { join } from "node:path";
import { temporaryDirectory } from "../support/temporary_directory.ts";

/** Nobody may ever receive these bytes. */
export const SECRET = "no session may read this line";

/** The folder, and whether it is as it was. */
export interface Outside extends AsyncDisposable {
  /** Everything in it: names, contents, times. */
  state(): string;
}

/** Makes it, and the links to it in the account's root, beside files of the account's own. */
export async function prepareOutside(root: string): Promise<Outside> {
  const directory = await temporaryDirectory();
  const { path } = directory;
  Deno.writeTextFileSync(join(path, "secret"), SECRET);
  Deno.mkdirSync(join(path, "empty"));
  Deno.symlinkSync(path, join(root, "out"));
  Deno.symlinkSync(join(path, "secret"), join(root, "file-out"));
  Deno.symlinkSync("loop", join(root, "loop"));
  Deno.mkdirSync(join(root, "folder"));
  Deno.writeTextFileSync(join(root, "file"), "of the account's own\n");
  return {
    state: () =>
      [...Deno.readDirSync(path)].map(({ name }) => {
        const { mtime, size, mode } = Deno.lstatSync(join(path, name));
        return `${name} ${size} ${mode} ${mtime?.getTime()}`;
      }).toSorted().concat(Deno.readTextFileSync(join(path, "secret"))).join("\n"),
    [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose](),
  };
}
