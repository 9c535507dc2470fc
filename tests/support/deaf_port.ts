// A port behind which nothing answers, as behind a firewall that drops: neither a connection nor a refusal.

/** The shortest queue there is: the system holds one connection more than that for who listens. */
const QUEUE_LENGTH = 1;

/** A port that is taken and never answers. */
export interface DeafPort extends Disposable {
  readonly port: number;
}

/** Fills the queue of a listener that never accepts: the system drops what comes after that. */
export async function deafPort(): Promise<DeafPort> {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0, tcpBacklog: QUEUE_LENGTH });
  const { port } = listener.addr;
  const queued: Deno.Conn[] = [];
  while (queued.length <= QUEUE_LENGTH) {
    queued.push(await Deno.connect({ hostname: "127.0.0.1", port }));
  }
  return {
    port,
    [Symbol.dispose]: () => {
      for (const each of [listener, ...queued]) each.close();
    },
  };
}
