/** What is lost with a resource, by its type. */
type Losses = Readonly<Record<string, string>>;

const LOGS = "the logs, which auditors ask for";
const FILES = "the files in it";
const ROWS = "the data in it, and its endpoint";
const CACHED = "the cached data, and the speed of its readers until it is back";
const MESSAGES = "the messages in it, and the address to which they are sent";

/** Types that hold data, keys or addresses that others know. In a protected stack the lock lists them without a guard, too. */
const HOLDERS: Losses = {
  aws_backup_vault: "the recovery points in it",
  aws_backup_vault_lock_configuration: "the time in which nobody can delete the recovery points",
  aws_cognito_user_pool: "the users in it",
  aws_db_instance: "the read models, and on a replica the readers' connections",
  aws_docdb_cluster: ROWS,
  aws_dynamodb_table: "the items in it",
  aws_ebs_volume: FILES,
  aws_ecr_repository: "the images in it",
  aws_efs_file_system: FILES,
  aws_eip: "the address, which partners allow",
  aws_eks_cluster: "every object in the cluster, and the volumes that its pods claimed",
  aws_elasticache_replication_group: "the cached read models, and the read side's speed until they are back",
  aws_elasticache_serverless_cache: CACHED,
  aws_fsx_lustre_file_system: FILES,
  aws_fsx_ontap_file_system: FILES,
  aws_fsx_openzfs_file_system: FILES,
  aws_fsx_windows_file_system: FILES,
  aws_kinesis_stream: MESSAGES,
  aws_kms_key: "everything that it encrypted, whoever still has it",
  aws_kms_replica_key: "what it encrypted in its Region, and what its primary did while that one is away",
  aws_memorydb_cluster: ROWS,
  aws_mq_broker: MESSAGES,
  aws_msk_cluster: MESSAGES,
  aws_neptune_cluster: ROWS,
  aws_opensearch_domain: ROWS,
  aws_rds_cluster: ROWS,
  aws_rds_cluster_instance: "the readers' connections",
  aws_redshift_cluster: ROWS,
  aws_route53_zone: "the names in it, and the name servers to which its parent points",
  aws_s3_bucket: "its objects",
  aws_s3_bucket_object_lock_configuration: "the time in which nobody can delete the objects that come after",
  aws_s3_directory_bucket: "its objects",
  aws_sqs_queue: MESSAGES,
  aws_vpc: "the network that all stores and clusters are in",
  // Terraform replaces the two on purpose, for another host or retention, so that they can't have `prevent_destroy`.
  cloudflare_load_balancer: "the public name of an API",
  kurrentcloud_scheduled_backup: "the pruning of the backups that it made",
  kurrentcloud_managed_cluster: "the events, from which all else is made",
  kurrentcloud_network: "the event store in it",
  kurrentcloud_project: "the event store and its backups",
};

/** Types that the lock lists where they have a guard. */
const OTHERS: Losses = {
  aws_cloudwatch_log_group: LOGS,
  aws_iam_role: "nothing itself, but a cluster whose role has another ARN is another cluster",
  aws_lb: "its address, to which the names of the APIs lead",
  aws_s3_bucket_versioning: "the older versions that come after",
  aws_secretsmanager_secret_version: "the password that the database still has: a new one is written beside it",
  aws_secretsmanager_secret: "the secret's value, which is in no plan and no state",
  aws_sns_topic: "its subscriptions, which people confirmed",
  aws_subnet: "the addresses in it, and the stores and nodes that have them",
  helm_release: "what the chart's volumes and custom resources hold",
  kubernetes_namespace_v1: "all objects in it, volume claims among them",
  kubernetes_persistent_volume_claim_v1: "the volume",
  module: "everything in the module",
};

export const LOSSES: Losses = { ...HOLDERS, ...OTHERS };

export const isHolder = (type: string): boolean => Object.hasOwn(HOLDERS, type);

/** What is lost with the resource, or module, at an address. */
export const lossOf = (address: string): string =>
  LOSSES[address.slice(0, address.indexOf("."))] ?? "what the program guards";
