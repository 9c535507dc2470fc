// Makes folders at the server: one, one that may be there, or all on the way.

import { Refused } from "../failure.ts";
import { attempt, type OperationContext, shown } from "./operation_context.ts";
import { folderPath, isFolderAt } from "./remote_names.ts";

/** Makes a folder that is not there yet. @throws CommandFailure */
export async function makeNewFolder(context: OperationContext, path: string): Promise<void> {
  await attempt(triedMaking(context, path), async () => {
    const client = await context.client();
    await client.createDirectory(folderPath(path), { signal: context.signal });
  });
  context.print({ made: path });
}

/** Makes a folder; one that is there already is fine. @throws CommandFailure */
export async function makeFolder(context: OperationContext, path: string): Promise<void> {
  await attempt(triedMaking(context, path), async () => {
    const client = await context.client();
    try {
      await client.createDirectory(folderPath(path), { signal: context.signal });
    } catch (error) {
      if (!(error instanceof Refused) || !await isFolderAt(context, path)) throw error;
    }
  });
}

/** Makes a folder and those on the way to it. @throws CommandFailure */
export async function makePath(context: OperationContext, path: string): Promise<void> {
  const names = folderPath(path).split("/");
  for (let count = 1; count <= names.length; count++) {
    const part = names.slice(0, count).join("/");
    if (part !== "") await makeFolder(context, part);
  }
  context.print({ made: path });
}

function triedMaking(context: OperationContext, path: string): string {
  return `make the folder ${shown(path)} at ${context.label}`;
}
