import type { ManagedCluster } from "./managed-clusters";
import type { RestorePlan } from "./restore-plan";

/** Where Terraform knows the event store. */
export interface TerraformPlace {
  /** The event store's stack: `production-event-store`. */
  readonly stack: string;
  /** Address of its cluster in that stack. @default - the address in our stack */
  readonly address?: string;
}

/** Of the cluster in the stack of the event store: __tests__/plans has it for both environments. */
export const CLUSTER_ADDRESS = "kurrentcloud_managed_cluster.EventStore_Managed_6F8BB7D7";
/** Under TLS, gRPC and HTTP alike. */
const PORT = 2113;
const STACK = /^[\w-]{1,100}$/;
const ADDRESS = /^(?:module\.[\w-]+\.)*kurrentcloud_managed_cluster\.[A-Za-z_][\w-]*$/;

/** A cluster's nodes are found by its id: kurrent-io/terraform-provider-kurrentcloud makes `dns_name` of nothing else. */
export const hostOf = (clusterId: string): string => `${clusterId}.mesdb.eventstore.cloud`;

/** As the stack's output `connection_string` has it; user and password are secrets of the services. */
export const connectionStringOf = (clusterId: string): string =>
  `kurrentdb+discover://${hostOf(clusterId)}:${PORT}?nodePreference=leader`;

/** @throws {RangeError} for what would be no address, or no name of a stack, in a command. */
export function checkPlace({ stack, address = CLUSTER_ADDRESS }: TerraformPlace): void {
  if (!STACK.test(stack)) throw new RangeError(`stack: must be a stack's name, got ${JSON.stringify(stack)}`);
  if (!ADDRESS.test(address))
    throw new RangeError(`address: must be of a kurrentcloud_managed_cluster, got ${JSON.stringify(address)}`);
}

/** What a person needs once the new cluster stands, by the names of files. */
export function restoreFiles(plan: RestorePlan, cluster: ManagedCluster, projectId: string, place: TerraformPlace) {
  const { stack, address = CLUSTER_ADDRESS } = place;
  const importId = `${projectId}:${cluster.id}`;
  const facts = {
    backupId: plan.backup.id,
    backupCreated: plan.backup.created.toISOString(),
    formerClusterId: plan.backup.clusterId,
    clusterId: cluster.id,
    host: hostOf(cluster.id),
    connectionString: connectionStringOf(cluster.id),
    terraform: { stack, address, importId },
  };
  return {
    "import.tf": importBlock(address, importId),
    "restored-cluster.json": `${JSON.stringify(facts, undefined, 2)}\n`,
    "next-steps.md": nextSteps(plan, cluster, { stack, address, importId }),
  };
}

/** For Terraform 1.5 and later. */
const importBlock = (
  address: string,
  importId: string,
): string => `# The restored cluster takes the place of the former one.
# Remove this file once it is applied.
import {
  to = ${address}
  id = "${importId}"
}
`;

interface Commands {
  readonly stack: string;
  readonly address: string;
  readonly importId: string;
}

function nextSteps(plan: RestorePlan, cluster: ManagedCluster, { stack, address, importId }: Commands): string {
  const folder = `cdktf.out/stacks/${stack}`;
  return `# The restored event store

Cluster \`${cluster.id}\` has what backup \`${plan.backup.id}\` of ${plan.backup.created.toISOString()} had. Nothing leads to
it yet. The former cluster \`${plan.backup.clusterId}\` is as it was.

## 1. Stop who writes

Whatever is written to the former cluster from now on is lost: stop the command APIs and the command processors. Nobody
deploys \`${stack}\` until step 3 is done: between its two commands Terraform knows of no cluster, and would make a third.

## 2. Rotate the passwords

Users and their passwords are those of the backup. Run \`cqrs-ops credentials\` against the new cluster for each user whose
secret has changed since. It tries the passwords that the secret remembers, and puts a new one into it.

## 3. Let Terraform know

Synthesize as the environment is deployed, then:

    terraform -chdir=${folder} init
    terraform -chdir=${folder} state rm '${address}'
    cp import.tf ${folder}/
    terraform -chdir=${folder} plan

\`state rm\` forgets the former cluster and leaves it alone. Instead of the file, a command does the same at once:

    terraform -chdir=${folder} import '${address}' '${importId}'

The plan must say:

- \`${address}\`: imported, and updated in place: its name, and whatever was asked to be another here;
- \`kurrentcloud_scheduled_backup\`: replaced, for a job's cluster can't be changed. The former cluster's backups stay, and
  nobody deletes them any more;
- outputs \`cluster_id\`, \`connection_string\` and \`dns_name\`: changed.

If the cluster is to be replaced, stop: its topology, network, project or access is not what the configuration says, and what
can't be changed in place must be changed in the configuration. Then \`terraform -chdir=${folder} apply\`, and remove import.tf.

## 4. Lead the services there

The address of the event store is in no secret. Terraform writes it, from the cluster's \`dns_name\`, into the ConfigMaps of
the services as \`EVENT_STORE_CONNECTION_STRING\`, and into what Prometheus asks: deploy the write services, the read services
and the monitoring, in this order. Their plans replace a ConfigMap for each service, by one with another hash in its name,
and begin its pods anew; nothing else. The new address is

    ${connectionStringOf(cluster.id)}

for services whose event store is of type 'EventStore' with the scheme \`esdb+discover\`.

The secrets behind \`EVENT_STORE_CREDENTIALS\` have user and password alone. Terraform does not write them, and no plan shows
them: step 2 has made them right, or they were.

## 5. Bring the read side back

Read models may be ahead of the restored store: rebuild them, \`cqrs-ops rebuild\`, before queries are answered from them.
Subjects whose data was deleted since the backup must stay forgotten: \`cqrs-ops forget\`.

## 6. When all is well

Delete the former cluster and its backups at Kurrent, by hand. Until then both are paid for.
`;
}
