// Where the server listens, and with how many threads.

import { listenAddress, listOf, network, portRange, wholeNumber } from "../setting_grammars.ts";
import type { SettingGroup } from "./setting.ts";

/** More threads than this only cost memory; no machine we know has use for them. */
const MOST_WORKERS = 256;

/** Addresses, ports, threads. */
export const LISTENING_SETTINGS: SettingGroup<
  "host" | "port" | "passivePorts" | "proxyFrom" | "workers"
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
  passivePorts: {
    name: "passive-ports",
    grammar: portRange,
    standard: undefined,
    standardShown: "any",
    help: "ports for data connections, both ends included",
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
