import type { Environment } from "../../lib/config/environment";
import type { Infrastructure } from "../../lib/config/infrastructure";
import type { Synthesized, TerraformJson } from "./synthesized";

/** One key of an environment, and all that a new value of it may change. */
export interface Change {
  readonly key: string;
  readonly of: (environment: Environment) => Environment;
  /** `stack: address without its hash, argument` of whatever differs. */
  readonly touches: readonly string[];
  /** What Terraform makes of it, as the rehearsal prints it: `~` changed, `-/+` replaced, `-` destroyed. */
  readonly plan: readonly string[];
}

const infrastructure =
  (change: (was: Infrastructure) => Partial<Infrastructure>) =>
  (environment: Environment): Environment => ({
    ...environment,
    infrastructure: { ...environment.infrastructure, ...change(environment.infrastructure) },
  });

/** What the README promises of a change, in the words of a plan. */
export const CHANGES: readonly Change[] = [
  {
    key: "writeCluster.nodes 3 to 4",
    of: infrastructure(({ writeCluster }) => ({ writeCluster: { ...writeCluster, nodes: 4 } })),
    touches: ["production-write-cluster: aws_eks_node_group.WriteCluster_Nodes scaling_config"],
    plan: ["production-write-cluster ~ aws_eks_node_group.WriteCluster_Nodes"],
  },
  {
    key: "writeCluster.resources.storage 'SSD 500GB' to 'SSD 600GB'",
    of: infrastructure(({ writeCluster }) => ({
      writeCluster: { ...writeCluster, resources: { ...writeCluster.resources, storage: "SSD 600GB" } },
    })),
    touches: ["production-write-cluster: aws_launch_template.WriteCluster_Nodes_LaunchTemplate block_device_mappings"],
    plan: ["production-write-cluster ~ aws_launch_template.WriteCluster_Nodes_LaunchTemplate"],
  },
  {
    key: "eventStore.backup.retention '30 days' to '14 days'",
    of: infrastructure(({ eventStore }) => ({
      eventStore: { ...eventStore, backup: { ...eventStore.backup, retention: "14 days" } },
    })),
    touches: ["production-event-store: kurrentcloud_scheduled_backup.EventStore_Managed_Backup max_backup_count"],
    plan: ["production-event-store -/+ kurrentcloud_scheduled_backup.EventStore_Managed_Backup"],
  },
];

/** Every argument that differs between two syntheses, in the words of {@link Change.touches}. */
export function differences(before: Synthesized, after: Synthesized): string[] {
  const stacks = [...new Set([...Object.keys(before.stacks), ...Object.keys(after.stacks)])];
  return stacks.flatMap((name) => {
    const [old, now] = [flat(before.stacks[name]), flat(after.stacks[name])];
    const addresses = [...new Set([...Object.keys(old), ...Object.keys(now)])];
    return addresses
      .filter((address) => old[address] !== now[address])
      .map((address) => `${name}: ${address}`)
      .sort();
  });
}

/** Each argument of each resource as text, by address without hash; whatever else a stack holds as one. */
function flat(tf: TerraformJson | undefined): Record<string, string> {
  const { resource = {}, ...rest } = tf ?? {};
  const whole = Object.entries(rest).map(([block, value]) => [block, JSON.stringify(value)]);
  const resources = Object.entries(resource).flatMap(([type, named]) =>
    Object.entries(named).flatMap(([id, body]) =>
      Object.entries(body).map(([argument, value]) => [
        `${type}.${id.replace(/_[0-9A-F]{8}$/, "")} ${argument}`,
        JSON.stringify(value),
      ]),
    ),
  );
  return Object.fromEntries([...whole, ...resources]);
}
