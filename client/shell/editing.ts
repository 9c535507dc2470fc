// A file of the server in the person's editor: fetched, edited, sent back when it is another one afterwards.

import { ifThere } from "../../shared/if_there.ts";
import { isSameContent } from "../bytes_in_memory.ts";
import { temporaryFolder } from "../operations/copying.ts";
import { putFile } from "../operations/file_transfer.ts";
import { localChild } from "../operations/local_files.ts";
import { attempt, shown } from "../operations/operation_context.ts";
import { entryAt } from "../operations/remote_names.ts";
import { remoteName } from "../remote.ts";
import type { ShellState } from "./shell_command.ts";

/** Edits a file, or makes it. What the editor left stays here when it cannot be sent. @throws CommandFailure */
export async function editRemote(path: string, state: ShellState): Promise<void> {
  const { context, policy, programs, terminal } = state;
  const { signal } = context;
  const folder = await temporaryFolder();
  const copy = localChild(folder.path, remoteName(path));
  if (await entryAt(context, path) !== undefined) {
    await attempt(`edit ${shown(path)} at ${context.label}`, async () => {
      const client = await context.client();
      return await client.download(path, { path: copy }, { ...policy.options, signal });
    });
  }
  const before = await ifThere(() => Deno.readFile(copy));
  // EDITOR may hold arguments: `code --wait`.
  await state.runProgram([...programs.editor.split(/\s+/), copy]);
  const after = await ifThere(() => Deno.readFile(copy));
  if (after === undefined || (before !== undefined && isSameContent(before, after))) {
    terminal.note(terminal.texts.program.notChanged(path));
  } else {
    await putFile(context, copy, path, { ...policy, ifExists: "overwrite" }).catch((error) => {
      // What was typed must not be lost with the connection.
      terminal.tell(copy);
      throw error;
    });
  }
  await folder[Symbol.asyncDispose]();
}
