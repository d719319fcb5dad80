/** Addresses of what a bucket consists of. */
const bucketOf = (construct: string): readonly string[] => [
  `aws_s3_bucket.${construct}`,
  `aws_s3_bucket_lifecycle_configuration.${construct}_Lifecycle`,
  `aws_s3_bucket_ownership_controls.${construct}_Ownership`,
  `aws_s3_bucket_policy.${construct}_Policy`,
  `aws_s3_bucket_public_access_block.${construct}_PublicAccessBlock`,
  `aws_s3_bucket_server_side_encryption_configuration.${construct}_Encryption`,
  `aws_s3_bucket_versioning.${construct}_Versioning`,
];

/** All that `state.secondRegion` adds to a stack `state` with access logs, in order and without hashes. */
export const STATE_REPLICA: readonly string[] = [
  "aws_iam_role.State_Replication_Role",
  "aws_iam_role_policy.State_Replication_Role_Policy",
  "aws_kms_alias.State_Replica_Key_Alias",
  "aws_kms_key.State_Replica_Key",
  ...bucketOf("State_Replica"),
  ...bucketOf("State_Replica_AccessLogs"),
  "aws_s3_bucket_logging.State_Replica_AccessLogs_Logging",
  "aws_s3_bucket_replication_configuration.State_Replication",
].sort();
