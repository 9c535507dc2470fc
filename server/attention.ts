// Listening to a peer while a transfer runs.

import type { HeldRequests } from "./held_requests.ts";
import type { RequestReader } from "./request_reader.ts";

/** Who listens, and what becomes of what is heard. */
export interface Listener {
  readonly reader: RequestReader;
  /** Nothing is read while it is closed. */
  readonly held: HeldRequests;
  /** Takes one line from the reader: it runs now, or it is held. */
  hear(): Promise<void>;
  /** The peer is gone; `work` must end soon. */
  lose(): void;
}

/** Reads on until `work`, which never rejects, has ended; nothing that was read is lost. */
export async function listenDuring(work: Promise<void>, listener: Listener): Promise<void> {
  const { reader, held } = listener;
  let isOver = false;
  let wake = () => {};
  const ended = work.then(() => {
    isOver = true;
    wake();
  });
  reader.careful = true;
  while (!isOver) {
    // One promise a turn: a race with `work` itself would keep something for every line until its end.
    await new Promise<void>((resolve) => {
      wake = resolve;
      if (!held.isClosed) reader.ready().then(() => resolve(), () => resolve());
    });
    if (isOver) break;
    // Woken without a line: nobody is there any more to hear how the transfer ends.
    if (!reader.hasLine) {
      listener.lose();
      await ended;
    }
    while (!isOver && !held.isClosed && reader.hasLine) await listener.hear();
  }
  reader.careful = false;
}
