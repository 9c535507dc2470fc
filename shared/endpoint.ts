// One end of a TCP connection: a literal IP address and a port, in one canonical form.

/** A literal IPv4 or IPv6 address (never a name, no brackets, IPv4-mapped already unmapped) and a port. */
export interface Endpoint {
  readonly address: string;
  /** 0 to 65,535. */
  readonly port: number;
}

const MAPPED_IPV4 = /^::ffff:(\d{1,3}(?:\.\d{1,3}){3})$/i;

/**
 * The address as it is compared and shown: `::ffff:192.0.2.1`, which a dual-stack listener reports,
 * becomes `192.0.2.1`, and a zone (`%eth0`) is dropped.
 */
export function normaliseAddress(address: string): string {
  const bare = address.replace(/%.*$/, "").toLowerCase();
  return MAPPED_IPV4.exec(bare)?.[1] ?? bare;
}

/** Whether the address is IPv6 (a literal with a colon, after normalising). */
export function isIpv6(address: string): boolean {
  return normaliseAddress(address).includes(":");
}

/** Whether the address is of this machine only (127.0.0.0/8, ::1). */
export function isLoopback(address: string): boolean {
  const canonical = normaliseAddress(address);
  return canonical === "::1" || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(canonical);
}

/** The endpoint as it is written in a URL or a log: `192.0.2.1:21`, `[::1]:21`. */
export function formatEndpoint(endpoint: Endpoint): string {
  return isIpv6(endpoint.address)
    ? `[${endpoint.address}]:${endpoint.port}`
    : `${endpoint.address}:${endpoint.port}`;
}
