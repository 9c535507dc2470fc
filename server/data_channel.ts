// The data side of one session: what PASV or PORT arranged, and the one connection that comes of it.

import type { ByteStream } from "../shared/byte_stream.ts";
import type { Endpoint } from "../shared/endpoint.ts";
import { Fault } from "../shared/fault.ts";
import type { DataPort } from "./data_port.ts";
import type { ServerTls } from "./server_tls.ts";
import type { ServerSettings } from "./settings.ts";

/** What a data channel needs to know of the server's settings. */
export type DataSettings = Pick<
  ServerSettings,
  "passivePorts" | "dataConnectTimeoutMs" | "tlsHandshakeTimeoutMs"
>;

/** What a data channel is made from. */
export interface DataChannelOptions {
  /** The control connection's own end. */
  readonly local: Endpoint;
  /** The control connection's other end: nobody else gets a data connection. */
  readonly peer: Endpoint;
  /** Asked at each use, since SIGHUP may change them. */
  readonly settings: () => DataSettings;
  /** `undefined` where the server has no TLS. */
  readonly tls: ServerTls | undefined;
}

/** The data port of a session over real sockets. */
export class DataChannel implements DataPort {
  readonly #options: DataChannelOptions;

  constructor(options: DataChannelOptions) {
    this.#options = options;
  }

  get arranged(): boolean {
    return false;
  }

  listen(_secure: boolean): Promise<number> {
    return Promise.reject(new Fault("no-data-connection"));
  }

  aim(target: Endpoint): void {
    if (target.address !== this.#options.peer.address) throw new Fault("denied");
  }

  forget(): void {}

  open(_secure: boolean, _signal: AbortSignal): Promise<ByteStream> {
    return Promise.reject(new Fault("no-data-connection"));
  }

  close(): void {}
}
