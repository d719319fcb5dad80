import type { Environment } from "../lib/config/environment";
import { LOSSES } from "../lib/synthesis/losses";
import { INVARIANTS, orderProblems, UNGUARDED } from "./support/plans/invariants";
import { environments } from "./support/synthesis/environments";
import type { Arguments, TerraformJson } from "./support/synthesis/synthesized";
import { synthesizedOnce } from "./support/synthesis/synthesized-once";

type Name = keyof typeof INVARIANTS;

/** Every environment, changed alike. */
const everyWith = (change: Partial<Environment>): Readonly<Record<string, Environment>> =>
  Object.fromEntries(Object.entries(environments).map(([name, environment]) => [name, { ...environment, ...change }]));

/** Each with a bucket in its own Region. */
const STATES = Object.fromEntries(
  Object.entries(environments).map(([name, environment]) => [
    name,
    { ...environment, state: { ...environment.state, bucket: `acme-${name}` } },
  ]),
);

const SETTINGS: Readonly<Record<string, Readonly<Record<string, Environment>>>> = {
  "as they are": environments,
  "with a state bucket": STATES,
  "with an API that an office may reach": everyWith({ apiAccess: { cidrs: ["203.0.113.0/24"] } }),
  "on arm64": everyWith({ kubernetes: { instructionSet: "arm64", version: "1.36" } }),
};

describe.each(Object.entries(SETTINGS))("environments %s", (_, setting) => {
  const synthesized = synthesizedOnce(setting);

  test.each(Object.entries(INVARIANTS))("%s", (__, offenders) => {
    const found = Object.entries(synthesized.stacks).flatMap(([stack, tf]) =>
      offenders(tf).map((address) => `${stack} ${address}`),
    );
    expect(found).toEqual([]);
  });

  test("stacks come after those whose state they read, and none after itself", () => {
    expect(orderProblems(synthesized)).toEqual([]);
  });

  test.each(Object.keys(setting))("the state of %s's state stack is local, all others' are together", (name) => {
    const kinds = Object.entries(synthesized.stacks)
      .filter(([stack]) => stack.startsWith(`${name}-`))
      .map(([stack, { terraform }]) => [stack, ...Object.keys(terraform?.backend ?? {})]);
    for (const [stack, kind] of kinds) {
      expect([stack, kind]).toEqual([
        stack,
        stack === `${name}-state` || !setting[name]?.state?.bucket ? "local" : "s3",
      ]);
    }
  });
});

test("what is not guarded is on the list of what holds data", () => {
  expect(Object.keys(UNGUARDED).filter((type) => !Object.hasOwn(LOSSES, type))).toEqual([]);
});

/** A broken stack, and the addresses at which that is found. */
interface Sample {
  readonly tf: TerraformJson;
  readonly found: readonly string[];
}

const real = synthesizedOnce(STATES);

/** A stack of ours in which one argument of the first resource of a type is another. */
function broken(type: string, argument: string, value: unknown): Sample {
  const [, tf] = Object.entries(real.stacks).find(([, it]) => it.resource?.[type] !== undefined) ?? [];
  const [id, resource] = Object.entries(tf?.resource?.[type] ?? {})[0] ?? [];
  if (tf === undefined || id === undefined) throw new Error(`no stack has a ${type}`);
  const withIt = { ...tf.resource?.[type], [id]: { ...resource, [argument]: value } };
  return { tf: { ...tf, resource: { ...tf.resource, [type]: withIt } }, found: [`${type}.${id}`] };
}

/** A stack of ours without the resources of one type; found at each resource of another. */
function without(type: string, foundAt: string): Sample {
  const { tf } = broken(foundAt, "nothing", undefined);
  const { [type]: _, ...resource } = tf.resource ?? {};
  return { tf: { ...tf, resource }, found: Object.keys(resource[foundAt] ?? {}).map((id) => `${foundAt}.${id}`) };
}

/** A stack with a single resource. */
const single = (type: string, resource: Arguments): Sample => ({
  tf: { resource: { [type]: { It: resource } } },
  found: [`${type}.It`],
});

const policy = (...statements: readonly object[]): string =>
  JSON.stringify({ Statement: statements.map((statement) => ({ Effect: "Allow", ...statement })) });
const cluster = { exec: {}, host: "${data.terraform_remote_state.read.outputs.endpoint}" };
const OTHERS_KEY = "arn:aws:kms:eu-central-1:111122223333:key/theirs";
const READ_STORE = Object.entries(real.stacks).find(([, tf]) => tf.resource?.aws_db_instance)?.[1] ?? {};

/** At least one for each invariant. */
const SAMPLES: Readonly<Record<Name, readonly Sample[]>> = {
  "every kind of resource is known to hold data, or not to": [single("aws_glue_catalog_database", {})],
  "whatever holds data is guarded": [
    broken("aws_kms_key", "lifecycle", undefined),
    broken("aws_db_instance", "lifecycle", { prevent_destroy: false }),
    broken("aws_vpc", "lifecycle", { prevent_destroy: "false" }),
  ],
  "what AWS and Kurrent can guard, they do": [
    broken("aws_eks_cluster", "deletion_protection", false),
    broken("kurrentcloud_managed_cluster", "protected", undefined),
  ],
  "every log group is kept a year and encrypted with our key": [
    broken("aws_cloudwatch_log_group", "retention_in_days", 7),
    broken("aws_cloudwatch_log_group", "kms_key_id", undefined),
  ],
  "every store, volume and secret is encrypted with our key": [
    broken("aws_db_instance", "storage_encrypted", false),
    broken("aws_db_instance", "performance_insights_kms_key_id", OTHERS_KEY),
    broken("aws_elasticache_replication_group", "kms_key_id", OTHERS_KEY),
    broken("aws_secretsmanager_secret", "kms_key_id", "alias/aws/secretsmanager"),
    broken("aws_backup_vault", "kms_key_arn", OTHERS_KEY),
    broken("aws_sns_topic", "kms_master_key_id", "alias/aws/sns"),
    broken("aws_eks_cluster", "encryption_config", undefined),
    broken("aws_launch_template", "block_device_mappings", []),
    broken("aws_launch_template", "block_device_mappings", [{ ebs: { encrypted: "true" } }]),
    broken("kubernetes_storage_class_v1", "parameters", { encrypted: "true" }),
    without("aws_s3_bucket_server_side_encryption_configuration", "aws_s3_bucket"),
    // Without logging, a bucket whose key is S3's own is for nothing.
    {
      tf: {
        resource: {
          aws_s3_bucket: { Logs: {} },
          aws_s3_bucket_server_side_encryption_configuration: {
            Logs: {
              bucket: "${aws_s3_bucket.Logs.id}",
              rule: [{ apply_server_side_encryption_by_default: { sse_algorithm: "AES256" } }],
            },
          },
        },
      },
      found: ["aws_s3_bucket.Logs"],
    },
  ],
  "every bucket keeps versions and is shut to the public": [
    without("aws_s3_bucket_versioning", "aws_s3_bucket"),
    without("aws_s3_bucket_public_access_block", "aws_s3_bucket"),
    without("aws_s3_bucket_policy", "aws_s3_bucket"),
  ],
  "every store speaks TLS alone": [
    broken("aws_db_parameter_group", "parameter", []),
    broken("aws_elasticache_replication_group", "transit_encryption_mode", "preferred"),
  ],
  "nothing is open to the whole internet": [
    broken("aws_vpc_security_group_ingress_rule", "cidr_ipv4", "0.0.0.0/0"),
    broken("aws_vpc_security_group_ingress_rule", "cidr_ipv6", "::/0"),
    broken("aws_eks_cluster", "vpc_config", { endpoint_public_access: true }),
    broken("aws_eks_cluster", "vpc_config", { endpoint_public_access: true, public_access_cidrs: ["0.0.0.0/0"] }),
    broken("aws_db_instance", "publicly_accessible", undefined),
    broken("aws_subnet", "map_public_ip_on_launch", true),
    broken("kurrentcloud_network", "public_access", true),
  ],
  "rules of a security group are resources of their own": [
    broken("aws_security_group", "ingress", [{ from_port: 443 }]),
    broken("aws_default_security_group", "egress", []),
    single("aws_security_group_rule", { description: "From somewhere" }),
  ],
  "every rule of a firewall says what it is for": [
    broken("aws_vpc_security_group_ingress_rule", "description", ""),
    broken("aws_vpc_security_group_egress_rule", "description", undefined),
    broken("aws_security_group", "description", undefined),
  ],
  "the stores let in named groups alone, and nothing goes out of them": [
    ...Object.entries(READ_STORE.resource?.aws_vpc_security_group_ingress_rule ?? {}).map(([id, rule]): Sample => {
      const { referenced_security_group_id: _, ...open } = rule;
      const rules = { [id]: { ...open, cidr_ipv4: "10.0.0.0/16" } };
      return {
        tf: { resource: { ...READ_STORE.resource, aws_vpc_security_group_ingress_rule: rules } },
        found: [`aws_vpc_security_group_ingress_rule.${id}`],
      };
    }),
    {
      tf: {
        resource: {
          aws_db_instance: { It: { vpc_security_group_ids: ["sg-1"] } },
          aws_vpc_security_group_egress_rule: { It: { security_group_id: "sg-1" } },
        },
      },
      found: ["aws_vpc_security_group_egress_rule.It"],
    },
  ],
  "no pod can take a node's role": [
    broken("aws_launch_template", "metadata_options", { http_tokens: "optional", http_put_response_hop_limit: 1 }),
    broken("aws_launch_template", "metadata_options", { http_tokens: "required", http_put_response_hop_limit: 2 }),
  ],
  "nobody is a cluster's administrator but by name": [
    broken("aws_eks_cluster", "access_config", undefined),
    broken("aws_eks_cluster", "access_config", { authentication_mode: "API" }),
  ],
  "every key rotates, a replica as its primary does, and has a policy": [
    broken("aws_kms_key", "enable_key_rotation", false),
    broken("aws_kms_key", "policy", undefined),
    broken("aws_kms_replica_key", "policy", undefined),
    broken("aws_kms_replica_key", "primary_key_arn", "arn:aws:kms:eu-central-1:111122223333:key/mrk-1"),
  ],
  "a key's policy lets in its account and AWS's services, and anybody of the account on conditions alone": [
    broken("aws_kms_key", "policy", policy({ Principal: { AWS: "*" }, Action: "kms:Decrypt" })),
    broken("aws_kms_key", "policy", policy({ Principal: { AWS: "arn:aws:iam::1:role/app" }, Action: "kms:Decrypt" })),
    broken("aws_kms_key", "policy", policy({ Principal: { Service: "logs.amazonaws.com" }, Action: "kms:Decrypt" })),
    broken("aws_kms_key", "policy", policy({ Principal: "*", Action: "kms:Decrypt" })),
    broken("aws_kms_replica_key", "policy", policy({ Principal: "*", Action: "kms:Decrypt" })),
  ],
  "no role may do everything": [
    broken("aws_iam_role_policy", "policy", policy({ Action: "*", Resource: "*" })),
    broken("aws_iam_role_policy", "policy", policy({ Action: ["s3:GetObject", "*"], Resource: ["*"] })),
    broken("aws_iam_role_policy", "policy", policy({ NotAction: "iam:*", Resource: "*" })),
  ],
  "no role may take a backup away before its time": [
    broken("aws_iam_role_policy", "policy", policy({ Action: "backup:DeleteRecoveryPoint", Resource: "*" })),
    broken(
      "aws_iam_role_policy",
      "policy",
      policy({ Action: ["s3:GetObject", "s3:DeleteObjectVersion"], Resource: "*" }),
    ),
    broken("aws_iam_role_policy", "policy", policy({ Action: "s3:BypassGovernanceRetention", Resource: "*" })),
    broken("aws_iam_role_policy", "policy", policy({ Action: "s3:*", Resource: "*" })),
  ],
  "no lock of backups is for ever but by somebody's own word": [
    broken("aws_backup_vault_lock_configuration", "changeable_for_days", 3),
    broken("aws_s3_bucket_object_lock_configuration", "rule", { default_retention: { mode: "COMPLIANCE", days: 7 } }),
  ],
  "grants of keys are for AWS's own resources": [
    broken("aws_iam_role_policy", "policy", policy({ Action: "kms:CreateGrant", Resource: "*" })),
    broken("aws_kms_key", "policy", policy({ Action: ["kms:Decrypt", "kms:CreateGrant"], Resource: "*" })),
  ],
  "no role trusts anybody but a service, or one service account of a cluster": [
    broken("aws_iam_role", "assume_role_policy", policy({ Principal: { AWS: "*" }, Action: "sts:AssumeRole" })),
    broken("aws_iam_role", "assume_role_policy", policy({ Principal: "*", Action: "sts:AssumeRole" })),
  ],
  "every chart and every add-on is pinned": [
    broken("helm_release", "version", "~> 88"),
    broken("aws_eks_addon", "addon_version", undefined),
  ],
  "every output says what it is": [{ tf: { output: { vpc_id: { value: "vpc-1" } } }, found: ["output.vpc_id"] }],
  "Kubernetes is reached by a token that is in no state, and not from the stack that makes the cluster": [
    { tf: { provider: { kubernetes: [{ host: "https://api" }] } }, found: ["provider.kubernetes"] },
    { tf: { provider: { helm: [{ kubernetes: { ...cluster, token: "t" } }] } }, found: ["provider.helm"] },
    {
      tf: { provider: { kubernetes: [cluster] }, resource: { aws_eks_cluster: { Read: {} } } },
      found: ["provider.kubernetes"],
    },
  ],
  "every resource is tagged with its environment and its stack": [
    { tf: { provider: { aws: [{ region: "eu-central-1" }] } }, found: ["provider.aws"] },
  ],
  "Terraform is new enough for write-only arguments": [
    { tf: { terraform: { required_version: ">= 1.5" } }, found: ["terraform.required_version"] },
  ],
  "a state in S3 is locked, and others' are read where it is itself": [
    { tf: { terraform: { backend: { s3: { bucket: "acme-state" } } } }, found: ["terraform.backend"] },
    {
      tf: {
        terraform: { backend: { s3: { bucket: "acme-state", use_lockfile: true } } },
        data: { terraform_remote_state: { network: { backend: "s3", config: { bucket: "other-state" } } } },
      },
      found: ["data.terraform_remote_state.network"],
    },
    {
      tf: {
        terraform: { backend: { s3: { bucket: "acme-state", use_lockfile: true } } },
        data: { terraform_remote_state: { network: { backend: "local", config: { path: "network.tfstate" } } } },
      },
      found: ["data.terraform_remote_state.network"],
    },
  ],
};

describe.each(Object.entries(SAMPLES))("%s: a stack that breaks it", (name, samples) => {
  test.each(samples.map((sample): [string, Sample] => [sample.found.join(), sample]))("is found at %s", (_, sample) => {
    expect(INVARIANTS[name as Name](sample.tf)).toEqual(sample.found);
  });
});

test("every invariant has a sample that breaks it", () => {
  expect(Object.keys(INVARIANTS).filter((name) => SAMPLES[name as Name].length === 0)).toEqual([]);
});

test("a broken order of stacks is found", () => {
  const reads = (other: string): TerraformJson => ({
    data: { terraform_remote_state: { [`cross-stack-reference-input-${other}`]: {} } },
  });
  const stacks = { one: reads("two"), two: {}, three: {}, four: {} };
  const dependencies = { one: [], two: ["gone"], three: ["four"], four: ["three"] };
  expect(orderProblems({ stacks, dependencies })).toEqual([
    "one reads the state of two without coming after it",
    "two comes after gone, which is no stack",
    "three comes after itself",
    "four comes after itself",
  ]);
});
