import { type Amount, fitsInto, minus, type NodeCapacity } from "./node-capacity";

/** Pods that are alike. */
export interface Pods {
  readonly name: string;
  /** What one pod requests. */
  readonly requests: Amount;
  readonly count: number;
}

interface Node {
  free: Amount;
  pods: number;
}

/**
 * Places pods as Kubernetes' scheduler may: each on the node that has most left (`LeastAllocated`), the smallest pods
 * first. The order in which pods come is not known, and what comes last finds the least room. Zones and nodes that pods are
 * spread over are preferences only, and do not keep a pod from a node.
 * @param nodes alike, with what DaemonSets leave of them.
 * @returns pods that find no room, by name.
 */
export function unplaced(pods: readonly Pods[], nodes: number, node: Omit<NodeCapacity, "instanceType">): Pods[] {
  const { allocatable, maxPods } = node;
  const share = ({ cpu, memory }: Amount) => Math.max(cpu / allocatable.cpu, memory / allocatable.memory);
  const all: Node[] = Array.from({ length: nodes }, () => ({ free: allocatable, pods: 0 }));
  return pods
    .toSorted((a, b) => share(a.requests) - share(b.requests))
    .map((group) => {
      let waiting = 0;
      for (let pod = 0; pod < group.count; pod++) {
        const chosen = emptiest(all, group.requests, maxPods);
        if (chosen === undefined) {
          waiting = group.count - pod;
          break;
        }
        chosen.free = minus(chosen.free, group.requests);
        chosen.pods += 1;
      }
      return { ...group, count: waiting };
    })
    .filter(({ count }) => count > 0);
}

/** Of the nodes that hold a pod, the one with the most CPU and memory left. */
function emptiest(nodes: readonly Node[], requests: Amount, maxPods: number): Node | undefined {
  let best: Node | undefined;
  for (const node of nodes) {
    if (node.pods >= maxPods || !fitsInto(requests, node.free)) continue;
    if (best === undefined || score(node) > score(best)) best = node;
  }
  return best;
}

/** Nodes are alike, so a core counts as much as 4 GiB on each of them. */
const score = ({ free }: Node): number => free.cpu + free.memory / 4;
