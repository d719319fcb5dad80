import { environments } from "./support/environments";
import { addressesOf } from "./support/plan";
import { type Arguments, synthesize, type TerraformJson } from "./support/synthesized";

/** What must never change, whatever a plan's snapshot approves: each finds the addresses that break it. */
type Invariant = (tf: TerraformJson) => readonly string[];

const resources = (tf: TerraformJson, ...types: readonly string[]): [address: string, resource: Arguments][] =>
  types.flatMap((type) =>
    Object.entries(tf.resource?.[type] ?? {}).map(([id, resource]): [string, Arguments] => [`${type}.${id}`, resource]),
  );

/** Addresses of the resources of these types that don't meet the condition. */
const unless =
  (isMet: (resource: Arguments, address: string) => boolean, ...types: readonly string[]): Invariant =>
  (tf) =>
    resources(tf, ...types)
      .filter(([address, resource]) => !isMet(resource, address))
      .map(([address]) => address);

const isReference = (value: unknown): boolean => typeof value === "string" && value.startsWith("${");
const isGuarded = (resource: Arguments): boolean =>
  (resource.lifecycle as { prevent_destroy?: boolean } | undefined)?.prevent_destroy === true;
const at = (value: unknown, ...keys: readonly (string | number)[]): unknown =>
  keys.reduce<unknown>((inner, key) => (inner as Record<string | number, unknown> | undefined)?.[key], value);

interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly Principal?: unknown;
  readonly Condition?: unknown;
}
const statementsOf = (policy: unknown): Statement[] => JSON.parse(String(policy)).Statement;

const ANYWHERE = ["0.0.0.0/0", "::/0"];
const CHART_VERSION = /^\d+\.\d+\.\d+$/;

const INVARIANTS: Readonly<Record<string, Invariant>> = {
  "every log group is kept a year and encrypted with our key": unless(
    (it) => it.retention_in_days === 365 && isReference(it.kms_key_id),
    "aws_cloudwatch_log_group",
  ),
  "every store is encrypted with our key": (tf) => [
    ...unless(
      (it) => it.storage_encrypted === true && (isReference(it.kms_key_id) || "replicate_source_db" in it),
      "aws_db_instance",
    )(tf),
    ...unless(
      (it) => it.at_rest_encryption_enabled === "true" && isReference(it.kms_key_id),
      "aws_elasticache_replication_group",
    )(tf),
    ...unless((it) => isReference(it.kms_key_id), "aws_secretsmanager_secret")(tf),
    ...unless((it) => isReference(at(it, "encryption_config", "provider", "key_arn")), "aws_eks_cluster")(tf),
    ...unless(
      (it) =>
        at(it, "block_device_mappings", 0, "ebs", "encrypted") === "true" &&
        isReference(at(it, "block_device_mappings", 0, "ebs", "kms_key_id")),
      "aws_launch_template",
    )(tf),
    ...unless(
      (it) => at(it, "parameters", "encrypted") === "true" && isReference(at(it, "parameters", "kmsKeyId")),
      "kubernetes_storage_class_v1",
    )(tf),
  ],
  "every store speaks TLS alone": (tf) => [
    ...unless(
      (it) => JSON.stringify(it.parameter).includes('"rds.force_ssl","value":"1"'),
      "aws_db_parameter_group",
    )(tf),
    ...unless(
      (it) => it.transit_encryption_enabled === true && it.transit_encryption_mode === "required",
      "aws_elasticache_replication_group",
    )(tf),
  ],
  "nothing is open to the whole internet": (tf) => [
    ...unless(
      (it) => !ANYWHERE.includes(String(it.cidr_ipv4 ?? it.cidr_ipv6)),
      "aws_vpc_security_group_ingress_rule",
    )(tf),
    ...unless(
      (it) => it.ingress === undefined && it.egress === undefined,
      "aws_security_group",
      "aws_default_security_group",
    )(tf),
    ...unless((it) => at(it, "vpc_config", "endpoint_public_access") === false, "aws_eks_cluster")(tf),
    ...unless((it) => it.publicly_accessible === false, "aws_db_instance")(tf),
    ...unless((it) => it.map_public_ip_on_launch === false, "aws_subnet")(tf),
    ...unless((it) => it.public_access === false, "kurrentcloud_network", "kurrentcloud_managed_cluster")(tf),
  ],
  "every rule of a firewall says what it is for": unless(
    (it) => typeof it.description === "string" && it.description.length > 0,
    "aws_security_group",
    "aws_vpc_security_group_ingress_rule",
    "aws_vpc_security_group_egress_rule",
  ),
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
  // A replica holds no data of its own; RDS guards it all the same.
  "whatever holds data is guarded": unless(
    (it) => isGuarded(it) || "replicate_source_db" in it,
    "aws_db_instance",
    "aws_eks_cluster",
    "aws_elasticache_replication_group",
    "aws_kms_key",
    "aws_s3_bucket",
    "aws_secretsmanager_secret",
    "kubernetes_namespace_v1",
    "kurrentcloud_managed_cluster",
    "kurrentcloud_network",
    "kurrentcloud_project",
  ),
  "what AWS and Kurrent can guard, they do": (tf) => [
    ...unless((it) => it.deletion_protection === true, "aws_db_instance", "aws_eks_cluster")(tf),
    ...unless((it) => it.protected === true, "kurrentcloud_managed_cluster")(tf),
  ],
  "every key rotates and has a policy": unless(
    (it) => it.enable_key_rotation === true && it.policy !== undefined,
    "aws_kms_key",
  ),
  "a key's policy lets anybody in on conditions alone": unless(
    (it) =>
      statementsOf(it.policy).every(
        ({ Principal, Condition }) => at(Principal, "AWS") !== "*" || Condition !== undefined,
      ),
    "aws_kms_key",
  ),
  "no role may do everything": unless(
    (it) =>
      statementsOf(it.policy).every(({ Action, Resource }) => ![Action, Resource].flat().every((each) => each === "*")),
    "aws_iam_role_policy",
  ),
  "grants of keys are for AWS's own resources": unless(
    (it) =>
      statementsOf(it.policy).every(
        ({ Action, Condition }) =>
          ![Action].flat().includes("kms:CreateGrant") || at(Condition, "Bool", "kms:GrantIsForAWSResource") === "true",
      ),
    "aws_iam_role_policy",
  ),
  "no role trusts anybody but a service": unless(
    (it) => statementsOf(it.assume_role_policy).every(({ Principal }) => typeof at(Principal, "Service") === "string"),
    "aws_iam_role",
  ),
  "every chart is pinned": unless((it) => CHART_VERSION.test(String(it.version)), "helm_release"),
  "every output says what it is": (tf) =>
    Object.entries(tf.output ?? {})
      .filter(([name, { description }]) => !name.startsWith("cross-stack-output-") && !description)
      .map(([name]) => `output.${name}`),
  "Kubernetes is reached by a token that is in no state": (tf) =>
    ["kubernetes", "helm"].flatMap((provider) =>
      (tf.provider?.[provider] ?? [])
        .map((config) => (provider === "helm" ? (config.kubernetes as Arguments) : config))
        .filter(
          (config) =>
            config.exec === undefined || config.token !== undefined || tf.resource?.aws_eks_cluster !== undefined,
        )
        .map(() => `provider.${provider}`),
    ),
  "Terraform is new enough for write-only arguments": (tf) =>
    tf.terraform?.required_version === ">= 1.11.0" ? [] : ["terraform.required_version"],
};

const synthesized = synthesize(environments);
const stacks = Object.entries(synthesized.stacks);

describe.each(Object.entries(INVARIANTS))("%s", (_, broken) => {
  test.each(stacks)("in %s", (__, tf) => {
    expect(broken(tf)).toEqual([]);
  });
});

test("every stack comes after those whose state it reads, and none after itself", () => {
  for (const [name, tf] of stacks) {
    const read = Object.keys(tf.data?.terraform_remote_state ?? {}).map((id) =>
      id.replace("cross-stack-reference-input-", ""),
    );
    expect(synthesized.dependencies[name]).toEqual(expect.arrayContaining(read));
    expect(synthesized.dependencies[name]).not.toContain(name);
  }
});

/** Breaks one argument of the first resource of a type. */
function broken(type: string, argument: string, value: unknown): TerraformJson {
  const [, tf] = stacks.find(([, it]) => it.resource?.[type] !== undefined) ?? ["", {} as TerraformJson];
  const [id = "", resource] = Object.entries(tf.resource?.[type] ?? {})[0] ?? [];
  return { ...tf, resource: { ...tf.resource, [type]: { [id]: { ...resource, [argument]: value } } } };
}

describe("a broken one is found", () => {
  test.each<[name: string, type: string, argument: string, value: unknown]>([
    ["every log group is kept a year and encrypted with our key", "aws_cloudwatch_log_group", "retention_in_days", 7],
    ["every store is encrypted with our key", "aws_db_instance", "storage_encrypted", false],
    ["every store is encrypted with our key", "aws_elasticache_replication_group", "kms_key_id", undefined],
    ["every store speaks TLS alone", "aws_elasticache_replication_group", "transit_encryption_mode", "preferred"],
    ["nothing is open to the whole internet", "aws_vpc_security_group_ingress_rule", "cidr_ipv4", "0.0.0.0/0"],
    ["nothing is open to the whole internet", "aws_subnet", "map_public_ip_on_launch", true],
    ["every rule of a firewall says what it is for", "aws_vpc_security_group_ingress_rule", "description", ""],
    ["no pod can take a node's role", "aws_launch_template", "metadata_options", { http_tokens: "optional" }],
    ["nobody is a cluster's administrator but by name", "aws_eks_cluster", "access_config", undefined],
    ["whatever holds data is guarded", "aws_kms_key", "lifecycle", undefined],
    ["what AWS and Kurrent can guard, they do", "kurrentcloud_managed_cluster", "protected", false],
    ["every key rotates and has a policy", "aws_kms_key", "enable_key_rotation", false],
    ["no role may do everything", "aws_iam_role_policy", "policy", '{"Statement":[{"Action":"*","Resource":"*"}]}'],
    [
      "no role trusts anybody but a service",
      "aws_iam_role",
      "assume_role_policy",
      '{"Statement":[{"Principal":{"AWS":"*"}}]}',
    ],
    ["every chart is pinned", "helm_release", "version", "~> 88"],
  ])("%s: %s.%s", (name, type, argument, value) => {
    const tf = broken(type, argument, value);
    expect(INVARIANTS[name]?.(tf)).toEqual(addressesOf(tf).filter((address) => address.startsWith(`${type}.`)));
  });
});
