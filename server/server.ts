// Accepts connections and turns them into sessions, until it is told to stop.

import { BufferPool } from "../shared/buffer_pool.ts";
import { endpointOf } from "../shared/plain_stream.ts";
import { reply } from "../shared/reply.ts";
import { Admission } from "./admission.ts";
import { type CommandTable, commandTable } from "./command_table.ts";
import { ControlChannel, turnAway } from "./control_channel.ts";
import { DescriptorReserve, isOutOfDescriptors } from "./descriptor_reserve.ts";
import type { Services } from "./services.ts";

/** How a server runs besides its services. */
export interface ServeOptions {
  /** Where peers connect; closed by the server. */
  readonly listener: Deno.TcpListener;
  /** No new sessions once it fires; idle ones end, transfers get {@linkcode ServeOptions.graceMs}. */
  readonly closing: AbortSignal;
  /** Default ten seconds. */
  readonly graceMs?: number;
  /** TLS from the first byte (`--implicit-port`). */
  readonly implicitTls?: boolean;
}

const GRACE_MS = 10_000;
/** After an accept that failed for want of descriptors; long enough for a session to end. */
const BACK_OFF_MS = 50;

/** Serves until `closing` fires and the last session has ended. */
export async function serve(services: Services, options: ServeOptions): Promise<void> {
  await new Reception(services, options).run();
}

/**
 * Opens the listener of a server. `reusePort` lets several workers accept on one port; `host` is
 * `undefined` for all interfaces: IPv6 and IPv4, or IPv4 alone on a machine without IPv6.
 *
 * @throws what `Deno.listen` throws
 */
export function openListener(
  { host, port, reusePort = false }: {
    host: string | undefined;
    port: number;
    reusePort?: boolean;
  },
): Deno.TcpListener {
  if (host !== undefined) return Deno.listen({ hostname: host, port, reusePort });
  try {
    return Deno.listen({ hostname: "::", port, reusePort });
  } catch (error) {
    if (error instanceof Deno.errors.AddrInUse || isOutOfDescriptors(error)) throw error;
    return Deno.listen({ hostname: "0.0.0.0", port, reusePort });
  }
}

/** Takes in what connects. */
class Reception {
  readonly #services: Services;
  readonly #options: ServeOptions;
  readonly #table: CommandTable = commandTable();
  readonly #buffers = new BufferPool();
  readonly #admission: Admission;
  readonly #sessions = new Map<ControlChannel, Promise<void>>();

  constructor(services: Services, options: ServeOptions) {
    this.#services = services;
    this.#options = options;
    this.#admission = new Admission(() => services.settings);
  }

  async run(): Promise<void> {
    const { listener, closing, graceMs = GRACE_MS } = this.#options;
    const close = () => listener.close();
    if (closing.aborted) close();
    else closing.addEventListener("abort", close, { once: true });
    await this.#acceptAll(closing);
    for (const channel of this.#sessions.keys()) channel.drain(graceMs);
    await Promise.all(this.#sessions.values());
  }

  /**
   * A loop of our own: the listener's iterator ends for ever at the first connection that was reset
   * before it was accepted, and at the first lack of descriptors.
   */
  async #acceptAll(closing: AbortSignal): Promise<void> {
    using reserve = new DescriptorReserve();
    while (!closing.aborted) {
      try {
        const conn = await this.#options.listener.accept();
        // The accept may have taken the reserve's own descriptor: then this peer is the one told.
        if (!reserve.isSpent || reserve.restore()) this.#receive(conn);
        else {
          await turnAway(conn, reply(421, "No room for another session, try again later."));
          reserve.restore();
        }
      } catch (error) {
        if (closing.aborted) return;
        await this.#recover(error, reserve, closing);
      }
    }
  }

  async #recover(
    error: unknown,
    reserve: DescriptorReserve,
    closing: AbortSignal,
  ): Promise<void> {
    if (!isOutOfDescriptors(error)) {
      // A peer that hung up before it was accepted is no event; anything else may last.
      if (error instanceof Deno.errors.NotConnected) return;
    } else if (reserve.release()) return;
    this.#services.log.write("warn", "accept failed", { detail: String(error) });
    await pause(BACK_OFF_MS, closing);
  }

  #receive(conn: Deno.TcpConn): void {
    const { address } = endpointOf(conn.remoteAddr);
    const admitted = this.#admission.admit(address);
    if (!admitted.ok) {
      this.#services.log.write("warn", "refused", { peer: address, rule: admitted.rule });
      turnAway(conn, admitted.reply);
      return;
    }
    // Should the channel not come about, nothing of it is left.
    using unused = new DisposableStack();
    unused.use(admitted.seat);
    unused.defer(() => conn.close());
    const channel = new ControlChannel(conn, {
      id: crypto.randomUUID().slice(0, 8),
      services: this.#services,
      table: this.#table,
      buffers: this.#buffers,
      implicitTls: this.#options.implicitTls ?? false,
    });
    unused.move();
    const ended = channel.run().finally(() => {
      admitted.seat[Symbol.dispose]();
      this.#sessions.delete(channel);
    });
    this.#sessions.set(channel, ended);
  }
}

/** Waits; less when the signal fires. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  signal.addEventListener("abort", () => resolve(), { once: true });
  await promise;
  clearTimeout(timer);
}
