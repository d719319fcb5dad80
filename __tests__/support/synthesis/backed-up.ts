import { LOSSES } from "../../../lib/synthesis/losses";
import { type Arguments, resourcesOf, type Synthesized, type TerraformJson } from "./synthesized";

/** Why a resource that holds data is in no selection of AWS Backup, and where that must be seen in it. */
export interface Exception {
  readonly reason: string;
  /** @default - it holds for all of its type */
  readonly isOf?: (resource: Arguments, tf: TerraformJson) => boolean;
}

const isReplica = (it: Arguments): boolean => "replicate_source_db" in it;

/** Data holders that AWS Backup has nothing of, by their types. */
export const EXCEPTIONS: Readonly<Record<string, Exception>> = {
  aws_backup_vault: { reason: "it is where backups are; a second Region has a copy" },
  aws_backup_vault_lock_configuration: { reason: "a setting is no data" },
  aws_cloudwatch_log_group: {
    reason: "CloudWatch keeps it for a year, and AWS Backup knows nothing of it",
    isOf: ({ retention_in_days }) => Number(retention_in_days) >= 365,
  },
  aws_db_instance: { reason: "a replica has what the primary has, which is selected", isOf: isReplica },
  aws_eip: { reason: "an address is no data" },
  aws_elasticache_replication_group: {
    reason: "AWS Backup does not know it; it makes snapshots of its own, each day",
    isOf: ({ snapshot_retention_limit }) => Number(snapshot_retention_limit) > 0,
  },
  aws_iam_role: { reason: "Terraform makes the same again" },
  aws_kms_key: {
    reason: "nobody can copy a key; one that is deleted comes back for 30 days",
    isOf: ({ deletion_window_in_days }) => deletion_window_in_days === 30,
  },
  aws_kms_replica_key: {
    reason: "its primary has the same key; one that is deleted comes back for 30 days",
    isOf: ({ deletion_window_in_days }) => deletion_window_in_days === 30,
  },
  aws_lb: { reason: "an address is no data" },
  aws_s3_bucket: {
    reason: "it keeps versions; exports have a copy in a second Region",
    isOf: (_, tf) => resourcesOf(tf, "aws_s3_bucket_versioning").length === resourcesOf(tf, "aws_s3_bucket").length,
  },
  aws_s3_bucket_object_lock_configuration: { reason: "a setting is no data" },
  aws_s3_bucket_versioning: { reason: "a setting is no data" },
  aws_secretsmanager_secret: { reason: "it keeps the version before, and AWS Backup knows nothing of it" },
  aws_secretsmanager_secret_version: { reason: "its secret keeps the one before" },
  aws_sns_topic: { reason: "subscriptions are made again; people confirm them again" },
  aws_subnet: { reason: "Terraform makes the same again" },
  aws_vpc: { reason: "Terraform makes the same again" },
  cloudflare_load_balancer: { reason: "a name is no data" },
  helm_release: { reason: "what its volumes hold is in the cluster's recovery points" },
  kubernetes_namespace_v1: { reason: "what is in it is in the cluster's recovery points" },
  kurrentcloud_managed_cluster: {
    reason: "it is Kurrent's, who backs it up as the job beside it says",
    isOf: (_, tf) => resourcesOf(tf, "kurrentcloud_scheduled_backup").length === 1,
  },
  kurrentcloud_network: { reason: "Terraform makes the same again" },
  kurrentcloud_project: { reason: "what is in it is backed up by itself" },
  kurrentcloud_scheduled_backup: { reason: "Terraform makes the same again" },
};

interface Holder {
  readonly stack: string;
  readonly type: string;
  readonly id: string;
  readonly resource: Arguments;
  readonly tf: TerraformJson;
}

const holdersIn = ({ stacks }: Synthesized): Holder[] =>
  Object.entries(stacks).flatMap(([stack, tf]) =>
    Object.entries(tf.resource ?? {})
      .filter(([type]) => Object.hasOwn(LOSSES, type))
      .flatMap(([type, named]) => Object.entries(named).map(([id, resource]) => ({ stack, type, id, resource, tf }))),
  );

/** What the selections of all plans name, in Terraform's words. */
const selected = ({ stacks }: Synthesized): string[] =>
  Object.values(stacks).flatMap((tf) =>
    resourcesOf(tf, "aws_backup_selection").flatMap(({ resources = [] }) => resources as readonly string[]),
  );

const isSelected = ({ stack, type, id }: Holder, names: readonly string[]): boolean =>
  names.some(
    (name) =>
      name === `\${${type}.${id}.arn}` ||
      // From another stack, by its state.
      name.endsWith(`-${stack}.outputs.cross-stack-output-${type}${id}arn}`),
  );

const isExcepted = ({ type, resource, tf }: Holder, exceptions: Readonly<Record<string, Exception>>): boolean => {
  const exception = Object.hasOwn(exceptions, type) ? exceptions[type] : undefined;
  return exception !== undefined && (exception.isOf?.(resource, tf) ?? true);
};

/** What holds data and is neither in a selection nor on the list of exceptions, and exceptions that are none. */
export function backupProblems(synthesized: Synthesized, exceptions = EXCEPTIONS): string[] {
  const names = selected(synthesized);
  const holders = holdersIn(synthesized);
  const missed = holders.filter((each) => !isSelected(each, names) && !isExcepted(each, exceptions));
  const twice = holders.filter((each) => isSelected(each, names) && isExcepted(each, exceptions));
  const stale = Object.keys(exceptions).filter(
    (type) => !holders.some((each) => each.type === type && isExcepted(each, exceptions)),
  );
  return [
    ...missed.map(
      ({ stack, type, id }) =>
        `${stack} ${type}.${id} is backed up by nobody, and with it ${LOSSES[type]}: name it in a selection, or ` +
        "say in EXCEPTIONS why not",
    ),
    ...twice.map(({ stack, type, id }) => `${stack} ${type}.${id} is in a selection, and is no exception`),
    ...stale.map((type) => `${type} is an exception of which there is none`),
  ];
}
