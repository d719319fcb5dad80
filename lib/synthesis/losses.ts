/** Resource types whose destruction loses something that Terraform can't create again, and what that is. */
export const LOSSES: Readonly<Record<string, string>> = {
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
  aws_secretsmanager_secret: "the secret's value, which is in no plan and no state",
  aws_sns_topic: "its subscriptions, which people confirmed",
  aws_subnet: "the addresses in it, and the stores and nodes that have them",
  aws_vpc: "the network that all stores and clusters are in",
  cloudflare_load_balancer: "the public name of an API",
  helm_release: "what the chart's volumes and custom resources hold",
  kubernetes_namespace_v1: "all objects in it, volume claims among them",
  kubernetes_persistent_volume_claim_v1: "the volume",
  kurrentcloud_managed_cluster: "the events, from which all else is made",
  kurrentcloud_network: "the event store in it",
  kurrentcloud_scheduled_backup: "the pruning of the backups that it made",
  kurrentcloud_project: "the event store and its backups",
};

/** What is lost with the resource at an address. */
export const lossOf = (address: string): string =>
  LOSSES[address.slice(0, address.indexOf("."))] ?? "what the program guards";
