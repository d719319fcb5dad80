import type { Color } from "../config/services";
import { NAMESPACES } from "../kubernetes/namespaces";

/** Names of the four services, by which everything else finds their objects, and where they run. */
export const SERVICES = {
  commandApi: { name: "command-api", namespace: NAMESPACES.commands },
  commandProcessors: { name: "command-processors", namespace: NAMESPACES.commands },
  queryApi: { name: "query-api", namespace: NAMESPACES.queries },
  projections: { name: "projections", namespace: NAMESPACES.queries },
} as const;

/** What the containers listen on. */
export const PORTS = { http: 8080, metrics: 9090 } as const;
/** Where a Service answers for its pods' `http`. */
export const SERVICE_PORT = 80;
/** Path that answers when the query API is ready. The reference architecture names one for the command API alone. */
export const QUERY_HEALTH_CHECK = "/health";

/** Labels by which a service's pods are selected; they can never change. */
export const selectorOf = (name: string, color?: Color): Readonly<Record<string, string>> => ({
  "app.kubernetes.io/name": name,
  ...(color && { "cqrs/color": color }),
});

/** All labels of a service's objects. */
export const labelsOf = (name: string, color?: Color): Readonly<Record<string, string>> => ({
  ...selectorOf(name, color),
  "app.kubernetes.io/part-of": "cqrs",
});
