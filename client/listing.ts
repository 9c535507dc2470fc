// A directory's entries, streamed: MLSD where there is such a thing, LIST elsewhere (RFC 3659, 7; RFC 959, 4.1.3).

import { boundedSource } from "./bounded_read.ts";
import type { ListOptions } from "./client.ts";
import { exchangeData } from "./data_exchange.ts";
import { Refused } from "./failure.ts";
import { Handover } from "./handover.ts";
import { type ListedLine, parseListLine, parseMachineLine } from "./listing_parser.ts";
import { meansUnknown, type Peer, useImageType } from "./peer.ts";
import type { RemoteEntry } from "./remote_entry.ts";
import { textLines } from "./text_lines.ts";
import { WrappedLines } from "./vms_listing.ts";

/** Batches of entries on their way to a slow consumer; then the network waits. */
const BATCHES_AHEAD = 4;

/**
 * Lists a directory. The data are read no faster than the entries are taken; a consumer that stops early
 * stops the transfer.
 *
 * @throws Refused, DataFailed, Broken, Fault `aborted`; only without any of these the listing is complete
 */
export async function* listDirectory(
  peer: Peer,
  path: string,
  options: ListOptions = {},
): AsyncGenerator<RemoteEntry, void, void> {
  await useImageType(peer, options.signal);
  const machine = peer.features.machineListings || !peer.features.asked;
  if (machine && !peer.unknownVerbs.has("MLSD")) {
    try {
      yield* listWith(peer, withPath("MLSD", path), { parse: parseMachineLine }, options);
      return;
    } catch (error) {
      if (!(error instanceof Refused) || !meansUnknown(error.reply)) throw error;
      peer.unknownVerbs.add("MLSD");
    }
  }
  const nowMs = Date.now();
  const form: ListingForm = {
    parse: (line) => parseListLine(line, nowMs),
    wrapped: new WrappedLines(),
  };
  yield* listWith(peer, withPath("LIST", path), form, options);
}

/** A path that starts with a hyphen would be taken for options of `ls`. */
function withPath(verb: string, path: string): string {
  if (path === "" || path === ".") return verb;
  return `${verb} ${path.startsWith("-") ? "./" : ""}${path}`;
}

/** How lines become entries. */
interface ListingForm {
  readonly parse: (line: string) => ListedLine;
  /** Puts lines together first, where one entry may take two. */
  readonly wrapped?: WrappedLines;
}

async function* listWith(
  peer: Peer,
  command: string,
  form: ListingForm,
  options: ListOptions,
): AsyncGenerator<RemoteEntry, void, void> {
  const stop = new AbortController();
  const signals = options.signal ? [options.signal] : [];
  const batches = new Handover<RemoteEntry[]>(BATCHES_AHEAD);
  const transfer = exchangeData(peer, {
    command,
    direction: "in",
    signal: AbortSignal.any([stop.signal, ...signals]),
    move: async (stream, stop) => {
      const { stalledMs, listingBytes } = peer.limits;
      for await (const lines of textLines(boundedSource(stream, stalledMs, stop), listingBytes)) {
        const { wrapped } = form;
        const complete = wrapped ? lines.flatMap((line) => wrapped.take(line)) : lines;
        await batches.put(entriesOf(complete, form, options));
      }
      await batches.put(entriesOf(form.wrapped?.rest() ?? [], form, options));
    },
  }).then(() => batches.end(), (error) => batches.fail(error));
  try {
    for await (const batch of batches) yield* batch;
  } finally {
    // Nothing happens here after a listing that was read to its end.
    stop.abort();
    batches.end();
    await transfer;
  }
}

function entriesOf(
  lines: readonly string[],
  { parse }: ListingForm,
  options: ListOptions,
): RemoteEntry[] {
  const entries: RemoteEntry[] = [];
  for (const line of lines) {
    const listed = parse(line);
    if (listed.kind === "entry") entries.push(listed.entry);
    else if (listed.kind === "unknown") options.onUnknownLine?.(line);
  }
  return entries;
}
