import { type CapacityState, type ClusterCapacity, clusterCapacityOf } from "./cluster-capacity";
import type { Environment } from "./environment";
import type { Pods } from "./pod-placement";
import { MIB_PER_GIB, MILLICORES_PER_CORE } from "./quantities";
import { BOTH_SIDES } from "./side";

/**
 * A text on how an environment's pods fit its nodes: as deployed, at the autoscalers' maximum, and with one zone lost.
 * Capacity is what EKS leaves to pods: without the kubelet's reserve and without DaemonSets. The first two states include one
 * rolling update, the second all jobs. What does not fit in them is refused at synth; what waits for a lost zone is shown.
 */
export const capacityReport = (name: string, environment: Environment): string =>
  BOTH_SIDES.map((side) => clusterCapacityOf(environment, side))
    .filter((capacity) => capacity !== undefined)
    .map((capacity) => clusterReport(name, capacity))
    .join("\n\n");

function clusterReport(name: string, capacity: ClusterCapacity): string {
  const { side, nodes, spareNodes, node } = capacity;
  const { cpu, memory } = node.allocatable;
  const machine = node.instanceType === undefined ? "" : ` of ${node.instanceType}`;
  const states = { "at rest": capacity.atRest, "at maximum": capacity.atMaximum, "one zone lost": capacity.zoneLost };
  return [
    `${name}, ${side} cluster: ${nodes} nodes${machine} and ${spareNodes} spare ones, each with ${cores(cpu)} and ${gib(memory)} for pods`,
    ...table([
      ["", "nodes", "pods", "CPU", "memory", "waiting"],
      ...Object.entries(states).map(([title, state]) => [title, ...cells(state, node.allocatable)]),
    ]),
  ].join("\n");
}

const cells = ({ nodes, pods, requested, ...state }: CapacityState, node: ClusterCapacity["node"]["allocatable"]) => [
  `${nodes}`,
  `${pods.reduce((sum, { count }) => sum + count, 0)}`,
  `${cores(requested.cpu)} (${share(requested.cpu, nodes * node.cpu)})`,
  `${gib(requested.memory)} (${share(requested.memory, nodes * node.memory)})`,
  [
    ...state.waiting.map((each) => `${pod(each)} for room`),
    ...state.withoutVolume.map((each) => `${pod(each)} for its volume`),
  ].join(", ") || "none",
];

const pod = ({ name, count }: Pods): string => `${count} of ${name}`;
const cores = (millicores: number): string => `${(millicores / MILLICORES_PER_CORE).toFixed(2)} cores`;
const gib = (mebibytes: number): string => `${(mebibytes / MIB_PER_GIB).toFixed(1)} GiB`;
const share = (part: number, whole: number): string =>
  whole <= 0 ? "no node" : `${Math.round((100 * part) / whole)} %`;

function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}
