// The line between a client and a server, which a test can cut and mend.

/** Passes connections on to a port of this machine. `await using` closes it. */
export class CuttableLink implements AsyncDisposable {
  readonly #target: number;
  readonly #open = new Set<Deno.TcpConn>();
  #listener: Deno.TcpListener;
  #accepting: Promise<void>;
  #refusal: string | undefined;

  constructor(target: number) {
    this.#target = target;
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    this.#accepting = this.#accept();
  }

  get port(): number {
    return this.#listener.addr.port;
  }

  /** Ends every connection; new ones are taken as before. */
  cut(): void {
    for (const conn of this.#open) conn.close();
    this.#open.clear();
  }

  /** Ends one connection, counted from the oldest that is open. */
  cutOne(at: number): void {
    // Each is two: ours and the server's.
    const ends = [...this.#open].slice(at * 2, at * 2 + 2);
    for (const conn of ends) {
      this.#open.delete(conn);
      conn.close();
    }
  }

  /** From now on a new connection hears this line and is closed. */
  refuseWith(line: string): void {
    this.#refusal = line;
  }

  /** Nobody answers at the port any more. */
  async close(): Promise<void> {
    this.#listener.close();
    await this.#accepting;
    this.cut();
  }

  /** Answers at the same port again. */
  mend(): void {
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port: this.port });
    this.#accepting = this.#accept();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close().catch(() => {});
  }

  async #accept(): Promise<void> {
    try {
      for (;;) {
        const near = await this.#listener.accept();
        if (this.#refusal !== undefined) {
          await near.write(new TextEncoder().encode(`${this.#refusal}\r\n`));
          near.close();
          continue;
        }
        const far = await Deno.connect({ hostname: "127.0.0.1", port: this.#target });
        for (const conn of [near, far]) this.#open.add(conn);
        void this.#pass(near, far);
        void this.#pass(far, near);
      }
    } catch {
      // The listener was closed.
    }
  }

  async #pass(from: Deno.TcpConn, to: Deno.TcpConn): Promise<void> {
    try {
      await from.readable.pipeTo(to.writable);
    } catch {
      // One of the two was cut.
    }
    this.#open.delete(from);
  }
}
