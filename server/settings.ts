// What `ftp serve` can be told. Reading flags, environment and file is settings_sources.ts's business.

import type { Endpoint } from "../shared/endpoint.ts";
import type { Network } from "./network.ts";
import type { PublicAddress } from "./public_address.ts";
import type { LinkPolicy } from "./storage/jailed_path.ts";

/** Ports for passive data connections, both ends included. */
export interface PortRange {
  readonly first: number;
  readonly last: number;
}

/** Every setting, with its unit in its name; defaults are those of the command line contract. */
export interface ServerSettings {
  /** Absolute host path of the data directory. */
  readonly home: string;
  /** Listen address; `undefined` for all interfaces, IPv4 and IPv6. */
  readonly host: string | undefined;
  /** 0 picks a free one. */
  readonly port: number;
  /** Where TLS comes before the greeting; `undefined` for nowhere. */
  readonly implicitPort: number | undefined;
  readonly tls: "off" | "optional" | "required";
  /** Whether logins without an account may read HOME/pub, or add to it too. */
  readonly anonymous: "off" | "read" | "write";
  /** Whether data connections can, or must, resume the control connection's TLS session. */
  readonly tlsReuse: "off" | "prefer" | "require";
  /** Whether an upload over TLS that ends without close_notify is cut off. */
  readonly tlsEof: "strict" | "lenient";
  /** PEM files of an own certificate; both or none. */
  readonly certificateFile: string | undefined;
  readonly keyFile: string | undefined;
  /** `undefined` for any port. */
  readonly passivePorts: PortRange | undefined;
  /** What passive replies tell in place of our own address. */
  readonly publicAddresses: readonly PublicAddress[];
  /** Proxies whose PROXY header is believed, and demanded. */
  readonly proxyFrom: readonly Network[];
  readonly maxSessions: number;
  readonly maxSessionsPerAddress: number;
  /** Sessions that have not logged in. */
  readonly maxStrangers: number;
  readonly maxStrangersPerAddress: number;
  readonly idleTimeoutMs: number;
  readonly loginTimeoutMs: number;
  readonly tlsHandshakeTimeoutMs: number;
  /** How long a data connection may take to come about. */
  readonly dataConnectTimeoutMs: number;
  /** Names that one listing, or one pattern, looks at. */
  readonly listingLimit: number;
  /** How long a transfer may stand still. */
  readonly stallTimeoutMs: number;
  /** What names are read in that are not UTF-8, by its standard name; `undefined` refuses such. */
  readonly fallbackCharset: string | undefined;
  /** Where the bytes of an upload go at first: `direct` is under its own name. */
  readonly uploads: "atomic" | "direct";
  /** Which links exist for sessions: those that stay inside their root, none, or all. */
  readonly symlinks: LinkPolicy;
  /** Bytes that uploads leave free on the disk. */
  readonly diskFloorBytes: number;
  /** So many failed logins lead to a ban. */
  readonly loginFailures: number;
  /** How long a first ban lasts. */
  readonly banMs: number;
  /** Who may make an account by SITE REGISTER. */
  readonly registration: "off" | "invite" | "open";
  /** Accounts that one address may try to make within an hour. */
  readonly registrationsPerHour: number;
  /** Of accounts made by registration; `undefined` for no limit. */
  readonly defaultQuotaBytes: number | undefined;
  readonly workers: number;
  readonly log: "text" | "json";
  /** `undefined` for standard error. */
  readonly logFile: string | undefined;
  /** A file with a line for each file moved; `undefined` for none. */
  readonly xferlogFile: string | undefined;
  /** Where metrics are served; `undefined` for nowhere. */
  readonly metrics: Endpoint | undefined;
}
