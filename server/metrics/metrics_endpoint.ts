// `--metrics HOST:PORT`: the one page that a Prometheus server fetches.

import { type Endpoint, formatEndpoint } from "../../shared/endpoint.ts";
import { CommandFailure, ExitCode } from "../../shared/exit_code.ts";
import { hostReason } from "../../shared/host_reason.ts";
import { METRICS_TYPE, metricsText } from "./metrics_text.ts";
import type { ServerCounts } from "./thread_counts.ts";

/** The page while it is served; disposal ends that. */
export interface MetricsEndpoint extends AsyncDisposable {
  readonly endpoint: Endpoint;
}

/**
 * Serves `GET /metrics`, and nothing else.
 *
 * @param ask what is told, asked at each request.
 * @throws CommandFailure that says why nobody can listen there.
 */
export function serveMetrics(
  where: Endpoint,
  ask: () => Promise<ServerCounts>,
): MetricsEndpoint {
  try {
    const options = { hostname: where.address, port: where.port, onListen: () => {} };
    const server = Deno.serve(options, (request) => answer(request, ask));
    const { hostname: address, port } = server.addr;
    return { endpoint: { address, port }, [Symbol.asyncDispose]: () => server.shutdown() };
  } catch (error) {
    const tried = `metrics on ${formatEndpoint(where)}`;
    throw new CommandFailure(ExitCode.failed, tried, hostReason(error), { cause: error });
  }
}

async function answer(
  request: Request,
  ask: () => Promise<ServerCounts>,
): Promise<Response> {
  if (new URL(request.url).pathname !== "/metrics") {
    return new Response("The metrics are at /metrics.\n", { status: 404 });
  }
  if (request.method !== "GET" && request.method !== "HEAD") {
    return new Response("GET it.\n", { status: 405, headers: { allow: "GET, HEAD" } });
  }
  return new Response(metricsText(await ask()), { headers: { "content-type": METRICS_TYPE } });
}
