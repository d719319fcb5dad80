/** By check: why nothing that it says of any resource is to be fixed. It is not run. */
export const SKIPPED_CHECKS: Readonly<Record<string, string>> = {
  CKV2_AWS_15:
    "It looks for the health checks of Auto Scaling groups in the program. EKS makes the groups of its nodes, and sets their health checks.",
  CKV2_AWS_62:
    "Notifications of a bucket start other work, and protect nothing. What is to hear of an object has one: failed copies of exports.",
  CKV_K8S_11:
    "A CPU limit slows a container down while its node has CPU to spare. Pods have CPU requests, and limits of memory.",
};

const REPLICA =
  "A read replica is rebuilt, not failed over: three of them are in three zones, and the primary is Multi-AZ.";
const byVersion = (key: string): string =>
  `Terraform writes a new password with each change of ${key}. What uses it reads it again by steps of yours, ` +
  "so that a rotation on a schedule would lock it out.";
const BY_TOOL =
  "`cqrs-ops credentials` rotates it in the event store and here. Secrets Manager has no rotation for the event store's users.";
const LOGS_STAY_HERE =
  "Its lines are about a bucket of this Region. Those about the copies in the second Region are there, in a bucket of their own.";
const BY_S3 =
  "S3 supports no KMS key as the default of a bucket for access logs. This one is encrypted with S3's own keys.";
const OF_ACCESS_LOGS = { CKV_AWS_144: LOGS_STAY_HERE, CKV_AWS_145: BY_S3 };
const TLS_LISTENERS =
  "A network load balancer logs connections of TLS listeners alone. Its listeners are TCP; NGINX logs requests.";
const AS_VARIABLES =
  "The service reads its secrets from variables. They come from a Secret that External Secrets writes, and only this container has them.";

/** By stack and address, and then by check: why it stays as it is. An entry that checkov does not find any more is an error. */
export const ACCEPTED_FINDINGS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "production-monitoring aws_lb.Monitoring_LoadBalancer_D9E636BE": {
    CKV_AWS_91: "A network load balancer logs connections of TLS listeners alone. Its listeners are TCP.",
    CKV_AWS_150: "It is internal and holds nothing. The write cluster finds a new one by the stack's output.",
  },
  "production-monitoring aws_s3_bucket.Monitoring_LogArchive_75C671FB": {
    CKV_AWS_144: "Logs of a lost Region are not needed to recover from its loss.",
  },
  "production-monitoring aws_s3_bucket.Monitoring_LogArchive_AccessLogs_9C0C9225": OF_ACCESS_LOGS,
  "production-monitoring aws_secretsmanager_secret.Monitoring_Administrator_A7255884": {
    CKV2_AWS_57: byVersion("monitoring.grafana.passwordVersion"),
  },
  "production-monitoring aws_secretsmanager_secret.Monitoring_Login-log-keeper_9A5E81A4": {
    CKV2_AWS_57: byVersion("monitoring.logs.passwordVersion"),
  },
  "production-monitoring aws_secretsmanager_secret.Monitoring_Login-log-reader_82A28C17": {
    CKV2_AWS_57: byVersion("monitoring.logs.passwordVersion"),
  },
  "production-monitoring aws_secretsmanager_secret.Monitoring_Login-log-shipper_56EF8B13": {
    CKV2_AWS_57: byVersion("monitoring.logs.passwordVersion"),
  },
  "production-monitoring aws_secretsmanager_secret.Monitoring_RemoteWriteLogin_3D4991EA": {
    CKV2_AWS_57: byVersion("monitoring.remoteWrite.passwordVersion"),
  },
  "production-read-cluster aws_lb.LoadBalancer_BE9EEC3A": { CKV_AWS_91: TLS_LISTENERS },
  "production-read-store aws_db_instance.Database_Replica1_ED560A1F": { CKV_AWS_157: REPLICA },
  "production-read-store aws_db_instance.Database_Replica2_035311FF": { CKV_AWS_157: REPLICA },
  "production-read-store aws_db_instance.Database_Replica3_BE17AD75": { CKV_AWS_157: REPLICA },
  "production-read-store aws_secretsmanager_secret.Database_MasterPassword_4546DEEA": {
    CKV2_AWS_57:
      "Terraform gives a new password to the database and to the secret in one apply, with each change of readStore.passwordVersion. " +
      "Services do not use it: they have IAM users.",
  },
  "production-recovery aws_s3_bucket.Recovery_CopiesExports_AccessLogs_02A4EBD4": OF_ACCESS_LOGS,
  "production-recovery aws_s3_bucket.Recovery_Exports_AccessLogs_2BCA6C23": OF_ACCESS_LOGS,
  "production-recovery aws_secretsmanager_secret.Recovery_Operator_5F572982": { CKV2_AWS_57: BY_TOOL },
  "production-recovery aws_secretsmanager_secret.Recovery_Ops_C1D8C27F": { CKV2_AWS_57: BY_TOOL },
  "production-recovery aws_security_group.Recovery_RestoreTests_Nobody_86A3232E": {
    CKV2_AWS_5:
      "AWS Backup attaches it to the databases that it restores for tests. The selection names it within a JSON text.",
  },
  "production-state aws_s3_bucket.State_AccessLogs_FCE2D8F6": OF_ACCESS_LOGS,
  "production-state aws_s3_bucket.State_Replica_AccessLogs_F95434B5": OF_ACCESS_LOGS,
  "production-write-cluster aws_lb.LoadBalancer_BE9EEC3A": { CKV_AWS_91: TLS_LISTENERS },
  "production-write-services kubernetes_deployment_v1.Services_CommandApi_Releases_Blue_982F802E": {
    CKV_K8S_35: AS_VARIABLES,
  },
  "production-write-services kubernetes_deployment_v1.Services_CommandApi_Releases_Green_A3449A4A": {
    CKV_K8S_35: AS_VARIABLES,
  },
};
