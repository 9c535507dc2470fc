// A file a screen at a time, with nothing in it that steers the terminal.

import { displayWidth } from "../display_width.ts";
import type { Terminal } from "../terminal.ts";
import { textLines } from "../text_lines.ts";

/** Nobody reads on after this many bytes. */
const TEXT_LIMIT_BYTES = 1024 * 1024 * 1024;

/** Shows the text file at a host path; `q` and Ctrl-C end it. */
export async function showPages(
  path: string,
  name: string,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<void> {
  using file = await Deno.open(path, { read: true });
  let left = pageRows(terminal);
  for await (const lines of textLines(file, TEXT_LIMIT_BYTES)) {
    for (const line of lines) {
      const text = terminal.legible(line);
      const rows = Math.max(1, Math.ceil(displayWidth(text) / terminal.columns("stdout")));
      if (rows > left) {
        const key = await terminal.askKey(terminal.texts.paging.more(name), signal);
        if (["q", "Q", "\x03"].includes(key)) return;
        // Enter wants one line more, any other key a screen.
        left = /^[\r\n]/.test(key) ? rows : pageRows(terminal);
      }
      terminal.print(text);
      left -= rows;
    }
  }
}

/** One row is for the question. */
function pageRows(terminal: Terminal): number {
  return Math.max(1, terminal.rows - 1);
}
