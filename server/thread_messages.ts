// What the supervisor and its worker threads say to each other.

import type { Endpoint } from "../shared/endpoint.ts";
import type { Counts } from "./metrics/event_counts.ts";
import type { ServingPlan, ServingUpdate } from "./serving.ts";

/** From the supervisor. */
export type ThreadMessage =
  | { readonly kind: "start"; readonly plan: ServingPlan }
  | { readonly kind: "update"; readonly update: ServingUpdate }
  | { readonly kind: "count" }
  | { readonly kind: "stop" };

/** From a worker. */
export type ThreadReport =
  | {
    readonly kind: "listening";
    readonly endpoint: Endpoint;
    readonly implicitEndpoint: Endpoint | undefined;
  }
  | { readonly kind: "counted"; readonly counts: Counts }
  | { readonly kind: "refused"; readonly reason: string }
  /** It serves no more; a reason is there unless it was told to stop. */
  | { readonly kind: "ended"; readonly reason: string | undefined };
