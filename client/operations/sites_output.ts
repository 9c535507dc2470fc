// Bookmarks as commands and the shell show them.

import { formatAddress } from "../address.ts";
import type { Site } from "../sites.ts";
import type { OperationContext } from "./operation_context.ts";

/** Tells one: its name, its address, and what else is kept of it. */
export function tellSite(
  out: Pick<OperationContext, "print" | "terminal">,
  { name, address, tls, pin, ca, active }: Site,
): void {
  const url = formatAddress(address);
  const details = [
    ...(tls === undefined ? [] : [`--tls ${tls}`]),
    ...(pin === undefined ? [] : [`--pin ${pin}`]),
    ...(ca === undefined ? [] : [`--ca ${ca}`]),
    ...(active ? ["--active"] : []),
  ];
  out.print(
    { name, address: url, tls: tls ?? null, pin: pin ?? null, ca: ca ?? null, active },
    out.terminal.legible([name.padEnd(12), url, ...details].join("  ")),
  );
}
