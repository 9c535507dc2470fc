// Accepts connections and turns them into sessions, until it is told to stop.

import { BufferPool } from "../shared/buffer_pool.ts";
import { pause } from "../shared/deadline.ts";
import { isFault } from "../shared/fault.ts";
import { closeIfOpen, connectionFault, endpointOf } from "../shared/plain_stream.ts";
import { reply } from "../shared/reply.ts";
import { admit, type Refusal } from "./admission.ts";
import { SessionWatch } from "./session_watch.ts";
import { TransferBoard } from "./runtime/transfer_board.ts";
import { type CommandTable, commandTable } from "./command_table.ts";
import { ControlChannel } from "./control_channel.ts";
import { DescriptorReserve, isOutOfDescriptors } from "./descriptor_reserve.ts";
import { explain } from "./fault_reply.ts";
import { identify, type Incoming, loginOrigin } from "./incoming.ts";
import type { RegisteredSession } from "./runtime/session_register.ts";
import { MemoryReturn } from "./memory_return.ts";
import type { Services } from "./services.ts";
import { turnAway } from "./turn_away.ts";

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

/** The proxy's operator is told: no client of an honest proxy ever sees it. */
const NO_HEADER = reply(421, "Connections from this address begin with a PROXY header.");

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
  readonly #sessions = new Map<ControlChannel, Promise<void>>();
  readonly #watch: SessionWatch;
  readonly #memory = new MemoryReturn(() => this.#sessions.size);
  /** Connections whose peer is not known yet. */
  readonly #arriving = new Set<Promise<void>>();

  constructor(services: Services, options: ServeOptions) {
    this.#services = services;
    this.#options = options;
    const { register } = services;
    const board = new TransferBoard(register.database, register.thread);
    this.#watch = new SessionWatch(services, board, () => this.#sessions.keys());
  }

  async run(): Promise<void> {
    const { listener, closing, graceMs = GRACE_MS } = this.#options;
    await using _watch = this.#watch;
    using _memory = this.#memory;
    const close = () => listener.close();
    if (closing.aborted) close();
    else closing.addEventListener("abort", close, { once: true });
    await this.#acceptAll(closing);
    await Promise.all(this.#arriving);
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
        if (!reserve.isSpent || reserve.restore()) this.#receive(conn, closing);
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

  #receive(conn: Deno.TcpConn, closing: AbortSignal): void {
    const arriving = this.#identify(conn, closing).finally(() => this.#arriving.delete(arriving));
    this.#arriving.add(arriving);
  }

  async #identify(conn: Deno.TcpConn, signal: AbortSignal): Promise<void> {
    try {
      const proxies = this.#services.settings.proxyFrom;
      this.#admit(await identify(conn, { proxies, signal }));
    } catch (error) {
      const { address } = endpointOf(conn.remoteAddr);
      if (isFault(error)) {
        const detail = String(error.cause ?? error.kind);
        return this.#refuse(conn, address, { rule: "proxy header", detail, reply: NO_HEADER });
      }
      closeIfOpen(conn);
      // A connection that was reset meanwhile can no longer be set up; that is no event.
      const isGone = connectionFault(error).kind !== "host-failure";
      const fields = { peer: address, detail: explain(error).detail };
      this.#services.log.write(isGone ? "debug" : "error", isGone ? "not set up" : "bug", fields);
    }
  }

  #refuse(conn: Deno.TcpConn, address: string, refusal: Refusal): void {
    const { rule, detail } = refusal;
    this.#services.log.write("warn", "refused", { peer: address, rule, detail });
    turnAway(conn, refusal.reply);
  }

  #admit(incoming: Incoming): void {
    const { conn, peer } = incoming;
    const admitted = admit(loginOrigin(incoming), this.#services, () => this.#services.settings);
    if (!admitted.ok) return this.#refuse(conn, peer.address, admitted);
    // Should the channel not come about, nothing of it is left.
    using unused = new DisposableStack();
    unused.use(admitted.seat);
    unused.defer(() => conn.close());
    const channel = new ControlChannel(incoming, {
      seat: admitted.seat,
      services: this.#services,
      table: this.#table,
      buffers: this.#buffers,
      implicitTls: this.#options.implicitTls ?? false,
    });
    unused.move();
    const ended = channel.run().finally(() => this.#leave(channel, admitted.seat));
    this.#sessions.set(channel, ended);
    this.#watch.wake();
    this.#memory.wake();
  }

  #leave(channel: ControlChannel, seat: RegisteredSession): void {
    this.#sessions.delete(channel);
    this.#memory.depart();
    try {
      seat[Symbol.dispose]();
    } catch (error) {
      // Its place stays taken until this thread ends; serving goes on.
      this.#services.log.write("error", "session not unregistered", { detail: String(error) });
    }
  }
}
