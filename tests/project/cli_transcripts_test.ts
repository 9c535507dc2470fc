// Every transcript of the command line, played against the real program.

import { fileURLToPath } from "node:url";
import { join } from "node:path";
import { playTranscript } from "../support/cli_transcript.ts";

const DIRECTORY = fileURLToPath(new URL("../transcripts/cli", import.meta.url));

for (const { name } of Deno.readDirSync(DIRECTORY)) {
  if (!name.endsWith(".txt")) continue;
  Deno.test(`the program answers as tests/transcripts/cli/${name} shows`, async () => {
    await playTranscript(name, await Deno.readTextFile(join(DIRECTORY, name)));
  });
}
