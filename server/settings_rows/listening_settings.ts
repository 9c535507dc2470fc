// Where the server listens, and with how many threads.

import {
  listenAddress,
  listOf,
  network,
  optional,
  portRange,
  publicAddress,
  wholeNumber,
} from "../setting_grammars.ts";
import type { SettingGroup } from "./setting.ts";

/** More threads than this only cost memory; no machine we know has use for them. */
const MOST_WORKERS = 256;

/** Addresses, ports, threads. */
export const LISTENING_SETTINGS: SettingGroup<
  "host" | "port" | "implicitPort" | "passivePorts" | "publicAddresses" | "proxyFrom" | "workers"
> = {
  host: {
    name: "host",
    grammar: listenAddress,
    standard: undefined,
    standardShown: "all interfaces",
    help: "address to listen on",
    takesEffect: "restart",
  },
  port: {
    name: "port",
    grammar: wholeNumber(0, 65_535),
    standard: 2121,
    help: "port to listen on; 0 picks a free one",
    takesEffect: "restart",
  },
  implicitPort: {
    name: "implicit-port",
    grammar: optional(wholeNumber(0, 65_535), "off"),
    standard: undefined,
    standardShown: "off",
    help: "port for FTPS, TLS from the first byte; 990 is the usual one",
    takesEffect: "restart",
  },
  passivePorts: {
    name: "passive-ports",
    grammar: portRange,
    standard: undefined,
    standardShown: "any",
    help: "ports for data connections, both ends included",
    takesEffect: "now",
  },
  publicAddresses: {
    name: "public-address",
    grammar: listOf(publicAddress),
    standard: [],
    standardShown: "our own",
    help: "address that PASV tells, behind a NAT; NETWORK=ADDRESS for some clients",
    takesEffect: "now",
  },
  proxyFrom: {
    name: "proxy-from",
    grammar: listOf(network),
    standard: [],
    standardShown: "none",
    help: "proxies, as addresses or networks, whose PROXY header tells who the client is",
    takesEffect: "now",
  },
  workers: {
    name: "workers",
    grammar: wholeNumber(1, MOST_WORKERS),
    get standard() {
      // Only Linux spreads connections over sockets that share a port.
      if (Deno.build.os !== "linux") return 1;
      return Math.min(navigator.hardwareConcurrency, MOST_WORKERS);
    },
    standardShown: "one a core on Linux, else one",
    help: "threads that serve",
    takesEffect: "restart",
  },
};
