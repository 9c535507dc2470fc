// Counts as Prometheus reads them: its text format, version 0.0.4.

import type { Counts } from "./event_counts.ts";
import type { ServerCounts } from "./thread_counts.ts";

/** What the text is, for HTTP. */
export const METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

interface Metric {
  readonly name: string;
  readonly kind: "gauge" | "counter";
  readonly help: string;
  /** By label, an empty one for none. */
  values(server: ServerCounts): Readonly<Record<string, number>>;
}

const only = (name: keyof Counts) => ({ counts }: ServerCounts) => ({ "": counts[name] });

const METRICS: readonly Metric[] = [
  {
    name: "ftp_sessions",
    kind: "gauge",
    help: "Sessions at this moment.",
    values: ({ sessions }) => ({ "": sessions }),
  },
  {
    name: "ftp_sessions_total",
    kind: "counter",
    help: "Sessions that began.",
    values: only("sessionsBegun"),
  },
  {
    name: "ftp_connections_refused_total",
    kind: "counter",
    help: "Connections that became no session.",
    values: only("refused"),
  },
  { name: "ftp_logins_total", kind: "counter", help: "Logins.", values: only("logins") },
  {
    name: "ftp_logins_failed_total",
    kind: "counter",
    help: "Logins that were refused.",
    values: only("failedLogins"),
  },
  {
    name: "ftp_transfers_total",
    kind: "counter",
    help: "Transfers that were done, listings included.",
    values: ({ counts: { received, sent } }) => ({
      'direction="received"': received,
      'direction="sent"': sent,
    }),
  },
  {
    name: "ftp_transfers_failed_total",
    kind: "counter",
    help: "Transfers that began and were not done.",
    values: only("failedTransfers"),
  },
  {
    name: "ftp_transferred_bytes_total",
    kind: "counter",
    help: "Bytes of transfers that have ended, done or not.",
    values: ({ counts: { receivedBytes, sentBytes } }) => ({
      'direction="received"': receivedBytes,
      'direction="sent"': sentBytes,
    }),
  },
  {
    name: "ftp_errors_total",
    kind: "counter",
    help: "Lines of level error in the logs of the serving threads.",
    values: only("errors"),
  },
];

/** The text of all metrics. */
export function metricsText(server: ServerCounts): string {
  return METRICS.map(({ name, kind, help, values }) => {
    const lines = Object.entries(values(server))
      .map(([label, value]) => `${name}${label === "" ? "" : `{${label}}`} ${value}\n`);
    return `# HELP ${name} ${help}\n# TYPE ${name} ${kind}\n${lines.join("")}`;
  }).join("");
}
