// Networks written as people write them, in settings that tests give.

import assert from "node:assert/strict";
import { type Network, parseNetwork } from "../../server/network.ts";

/** The networks of texts that are such. */
export function networks(...texts: string[]): Network[] {
  return texts.map((text) => {
    const read = parseNetwork(text);
    assert.ok(read.ok, text);
    return read.value;
  });
}
