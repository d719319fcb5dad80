import type { DeepPartial } from "./deep-partial";
import type { KubernetesOptions } from "./kubernetes";

/** Ours: one a zone, and none for what no service runs on. */
const DEFAULT_SPARE_NODES = 3;

/** Nodes that a cluster may have beyond its own. */
export const spareNodesOf = (
  { kubernetes, services }: { readonly kubernetes?: DeepPartial<KubernetesOptions>; readonly services?: unknown },
  side: "write" | "read",
): number => kubernetes?.spareNodes?.[side] ?? (services === undefined ? 0 : DEFAULT_SPARE_NODES);
