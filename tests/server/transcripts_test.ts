// Every transcript of tests/transcripts/server, played against a server of its own.

import { InProcessServer } from "../support/in_process_server.ts";
import { parseTranscript } from "../support/transcript.ts";
import { play } from "../support/transcript_player.ts";

const DIRECTORY = new URL("../transcripts/server/", import.meta.url);

const files = [...Deno.readDirSync(DIRECTORY)].map((entry) => entry.name).toSorted();
for (const file of files) {
  const transcript = parseTranscript(Deno.readTextFileSync(new URL(file, DIRECTORY)));
  Deno.test(`${file}: ${transcript.name}`, async () => {
    await using server = await InProcessServer.start({ settings: transcript.settings });
    await play(transcript, server);
  });
}
