// The live screen of `ftp top`: drawn again and again, until a key or Ctrl-C ends it.

import type { CommandWorld } from "../shared/command_line.ts";
import { CommandFailure, ExitCode } from "../shared/exit_code.ts";
import type { PresenceSource } from "../shared/presence.ts";
import { presenceScreen } from "./presence_table.ts";
import { textsFor } from "./texts/texts.ts";

/** How it is shown. */
export interface ScreenOptions {
  /** What is looked at, for the first line. */
  readonly about: string;
  readonly periodMs: number;
  /** Whether it is shown once and stays. */
  readonly once?: true | undefined;
}

/** A screen of its own, its cursor hidden; and back to what was there before. */
const ENTER = "\x1b[?1049h\x1b[?25l";
const LEAVE = "\x1b[?25h\x1b[?1049l";
const HOME = "\x1b[H";
const CLEAR_LINE = "\x1b[K";
const CLEAR_REST = "\x1b[J";

const KEYS = { ctrlC: 3, ctrlD: 4, q: 113 };
/** Without a terminal nobody knows how much fits. */
const UNKNOWN_ROWS = 1000;

/** Shows the screen until `q` or Ctrl-C. @throws CommandFailure as the source does */
export async function watchPresence(
  source: PresenceSource,
  world: CommandWorld,
  { about, periodMs, once }: ScreenOptions,
): Promise<void> {
  const { stdout, stdin } = world;
  const screen = async () =>
    presenceScreen(await source.look(), {
      nowMs: Date.now(),
      columns: stdout.columns ?? UNKNOWN_ROWS,
      rows: stdout.rows ?? UNKNOWN_ROWS,
      about,
      texts: textsFor(world.env).presence,
    });
  if (once) return stdout.print((await screen()).map((line) => `${line}\n`).join(""));
  if (!stdout.isTerminal || !stdin.isTerminal) {
    throw new CommandFailure(ExitCode.usage, "top", "there is no terminal to draw on", {
      hint: "--once prints it once, ftp who --json is for scripts",
    });
  }
  using keys = new Keys(world);
  stdout.print(ENTER);
  try {
    while (!keys.isOver) {
      const lines = await screen();
      const text = lines.map((line) => `${line}${CLEAR_LINE}`).join("\r\n");
      stdout.print(`${HOME}${text}${CLEAR_REST}`);
      await keys.wait(periodMs);
    }
  } finally {
    stdout.print(LEAVE);
  }
}

/** The keyboard, raw: what ends the screen, while it waits for the next look. */
class Keys implements Disposable {
  readonly #world: CommandWorld;
  readonly #taken: Disposable;
  readonly #over = Promise.withResolvers<void>();
  isOver = false;

  constructor(world: CommandWorld) {
    this.#world = world;
    this.#taken = world.stdin.takeKeys("keys");
    world.interrupt.addEventListener("abort", () => this.#end(), { once: true });
    if (world.interrupt.aborted) this.#end();
    this.#listen();
  }

  /** Waits, less when a key ends it. */
  async wait(ms: number): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const time = new Promise<void>((resolve) => timer = setTimeout(resolve, ms));
    await Promise.race([time, this.#over.promise]);
    clearTimeout(timer);
  }

  [Symbol.dispose](): void {
    this.#taken[Symbol.dispose]();
  }

  async #listen(): Promise<void> {
    const buffer = new Uint8Array(64);
    while (!this.isOver) {
      const count = await this.#world.stdin.read(buffer);
      const pressed = count === null ? [KEYS.q] : [...buffer.subarray(0, count)];
      if (pressed.some((key) => Object.values(KEYS).includes(key))) this.#end();
    }
  }

  #end(): void {
    this.isOver = true;
    this.#over.resolve();
  }
}
