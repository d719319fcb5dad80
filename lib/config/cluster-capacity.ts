import type { Problem } from "../core/problems";
import { known, optional, wholeNumber } from "../core/rules";
import type { ClusterParts } from "./cluster-parts";
import { podsOf } from "./cluster-pods";
import { NODES } from "./infrastructure";
import { isInstanceType, isInstructionSet } from "./instance-types";
import { isSpareNodes } from "./kubernetes";
import { type Amount, fitsInto, minus, type NodeCapacity, nodeCapacityOf, plus, times } from "./node-capacity";
import { NO_REQUESTS, type PodGroup } from "./pod-groups";
import { type Pods, unplaced } from "./pod-placement";
import { BOTH_SIDES, type Side } from "./side";
import { type Compute, nodeSizingProblems } from "./sizing";
import { spareNodesOf } from "./spare-nodes";
import { mostInZone, ZONES } from "./zones";

/** One cluster's nodes, and whether the platform's pods find room on them. */
export interface ClusterCapacity {
  readonly side: Side;
  readonly nodes: number;
  /** That the cluster autoscaler adds; none without services, with which it comes. */
  readonly spareNodes: number;
  /** A node with what DaemonSets leave of its allocatable capacity and of its pods. */
  readonly node: NodeCapacity;
  readonly groups: readonly PodGroup[];
  readonly atRest: CapacityState;
  readonly atMaximum: CapacityState;
  readonly zoneLost: CapacityState;
}

/** Pods on nodes. DaemonSets are in neither. */
export interface CapacityState {
  readonly nodes: number;
  readonly pods: readonly Pods[];
  readonly requested: Amount;
  /** Pods that find no room. */
  readonly waiting: readonly Pods[];
  /** Pods whose volumes are in the lost zone: they wait until the zone is back. */
  readonly withoutVolume: readonly Pods[];
}

/** Kubernetes' default of a Deployment, and ours: what a rolling update adds, rounded up. */
const SURGE = 0.25;

/** The capacity of a side's cluster, or undefined if its nodes are not sound. */
export function clusterCapacityOf(parts: ClusterParts, side: Side): ClusterCapacity | undefined {
  const { instructionSet, instanceTypes } = parts.kubernetes ?? {};
  const { nodes, resources = {} } = parts.infrastructure?.[`${side}Cluster`] ?? {};
  const spareNodes = parts.services === undefined ? 0 : spareNodesOf(parts, side);
  const instanceType = instanceTypes?.[side];
  const problems = [
    ...optional(isInstructionSet).problemsOf(instructionSet, ""),
    ...optional(isInstanceType).problemsOf(instanceType, ""),
    ...known(wholeNumber(NODES)).problemsOf(nodes, ""),
    ...isSpareNodes.problemsOf(spareNodes, ""),
  ];
  const whole = problems.length > 0 ? undefined : nodeCapacityOf(resources, instructionSet, instanceType, parts.region);
  if (whole === undefined || nodes === undefined) return undefined;
  const sizing = { resources: resources as Compute, instanceType, instructionSet, region: parts.region };
  if (nodeSizingProblems(sizing, { resources: "", instanceType: "" }).length > 0) return undefined;

  const groups = podsOf(parts, side);
  const daemons = groups.filter(({ count }) => count === "each node");
  const node = {
    ...whole,
    allocatable: minus(whole.allocatable, daemons.map(({ requests }) => requests).reduce(plus, NO_REQUESTS)),
    maxPods: whole.maxPods - daemons.length,
  };
  const left = (count: number) => count - mostInZone(count);
  return {
    ...{ side, nodes, spareNodes, node, groups },
    atRest: stateOf(withSurge(groups.map(deployed)), nodes, node),
    atMaximum: stateOf(withSurge(groups.map(atMost)), nodes + spareNodes, node),
    zoneLost: stateOf(
      groups.map(deployed),
      left(nodes) + left(spareNodes),
      node,
      groups.filter(hasVolume).map((group) => lost(group, nodes)),
    ),
  };
}

type Counted = PodGroup & Pods;

const counted = (group: PodGroup, count: PodGroup["count"]): Counted => ({
  ...group,
  count: count === "each node" ? 0 : count,
});
const deployed = (group: PodGroup): Counted => counted(group, group.count);
const atMost = (group: PodGroup): Counted => counted(group, group.most ?? group.count);
const hasVolume = (group: PodGroup): boolean => group.hasVolume === true;
/** Pods are spread over the zones that have nodes: in the worst case the lost one has the remainder too. */
const lost = (group: PodGroup, nodes: number): Counted =>
  counted(group, mostInZone(deployed(group).count, Math.min(nodes, ZONES)));

const total = ({ requests, count }: Pods): Amount => times(requests, count);

/** Pods while one Deployment is rolled out: the one whose rolling update needs most. */
function withSurge(groups: readonly Counted[]): readonly Counted[] {
  const surges = groups
    .filter(({ surges: does, count }) => does && count > 0)
    .map((group) => ({ ...group, name: `${group.name} rolled out`, count: Math.ceil(group.count * SURGE) }));
  const [largest] = surges.toSorted((a, b) => total(b).cpu - total(a).cpu || total(b).memory - total(a).memory);
  return largest === undefined ? groups : [...groups, largest];
}

function stateOf(
  groups: readonly Counted[],
  nodes: number,
  node: NodeCapacity,
  withoutVolume: readonly Pods[] = [],
): CapacityState {
  const pods = groups
    .map(({ name, requests, count }) => ({
      ...{ name, requests },
      count: count - (withoutVolume.find((each) => each.name === name)?.count ?? 0),
    }))
    .filter(({ count }) => count > 0);
  return {
    ...{ nodes, pods },
    requested: pods.map(total).reduce(plus, NO_REQUESTS),
    waiting: unplaced(pods, nodes, node),
    withoutVolume: withoutVolume.map(({ name, requests, count }) => ({ name, requests, count })),
  };
}

/**
 * Pods that no node holds, and clusters whose nodes do not hold the platform. A zone that is lost is no problem here: what
 * then waits is in the capacity report.
 */
export const clusterCapacityProblems = (parts: ClusterParts, path: string): readonly Problem[] =>
  BOTH_SIDES.flatMap((side) => {
    const capacity = clusterCapacityOf(parts, side);
    if (capacity === undefined) return [];
    const single = capacity.groups.flatMap((group) => podProblems(capacity, group, path));
    return single.length > 0 ? single : nodeProblems(capacity, path, parts.services !== undefined);
  });

const UNITS = { cpu: "m", memory: "Mi" } as const;
const KEYS = ["cpu", "memory"] as const;

function podProblems({ side, node }: ClusterCapacity, group: PodGroup, path: string): Problem[] {
  if (group.count === "each node" || fitsInto(group.requests, node.allocatable)) return [];
  const cluster = `infrastructure.${side}Cluster`;
  return KEYS.filter((each) => group.requests[each] > node.allocatable[each]).map((each) => {
    const [asked, has] = [group.requests[each], Math.max(node.allocatable[each], 0)].map(
      (amount) => `${amount}${UNITS[each]}`,
    );
    const key = group.keys?.[each];
    return key === undefined
      ? {
          path: `${path}.${cluster}.resources`,
          message: `must hold ${group.name} of ${asked}, got nodes with ${has} for pods`,
        }
      : {
          path: `${path}.${key}`,
          message: `must fit into ${has}, what a node of ${cluster} has for pods, got ${asked} in a pod of ${group.name}`,
        };
  });
}

function nodeProblems({ side, nodes, spareNodes, node, ...states }: ClusterCapacity, path: string, scales: boolean) {
  const ofNodes = `${path}.infrastructure.${side}Cluster.nodes`;
  const atRest = shortage(states.atRest, node, "without spare nodes", nodes);
  if (atRest !== undefined) return [{ path: ofNodes, message: atRest }];
  const atMaximum = scales
    ? shortage(states.atMaximum, node, "at the autoscalers' maximum and with all jobs", spareNodes, nodes)
    : shortage(states.atMaximum, node, "with all jobs", nodes);
  if (atMaximum === undefined) return [];
  return [{ path: scales ? `${path}.kubernetes.spareNodes.${side}` : ofNodes, message: atMaximum }];
}

/** What is short in a state, of which some nodes are of another key. */
function shortage(state: CapacityState, node: NodeCapacity, when: string, given: number, others = 0) {
  if (state.waiting.length === 0) return undefined;
  const least = leastNodes(state, node);
  const { cpu, memory } = state.requested;
  const waiting = state.waiting.map(({ name, count }) => `${count} of ${name}`).join(" and ");
  return [
    `must be ${least === undefined ? `larger nodes, for ${NODES.max} are too few` : `at least ${least - others}`} ${when}:`,
    `pods request ${cpu}m and ${memory}Mi, a node has ${node.allocatable.cpu}m and ${node.allocatable.memory}Mi for them;`,
    `got ${given}, with which ${waiting} find no room`,
  ].join(" ");
}

/** The least nodes that hold the pods, or undefined if none do. */
function leastNodes({ pods, nodes }: CapacityState, node: NodeCapacity): number | undefined {
  let [low, high] = [nodes + 1, 2 * NODES.max];
  if (unplaced(pods, high, node).length > 0) return undefined;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (unplaced(pods, middle, node).length === 0) high = middle;
    else low = middle + 1;
  }
  return low;
}
