// What no session may reach: all around HOME, what is HOME's own, and a folder to which links of the account lead.

import { join } from "node:path";
import { temporaryDirectory } from "../support/temporary_directory.ts";

/** Nobody may ever receive these bytes. */
export const SECRET = "no session may read this line";

/** What sessions are let near. */
export interface Inside {
  /** HOME's parent, with nothing in it but HOME. */
  readonly parent: string;
  /** The data directory. */
  readonly home: string;
  /** The account's files. */
  readonly root: string;
  /** Names of HOME that change rightly: of accounts, and what the server keeps. */
  readonly isLetIn: (name: string) => boolean;
}

/** What is outside, and whether it is as it was. */
export interface Outside extends AsyncDisposable {
  /** Everything in it: names, contents, times. */
  state(): string;
}

/** Makes the folder, and the links to it in the account's root, beside files of the account's own. */
export async function prepareOutside(inside: Inside): Promise<Outside> {
  const { parent, home, root, isLetIn } = inside;
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
      [
        ...described(path, () => true),
        Deno.readTextFileSync(join(path, "secret")),
        // The time of HOME changes with every name in it.
        ...[...Deno.readDirSync(parent)].map(({ name }) => join(parent, name)).toSorted(),
        ...described(home, (name) => !isLetIn(name)),
      ].join("\n"),
    [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose](),
  };
}

/** A line for each entry of a folder that counts. */
function described(folder: string, counts: (name: string) => boolean): readonly string[] {
  const names = [...Deno.readDirSync(folder)].map(({ name }) => name).filter(counts);
  return names.toSorted().map((name) => {
    const path = join(folder, name);
    const { mtime, size, mode } = Deno.lstatSync(path);
    return `${path} ${size} ${mode} ${mtime?.getTime()}`;
  });
}
