import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { addressesOf, PLANS } from "../plans/plan";
import type { Synthesized, TerraformJson } from "./synthesized";

/** Resource types whose destruction loses something that Terraform can't make again, and what that is. */
export const DATA_HOLDERS: Readonly<Record<string, string>> = {
  aws_backup_vault: "the recovery points in it",
  aws_cloudwatch_log_group: "the logs, which auditors ask for",
  aws_db_instance: "the read models, and on a replica the readers' connections",
  aws_eks_cluster: "every object in the cluster, and the volumes that its pods claimed",
  aws_eip: "the address, which partners allow",
  aws_elasticache_replication_group: "the cached read models, and the read side's speed until they are back",
  aws_iam_role: "nothing itself, but a cluster whose role has another ARN is another cluster",
  aws_lb: "its address, to which the names of the APIs lead",
  aws_kms_key: "everything that it encrypted, whoever still has it",
  aws_kms_replica_key: "what it encrypted in its Region, and what its primary did while that one is away",
  aws_s3_bucket: "its objects",
  aws_s3_bucket_versioning: "the older versions that come after",
  aws_secretsmanager_secret_version: "the password that the database still has: a new one is written beside it",
  aws_secretsmanager_secret: "the secret's value, which stands in no plan and no state",
  aws_sns_topic: "its subscriptions, which people confirmed",
  aws_subnet: "the addresses in it, and the stores and nodes that have them",
  aws_vpc: "nothing itself, but all stores and clusters stand in it",
  helm_release: "what the chart's volumes and custom resources hold",
  kubernetes_namespace_v1: "all objects in it, volume claims among them",
  kubernetes_persistent_volume_claim_v1: "the volume",
  kurrentcloud_managed_cluster: "the events, from which all else is made",
  kurrentcloud_network: "the event store in it",
  kurrentcloud_scheduled_backup: "the pruning of the backups that it made",
  kurrentcloud_project: "the event store and its backups",
};

/** Stacks of what keeps its data in the stores: whatever is in them, Terraform makes again. */
const STATELESS = /-(?:write-services|read-services|recovery-jobs|edge)$/;

export const isStateless = (tf: TerraformJson): boolean =>
  STATELESS.test(
    (tf["//"] as { readonly metadata: { readonly stackName: string } } | undefined)?.metadata.stackName ?? "",
  );

/** A resource with data, as a list names it: `production-keys aws_kms_key.Keys_logs_E09A8915`. */
export function dataAddressesOf({ stacks }: Synthesized): string[] {
  return Object.entries(stacks)
    .filter(([, tf]) => !isStateless(tf))
    .flatMap(([stack, tf]) =>
      addressesOf(tf)
        .filter((address) => Object.hasOwn(DATA_HOLDERS, typeOf(address)))
        .map((address) => `${stack} ${address}`),
    );
}

/** The committed list of an environment. */
export const listOf = (environment: string): string => join(PLANS, `${environment}.data-addresses`);

export const listed = (environment: string): string[] =>
  existsSync(listOf(environment)) ? readFileSync(listOf(environment), "utf8").split("\n").filter(Boolean) : [];

/** Puts what is new on the list. Nothing ever takes a line off but a person who means it. */
export function addToList(environment: string, synthesized: Synthesized): void {
  const lines = new Set([...listed(environment), ...dataAddressesOf(synthesized)]);
  writeFileSync(listOf(environment), `${[...lines].sort().join("\n")}\n`);
}

/** What would lose data, or is not on the list yet. */
export function dataProblems(lines: readonly string[], synthesized: Synthesized): string[] {
  const gone = lines.filter((line) => {
    const [stack = "", address = ""] = line.split(" ");
    return !isKept(synthesized.stacks[stack], address);
  });
  const unlisted = dataAddressesOf(synthesized).filter((line) => !lines.includes(line));
  return [
    ...gone.map(
      (line) =>
        `${line} is gone, and with it ${lossOf(line)}. Keep the construct's id, or say where it went with moveTo, ` +
        "moveFromId or overrideLogicalId; to really give the data up, delete the line by hand",
    ),
    ...unlisted.map((line) => `${line} is not on the list: run npm run plans`),
  ];
}

/** Whether the address is still there, or `moved` blocks lead from it to one that is. */
function isKept(tf: TerraformJson | undefined, address: string): boolean {
  if (tf === undefined) return false;
  const present = addressesOf(tf);
  const moves = new Map((tf.moved ?? []).map(({ from, to }) => [from, to]));
  let at: string | undefined = address;
  // As many steps as there are moves: a circle of moves ends too.
  for (let step = 0; step <= moves.size && at !== undefined; step += 1) {
    if (present.includes(at)) return true;
    at = moves.get(at);
  }
  return false;
}

const typeOf = (address: string): string => address.slice(0, address.indexOf("."));

const lossOf = (line: string): string => DATA_HOLDERS[typeOf(line.split(" ")[1] ?? "")] ?? "what it holds";
