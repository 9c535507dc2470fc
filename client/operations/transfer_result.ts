// What a finished transfer is told as: an object for scripts, a line for people.

import { approximateRate, approximateSize } from "../../shared/units.ts";
import type { Proof, TransferResult } from "../client.ts";
import type { Texts } from "../texts/english.ts";
import type { OperationContext } from "./operation_context.ts";

/** For less than this the rate is that of the dialogue around it. */
const RATE_TOLD_FROM_BYTES = 64 * 1024;

/** Which file went where. */
export interface TransferredFile {
  readonly command: "get" | "put";
  /** The path at the server. */
  readonly remote: string;
  /** Host path, or `-`. */
  readonly local: string;
}

/** Tells a transfer that is complete. */
export function tellResult(
  context: OperationContext,
  file: TransferredFile,
  result: TransferResult,
): void {
  const { size, movedBytes, resumedFrom, verified, digest, elapsedMs } = result;
  const texts = context.terminal.texts;
  const wasThere = size > 0 && resumedFrom === size;
  tell(
    context,
    {
      ...file,
      outcome: wasThere ? "same" : "done",
      server: context.label,
      size,
      moved: movedBytes,
      resumed_from: resumedFrom,
      verified,
      digest: digest?.hex ?? null,
      elapsed_ms: Math.round(elapsedMs),
    },
    [
      `${file.command} ${file.remote}: ${sizeIn(texts, size)}`,
      ...(wasThere ? [texts.transfers.wasThere] : []),
      ...(resumedFrom > 0 && !wasThere
        ? [texts.transfers.carriedOn(sizeIn(texts, resumedFrom))]
        : []),
      ...(movedBytes >= RATE_TOLD_FROM_BYTES && elapsedMs > 0
        ? [approximateRate(movedBytes / (elapsedMs / 1000))]
        : []),
      proofText(verified, texts.transfers),
    ].join(texts.comma),
  );
}

/** Tells that a file was left as it is. */
export function tellSkipped(context: OperationContext, file: TransferredFile): void {
  const name = file.command === "get" ? file.local : file.remote;
  tell(
    context,
    { ...file, outcome: "skipped", server: context.label },
    context.terminal.texts.transfers.skipped(file.command, name),
  );
}

function tell(
  context: OperationContext,
  record: Parameters<OperationContext["print"]>[0],
  line: string,
): void {
  // Not on standard output, which is the file's own place with `-o -`.
  if (context.json) context.print(record);
  else context.terminal.note(line);
}

/** A size for people: `12 bytes`, `1.5M`. */
export function sizeIn({ existing: { bytes } }: Texts, count: number): string {
  return count < 1024 ? bytes(count) : approximateSize(count);
}

function proofText(verified: Proof, texts: Texts["transfers"]): string {
  switch (verified) {
    case "nothing":
      return texts.notVerified;
    case "size":
      return texts.onlySize;
    default:
      return texts.verified(verified);
  }
}
