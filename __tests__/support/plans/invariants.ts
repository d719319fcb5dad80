import { LOSSES } from "../../../lib/synthesis/losses";
import type { Arguments, Synthesized, TerraformJson } from "../synthesis/synthesized";
import { addressesOf } from "./plan";

/** What must never change, whatever a plan's snapshot approves: finds the addresses of one stack that break it. */
export type Invariant = (tf: TerraformJson) => readonly string[];

/** Data holders that Terraform does not guard, and why. Whatever else holds data is guarded. */
export const UNGUARDED: Readonly<Record<string, string>> = {
  cloudflare_load_balancer: "another host is another name, on purpose",
  aws_backup_vault_lock_configuration: "another retention is another lock, on purpose",
  aws_iam_role: "the cluster that a renamed one would replace is guarded",
  aws_s3_bucket_object_lock_configuration: "another retention is a change in place",
  aws_secretsmanager_secret_version: "a new password is a new version, on purpose",
  helm_release: "its namespace is guarded, and the volumes outlive their claims",
  kurrentcloud_scheduled_backup: "another retention is another job, on purpose, and the backups stay",
};

/** Stacks of what keeps its data in the stores: whatever is in them, Terraform makes again. */
const STATELESS = /-(?:write-services|read-services|recovery-jobs|edge)$/;

const isStateless = (tf: TerraformJson): boolean =>
  STATELESS.test(
    (tf["//"] as { readonly metadata: { readonly stackName: string } } | undefined)?.metadata.stackName ?? "",
  );

/** Types whose destruction loses nothing: Terraform makes the same again. A type is on one of the two lists. */
const MADE_AGAIN: readonly string[] = [
  "aws_autoscaling_attachment",
  "aws_backup_plan",
  "aws_backup_restore_testing_plan",
  "aws_backup_restore_testing_selection",
  "aws_backup_selection",
  "aws_cloudwatch_event_rule",
  "aws_cloudwatch_event_target",
  "aws_db_parameter_group",
  "aws_db_subnet_group",
  "aws_default_security_group",
  "aws_eks_access_entry",
  "aws_eks_access_policy_association",
  "aws_eks_addon",
  "aws_eks_node_group",
  "aws_eks_pod_identity_association",
  "aws_elasticache_parameter_group",
  "aws_elasticache_subnet_group",
  "aws_elasticache_user",
  "aws_elasticache_user_group",
  "aws_flow_log",
  "aws_iam_openid_connect_provider",
  "aws_iam_role_policy",
  "aws_iam_role_policy_attachment",
  "aws_internet_gateway",
  "aws_kms_alias",
  "aws_launch_template",
  "aws_lb_listener",
  "aws_lb_target_group",
  "aws_nat_gateway",
  "aws_route",
  "aws_route_table",
  "aws_route_table_association",
  "aws_s3_bucket_lifecycle_configuration",
  "aws_s3_bucket_logging",
  "aws_s3_bucket_ownership_controls",
  "aws_s3_bucket_notification",
  "aws_s3_bucket_policy",
  "aws_s3_bucket_public_access_block",
  "aws_s3_bucket_replication_configuration",
  "aws_s3_bucket_server_side_encryption_configuration",
  "aws_security_group",
  "aws_sns_topic_policy",
  "aws_vpc_endpoint",
  "aws_vpc_peering_connection_accepter",
  "aws_vpc_security_group_egress_rule",
  "aws_vpc_security_group_ingress_rule",
  "cloudflare_load_balancer_monitor",
  "cloudflare_load_balancer_pool",
  "cloudflare_ruleset",
  "cloudflare_zone_setting",
  "kubernetes_config_map_v1",
  "kubernetes_cron_job_v1",
  "kubernetes_deployment_v1",
  "kubernetes_horizontal_pod_autoscaler_v2",
  "kubernetes_ingress_v1",
  "kubernetes_network_policy_v1",
  "kubernetes_service_account_v1",
  "kubernetes_service_v1",
  "kubernetes_stateful_set_v1",
  "kubernetes_storage_class_v1",
  "kurrentcloud_peering",
  "terraform_data",
];

const resources = (tf: TerraformJson, ...types: readonly string[]): [address: string, resource: Arguments][] =>
  types.flatMap((type) =>
    Object.entries(tf.resource?.[type] ?? {}).map(([id, resource]): [string, Arguments] => [`${type}.${id}`, resource]),
  );

/** Addresses of the resources of these types that don't meet the condition. */
const unless =
  (isMet: (resource: Arguments, tf: TerraformJson, address: string) => boolean, ...types: readonly string[]) =>
  (tf: TerraformJson): string[] =>
    resources(tf, ...types)
      .filter(([address, resource]) => !isMet(resource, tf, address))
      .map(([address]) => address);

const all =
  (...invariants: readonly Invariant[]): Invariant =>
  (tf) =>
    invariants.flatMap((invariant) => invariant(tf));

const at = (value: unknown, ...keys: readonly (string | number)[]): unknown =>
  keys.reduce<unknown>((inner, key) => (inner as Record<string | number, unknown> | null | undefined)?.[key], value);
const listed = (value: unknown): unknown[] => (value === undefined ? [] : [value].flat());

/** A reference to a key that one of our stacks makes: not AWS's own, not one that somebody typed. */
const isOurKey = (value: unknown): boolean =>
  /^\$\{(?:aws_kms_(?:replica_)?key\.\w+\.arn|data\.terraform_remote_state\.[\w-]+\.outputs\.cross-stack-output-aws_kms_key\w+arn)\}$/.test(
    String(value),
  );
const isReplica = (resource: Arguments): boolean => "replicate_source_db" in resource;
/** A replica, which RDS guards all the same; a load balancer that nobody knows by name; a password that is made with its user. */
const isMadeAgain = (it: Arguments): boolean =>
  isReplica(it) || it.internal === true || it.recovery_window_in_days === 0;
const isWhole = (range: unknown): boolean => /\/0$/.test(String(range));

/** What the whole internet may reach: HTTPS of a load balancer. */
const isHttpsToLoadBalancer = (rule: Arguments, tf: TerraformJson): boolean =>
  rule.from_port === 443 &&
  rule.to_port === 443 &&
  resources(tf, "aws_lb").some(([, it]) => listed(it.security_groups).includes(rule.security_group_id));

interface Statement {
  readonly Effect: string;
  readonly Action?: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly Principal?: unknown;
  readonly Condition?: unknown;
}
const statementsOf = (policy: unknown): Statement[] =>
  policy === undefined ? [] : JSON.parse(String(policy)).Statement;
const allowsEverything = ({ Effect, Action, Resource }: Statement): boolean =>
  Effect === "Allow" && (Action === undefined || listed(Action).includes("*")) && listed(Resource).includes("*");
/** Recovery points, their lock and their vault; versions of objects, and the lock on them. */
const TAKES_BACKUPS_AWAY =
  /^(?:backup:(?:Delete|Disassociate|\*)|s3:(?:BypassGovernanceRetention|DeleteObjectVersion|DeleteBucket|PutObjectRetention|PutLifecycle|\*$))/;
const grants = ({ Action }: Statement): boolean =>
  listed(Action).some((action) => action === "kms:CreateGrant" || action === "kms:Create*");

/** A role that a cluster's tokens take: those of one service account, made for that. */
const isOneServiceAccount = ({ Principal, Condition }: Statement): boolean => {
  const given = Object.entries((at(Condition, "StringEquals") ?? {}) as Record<string, string>);
  const of = (end: string) => given.filter(([key]) => key.endsWith(end)).map(([, value]) => value);
  return (
    String(at(Principal, "Federated")).startsWith("${aws_iam_openid_connect_provider.") &&
    of(":aud").join() === "sts.amazonaws.com" &&
    /^system:serviceaccount:[a-z-]+:[a-z-]+$/.test(of(":sub").join())
  );
};

/** Whether another resource of the stack is about this one, and meets the condition. */
const has =
  (type: string, argument: string, isMet: (resource: Arguments) => boolean = () => true) =>
  (_: Arguments, tf: TerraformJson, address: string): boolean =>
    resources(tf, type).some(
      ([, other]) => JSON.stringify(other[argument] ?? null).includes(`\${${address}.`) && isMet(other),
    );

const isEncrypted = (isMet: (byDefault: unknown) => boolean) =>
  has("aws_s3_bucket_server_side_encryption_configuration", "bucket", ({ rule }) =>
    isMet(at(rule, 0, "apply_server_side_encryption_by_default")),
  );
const isEncryptedByUs = isEncrypted((byDefault) => isOurKey(at(byDefault, "kms_master_key_id")));
const isEncryptedByS3 = isEncrypted((byDefault) => at(byDefault, "sse_algorithm") === "AES256");
/** S3 supports no KMS key as the default of a bucket for access logs. */
const isForAccessLogs = has("aws_s3_bucket_logging", "target_bucket");

/** Rules of the security groups that stand before a store. */
const rulesBeforeStores = (tf: TerraformJson, type: string): [string, Arguments][] => {
  const groups = JSON.stringify([
    ...resources(tf, "aws_db_instance").map(([, it]) => it.vpc_security_group_ids),
    ...resources(tf, "aws_elasticache_replication_group").map(([, it]) => it.security_group_ids),
  ]);
  return resources(tf, type).filter(([, rule]) => groups.includes(JSON.stringify(rule.security_group_id)));
};

export const INVARIANTS = {
  "every kind of resource is known to hold data, or not to": (tf) =>
    addressesOf(tf).filter((address) => {
      const [type = ""] = address.split(".");
      return !Object.hasOwn(LOSSES, type) && !MADE_AGAIN.includes(type);
    }),
  "whatever holds data is guarded": unless(
    (it, tf) => at(it.lifecycle, "prevent_destroy") === true || isMadeAgain(it) || isStateless(tf),
    ...Object.keys(LOSSES).filter((type) => !Object.hasOwn(UNGUARDED, type)),
  ),
  "what AWS and Kurrent can guard, they do": all(
    unless((it) => it.deletion_protection === true, "aws_db_instance", "aws_eks_cluster"),
    unless((it) => it.protected === true, "kurrentcloud_managed_cluster"),
  ),
  "every log group is kept a year and encrypted with our key": unless(
    (it) => it.retention_in_days === 365 && isOurKey(it.kms_key_id),
    "aws_cloudwatch_log_group",
  ),
  "every store, volume and secret is encrypted with our key": all(
    unless((it) => it.storage_encrypted === true && (isOurKey(it.kms_key_id) || isReplica(it)), "aws_db_instance"),
    unless(
      (it) => it.performance_insights_enabled !== true || isOurKey(it.performance_insights_kms_key_id),
      "aws_db_instance",
    ),
    unless(
      (it) => it.at_rest_encryption_enabled === "true" && isOurKey(it.kms_key_id),
      "aws_elasticache_replication_group",
    ),
    unless((it) => isOurKey(it.kms_key_id), "aws_secretsmanager_secret"),
    unless((it) => isOurKey(it.kms_key_arn), "aws_backup_vault"),
    unless((it) => isOurKey(it.kms_master_key_id), "aws_sns_topic"),
    unless((it) => isOurKey(at(it, "encryption_config", "provider", "key_arn")), "aws_eks_cluster"),
    unless(
      (it) =>
        listed(it.block_device_mappings).length > 0 &&
        listed(it.block_device_mappings).every(
          (each) => at(each, "ebs", "encrypted") === "true" && isOurKey(at(each, "ebs", "kms_key_id")),
        ),
      "aws_launch_template",
    ),
    unless(
      (it) => at(it.parameters, "encrypted") === "true" && isOurKey(at(it.parameters, "kmsKeyId")),
      "kubernetes_storage_class_v1",
    ),
    unless(
      (...bucket) => isEncryptedByUs(...bucket) || (isForAccessLogs(...bucket) && isEncryptedByS3(...bucket)),
      "aws_s3_bucket",
    ),
  ),
  "every bucket keeps versions and is shut to the public": all(
    unless(has("aws_s3_bucket_versioning", "bucket"), "aws_s3_bucket"),
    unless(has("aws_s3_bucket_public_access_block", "bucket"), "aws_s3_bucket"),
    unless(has("aws_s3_bucket_policy", "bucket"), "aws_s3_bucket"),
  ),
  "every store speaks TLS alone": all(
    unless((it) => JSON.stringify(it.parameter).includes('"rds.force_ssl","value":"1"'), "aws_db_parameter_group"),
    unless(
      (it) => it.transit_encryption_enabled === true && it.transit_encryption_mode === "required",
      "aws_elasticache_replication_group",
    ),
  ),
  "nothing is open to the whole internet": all(
    unless(
      (it, tf) => (!isWhole(it.cidr_ipv4) && !isWhole(it.cidr_ipv6)) || isHttpsToLoadBalancer(it, tf),
      "aws_vpc_security_group_ingress_rule",
    ),
    unless((it) => {
      const { endpoint_public_access, public_access_cidrs } = (it.vpc_config ?? {}) as Arguments;
      const ranges = listed(public_access_cidrs);
      return endpoint_public_access === false || (ranges.length > 0 && !ranges.some(isWhole));
    }, "aws_eks_cluster"),
    unless((it) => it.publicly_accessible === false, "aws_db_instance"),
    unless((it) => it.map_public_ip_on_launch === false, "aws_subnet"),
    unless((it) => it.public_access === false, "kurrentcloud_network", "kurrentcloud_managed_cluster"),
  ),
  "rules of a security group are resources of their own": all(
    unless(
      (it) => it.ingress === undefined && it.egress === undefined,
      "aws_security_group",
      "aws_default_security_group",
    ),
    unless(() => false, "aws_security_group_rule"),
  ),
  "every rule of a firewall says what it is for": unless(
    (it) => typeof it.description === "string" && it.description.length > 0,
    "aws_security_group",
    "aws_vpc_security_group_ingress_rule",
    "aws_vpc_security_group_egress_rule",
  ),
  "the stores let in named groups alone, and nothing goes out of them": (tf) => [
    ...rulesBeforeStores(tf, "aws_vpc_security_group_ingress_rule")
      .filter(([, rule]) => typeof rule.referenced_security_group_id !== "string")
      .map(([address]) => address),
    ...rulesBeforeStores(tf, "aws_vpc_security_group_egress_rule").map(([address]) => address),
  ],
  "no pod can take a node's role": unless(
    (it) =>
      at(it, "metadata_options", "http_tokens") === "required" &&
      at(it, "metadata_options", "http_put_response_hop_limit") === 1,
    "aws_launch_template",
  ),
  "nobody is a cluster's administrator but by name": unless(
    (it) =>
      at(it, "access_config", "authentication_mode") === "API" &&
      at(it, "access_config", "bootstrap_cluster_creator_admin_permissions") === false,
    "aws_eks_cluster",
  ),
  "every key rotates, a replica as its primary does, and has a policy": all(
    unless((it) => it.enable_key_rotation === true && it.policy !== undefined, "aws_kms_key"),
    unless((it) => isOurKey(it.primary_key_arn) && it.policy !== undefined, "aws_kms_replica_key"),
  ),
  "a key's policy lets in its account and AWS's services, and anybody of the account on conditions alone": unless(
    (it) =>
      statementsOf(it.policy).every(({ Principal, Condition }) => {
        const [account, service] = [at(Principal, "AWS"), at(Principal, "Service")];
        if (typeof service === "string") return Condition !== undefined;
        return account === "*"
          ? at(Condition, "StringEquals", "kms:CallerAccount") !== undefined
          : /^arn:[^:]+:iam::[^:]+:root$/.test(String(account));
      }),
    "aws_kms_key",
    "aws_kms_replica_key",
  ),
  "no role may do everything": unless(
    (it) => !statementsOf(it.policy).some(allowsEverything),
    "aws_iam_role_policy",
    "aws_iam_policy",
  ),
  "no role may take a backup away before its time": unless(
    (it) =>
      !statementsOf(it.policy).some(
        ({ Effect, Action }) =>
          Effect === "Allow" && listed(Action).some((action) => TAKES_BACKUPS_AWAY.test(`${action}`)),
      ),
    "aws_iam_role_policy",
    "aws_iam_policy",
  ),
  "no lock of backups is for ever but by somebody's own word": all(
    unless((it) => it.changeable_for_days === undefined, "aws_backup_vault_lock_configuration"),
    unless(
      (it) => at(it, "rule", "default_retention", "mode") === "GOVERNANCE",
      "aws_s3_bucket_object_lock_configuration",
    ),
  ),
  "grants of keys are for AWS's own resources": unless(
    (it) =>
      statementsOf(it.policy).every(
        (statement) => !grants(statement) || at(statement.Condition, "Bool", "kms:GrantIsForAWSResource") === "true",
      ),
    "aws_iam_role_policy",
    "aws_iam_policy",
    "aws_kms_key",
  ),
  "no role trusts anybody but a service, or one service account of a cluster": unless(
    (it) =>
      statementsOf(it.assume_role_policy).every(
        (statement) => typeof at(statement.Principal, "Service") === "string" || isOneServiceAccount(statement),
      ),
    "aws_iam_role",
  ),
  "every chart and every add-on is pinned": all(
    unless((it) => /^\d+\.\d+\.\d+$/.test(String(it.version)), "helm_release"),
    unless((it) => /^v\d+\.\d+\.\d+-eksbuild\.\d+$/.test(String(it.addon_version)), "aws_eks_addon"),
  ),
  "every output says what it is": (tf) =>
    Object.entries(tf.output ?? {})
      .filter(([name, { description }]) => !name.startsWith("cross-stack-output-") && !description)
      .map(([name]) => `output.${name}`),
  "Kubernetes is reached by a token that is in no state, and not from the stack that makes the cluster": (tf) =>
    ["kubernetes", "helm"].flatMap((provider) =>
      (tf.provider?.[provider] ?? [])
        .map((config) => (provider === "helm" ? (config.kubernetes as Arguments) : config))
        .filter(({ exec, token }) => exec === undefined || token !== undefined || tf.resource?.aws_eks_cluster)
        .map(() => `provider.${provider}`),
    ),
  "every resource is tagged with its environment and its stack": (tf) =>
    (tf.provider?.aws ?? [])
      .filter((config) =>
        ["Environment", "Stack", "ManagedBy"].some((tag) => !at(config, "default_tags", 0, "tags", tag)),
      )
      .map(() => "provider.aws"),
  "Terraform is new enough for write-only arguments": (tf) =>
    tf.terraform?.required_version === ">= 1.11.0" ? [] : ["terraform.required_version"],
  "a state in S3 is locked, and others' are read where it is itself": (tf) => {
    const [[kind, own] = ["none", {}]] = Object.entries(tf.terraform?.backend ?? {});
    const unlocked = kind === "s3" && own.use_lockfile !== true ? ["terraform.backend"] : [];
    const elsewhere = Object.entries(tf.data?.terraform_remote_state ?? {})
      .filter(
        ([, { backend, config }]) =>
          backend !== kind || at(config, "bucket") !== own.bucket || at(config, "region") !== own.region,
      )
      .map(([id]) => `data.terraform_remote_state.${id}`);
    return [...unlocked, ...elsewhere];
  },
} as const satisfies Readonly<Record<string, Invariant>>;

/** What is wrong with the order of stacks: one that isn't there, one whose state is read unasked for, a circle. */
export function orderProblems({ stacks, dependencies }: Synthesized): string[] {
  const after = (name: string): readonly string[] => dependencies[name] ?? [];
  const reaches = (from: string, to: string, seen: readonly string[] = []): boolean =>
    after(from).some((next) => next === to || (!seen.includes(next) && reaches(next, to, [...seen, next])));
  return Object.entries(stacks).flatMap(([name, tf]) => [
    ...after(name)
      .filter((other) => stacks[other] === undefined)
      .map((other) => `${name} comes after ${other}, which is no stack`),
    ...Object.keys(tf.data?.terraform_remote_state ?? {})
      .map((id) => id.replace("cross-stack-reference-input-", ""))
      .filter((other) => !after(name).includes(other))
      .map((other) => `${name} reads the state of ${other} without coming after it`),
    ...(reaches(name, name) ? [`${name} comes after itself`] : []),
  ]);
}
