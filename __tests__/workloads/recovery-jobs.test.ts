import { RecoveryJobs, type RecoveryJobsProps } from "../../lib/workloads/recovery-jobs";
import { keys } from "../support/synthesis/surroundings";
import { resourceOf, resourcesOf, synthesizeStack, type TerraformJson } from "../support/synthesis/synthesized";
import { blockOf } from "../support/synthesis/terraform-blocks";

const SECRET = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:orders/recovery/event-store-AbCdEf";
const OPS_SECRET = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:orders/recovery/event-store-ops-AbCdEf";
const base: RecoveryJobsProps = {
  image: "registry.example.com/orders/operations:1.0.0",
  clusterName: "orders-read",
  name: "orders-read",
  region: "eu-central-1",
  frequency: "hourly",
  keys,
  endpointRanges: ["10.0.0.0/19"],
  recovery: {
    exports: { bucket: "orders-backups-1", arn: "arn:aws:s3:::orders-backups-1" },
    operator: { name: "orders/recovery/event-store", arn: SECRET },
    ops: { name: "orders/recovery/event-store-ops", arn: OPS_SECRET },
  },
  eventStore: { dnsName: "events.example.com", port: 2113, cidr: "10.1.0.0/22", type: "EventStore", clusterSize: 3 },
  tables: {
    database: {
      endpoint: "db.example.com",
      port: 5432,
      databaseName: "read_models",
      resourceId: "db-1",
      replicaAddresses: ["replica.example.com"],
      replicaResourceIds: ["db-2"],
    },
    ranges: ["10.0.232.0/24"],
  },
  projections: { parallelism: 10, partitions: 40 },
};
const made = (props: Partial<RecoveryJobsProps> = {}) =>
  synthesizeStack((stack) => void new RecoveryJobs(stack, "Jobs", { ...base, ...props }));
const jobs = (tf: TerraformJson) =>
  Object.fromEntries(
    resourcesOf(tf, "kubernetes_cron_job_v1").map((job) => [
      String(blockOf(job, "metadata")?.name),
      blockOf(job, "spec") as Record<string, unknown>,
    ]),
  );
const variablesOf = (tf: TerraformJson, name: string) =>
  resourcesOf(tf, "kubernetes_config_map_v1").find(({ metadata }) =>
    String((metadata as { name: string }).name).startsWith(`${name}-variables`),
  )?.data;
const policyOf = (name: string, props: Partial<RecoveryJobsProps> = {}) =>
  JSON.parse(
    String(
      Object.entries(made(props).resource?.aws_iam_role_policy ?? {}).find(([id]) =>
        id.startsWith(`Jobs_${name}_`),
      )?.[1].policy,
    ),
  ).Statement;

test.each([
  ["hourly", "30 * * * *", 1800],
  ["daily", "30 4 * * *", 21_600],
] as const)("exports are made %s, at %s, and one that is late by %i seconds is left to the next", (...row) => {
  const [frequency, schedule, deadline] = row;
  expect(jobs(made({ frequency })).backup).toMatchObject({
    schedule,
    timezone: "Etc/UTC",
    suspend: false,
    starting_deadline_seconds: deadline,
  });
});

test("verifies every day and drills every week", () => {
  const { verify, drill } = jobs(made());
  expect([verify?.schedule, drill?.schedule]).toEqual(["10 6 * * *", "10 12 * * 0"]);
});

test("credentials never run by themselves", () => {
  const suspended = Object.entries(jobs(made())).filter(([, { suspend }]) => suspend === true);
  expect(suspended.map(([name]) => name).sort()).toEqual(["credentials", "credentials-ops"]);
});

// The event store begins with two users whose password everybody knows.
test("the other first user gets a password of its own in a secret of its own", () => {
  expect(jobs(made())["credentials-ops"]).toMatchObject({
    job_template: {
      spec: {
        template: {
          spec: {
            service_account_name: "recovery-credentials",
            container: [
              {
                args: ["credentials", "--user", "ops"],
                env: [{ name: "EVENT_STORE_CREDENTIALS_SECRET", value: "orders/recovery/event-store-ops" }],
              },
            ],
          },
        },
      },
    },
  });
});

test.each(["backup", "verify", "drill", "credentials"])("%s runs once at a time, is tried thrice, and ends", (name) => {
  const spec = jobs(made())[name];
  expect(spec).toMatchObject({
    concurrency_policy: "Forbid",
    job_template: {
      spec: {
        backoff_limit: 2,
        active_deadline_seconds: expect.any(Number),
        ttl_seconds_after_finished: "172800",
        template: { spec: { restart_policy: "Never", container: [{ name, args: [name], image: base.image }] } },
      },
    },
  });
});

test("what is begun is not driven from its node for being one too many", () => {
  expect(JSON.stringify(jobs(made()).backup)).toContain('"cluster-autoscaler.kubernetes.io/safe-to-evict":"false"');
});

test("the jobs know both stores, the bucket and its key, and the user's variables", () => {
  expect(variablesOf(made({ variables: { LOG_LEVEL: "info" } }), "recovery")).toEqual({
    AWS_REGION: "eu-central-1",
    BACKUP_BUCKET: "orders-backups-1",
    BACKUP_FULL_AFTER_DAYS: "7",
    BACKUP_KMS_KEY_ID: keys.backups,
    DATABASE_HOSTS: "db.example.com",
    DATABASE_NAME: "read_models",
    DATABASE_PORT: "5432",
    DATABASE_USER: "recovery",
    EVENT_STORE_CONNECTION_STRING: "esdb+discover://events.example.com:2113?nodePreference=leader",
    EVENT_STORE_CREDENTIALS_SECRET: "orders/recovery/event-store",
    LOG_LEVEL: "info",
    PROJECTION_PARALLELISM: "10",
    PROJECTION_PARTITIONS: "40",
  });
});

test("what changes the password knows the event store and the secret, and nothing of backups or tables", () => {
  expect(variablesOf(made(), "recovery-credentials")).toEqual({
    AWS_REGION: "eu-central-1",
    EVENT_STORE_CONNECTION_STRING: "esdb+discover://events.example.com:2113?nodePreference=leader",
    EVENT_STORE_CREDENTIALS_SECRET: "orders/recovery/event-store",
  });
});

const through = (service: string) => ({ StringEquals: { "kms:ViaService": `${service}.eu-central-1.amazonaws.com` } });

test("the jobs may do what they must, and delete nothing but how far they had come", () => {
  const bucket = base.recovery.exports.arn;
  expect(policyOf("Pods")).toEqual([
    { Effect: "Allow", Action: "rds-db:connect", Resource: [expect.stringMatching(/:dbuser:db-1\/recovery$/)] },
    { Effect: "Allow", Action: ["s3:ListBucket", "s3:ListBucketMultipartUploads"], Resource: bucket },
    {
      Effect: "Allow",
      Action: ["s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"],
      Resource: `${bucket}/*`,
    },
    { Effect: "Allow", Action: "s3:DeleteObject", Resource: `${bucket}/backups/unfinished/*` },
    {
      Effect: "Allow",
      Action: ["kms:GenerateDataKey", "kms:Decrypt"],
      Resource: keys.backups,
      Condition: through("s3"),
    },
    {
      Effect: "Allow",
      Action: ["kms:GenerateDataKey", "kms:Decrypt"],
      Resource: keys.backups,
      Condition: { StringEquals: { "kms:EncryptionContext:cqrs:purpose": "backup" } },
    },
    { Effect: "Allow", Action: ["secretsmanager:GetSecretValue"], Resource: SECRET },
    { Effect: "Allow", Action: ["kms:Decrypt"], Resource: keys.secrets, Condition: through("secretsmanager") },
  ]);
});

test("what was exported under a former key opens, and nothing more is made under it", () => {
  const formerKeys = ["arn:aws:kms:eu-central-1:111122223333:key/mrk-1", keys.fields];
  expect(variablesOf(made({ formerKeys }), "recovery")).toMatchObject({
    BACKUP_FORMER_KMS_KEY_IDS: formerKeys.join(","),
  });
  const withThem = policyOf("Pods", { formerKeys }).filter(({ Resource }: { Resource: unknown }) =>
    JSON.stringify(Resource).includes("key/mrk-1"),
  );
  expect(withThem).toEqual([
    { Effect: "Allow", Action: ["kms:Decrypt"], Resource: formerKeys, Condition: through("s3") },
    {
      Effect: "Allow",
      Action: ["kms:Decrypt"],
      Resource: formerKeys,
      Condition: { StringEquals: { "kms:EncryptionContext:cqrs:purpose": "backup" } },
    },
  ]);
});

describe("the subjects' keys", () => {
  const secret = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:orders/subject-keys-AbCdEf";
  const subjectKeys = { secret, ranges: ["10.2.0.0/24", "10.2.1.0/24"] } as const;
  const policies = (tf: TerraformJson) =>
    Object.fromEntries(
      resourcesOf(tf, "kubernetes_network_policy_v1").map((policy) => [
        String(blockOf(policy, "metadata")?.name),
        JSON.stringify(blockOf(policy, "spec")?.egress),
      ]),
    );
  const to = (range: string, port: number) =>
    `{"ports":[{"port":"${port}","protocol":"TCP"}],"to":[{"ip_block":{"cidr":"${range}"}}]}`;

  test("are found by a secret, whose value is in no plan", () => {
    const tf = made({ subjectKeys });
    expect(variablesOf(tf, "recovery")).toMatchObject({ SUBJECT_KEYS_SECRET: secret });
    expect(variablesOf(tf, "recovery-credentials")).not.toHaveProperty("SUBJECT_KEYS_SECRET");
  });

  test("need one secret more to be read, under a key that may be used already", () => {
    const added = policyOf("Pods", { subjectKeys }).slice(policyOf("Pods").length);
    expect(added).toEqual([{ Effect: "Allow", Action: "secretsmanager:GetSecretValue", Resource: secret }]);
    expect(policyOf("CredentialsPods", { subjectKeys })).toEqual(policyOf("CredentialsPods"));
  });

  test.each([
    [undefined, 5432],
    [6432, 6432],
  ])("with port %s, are reached where they are and at %i alone", (port, at) => {
    const { recovery, "recovery-credentials": credentials } = policies(made({ subjectKeys: { ...subjectKeys, port } }));
    for (const range of subjectKeys.ranges) expect(recovery).toContain(to(range, at));
    expect(credentials).not.toContain("10.2.");
  });
});

test("what changes the passwords may write those secrets, and nothing else", () => {
  expect(policyOf("CredentialsPods")).toEqual([
    {
      Effect: "Allow",
      Action: [
        "secretsmanager:GetSecretValue",
        "secretsmanager:ListSecretVersionIds",
        "secretsmanager:PutSecretValue",
        "secretsmanager:UpdateSecretVersionStage",
      ],
      Resource: [SECRET, OPS_SECRET],
    },
    {
      Effect: "Allow",
      Action: ["kms:Decrypt", "kms:GenerateDataKey"],
      Resource: keys.secrets,
      Condition: through("secretsmanager"),
    },
  ]);
});

test("each of the two has a role of its own, in the cluster's name", () => {
  expect(
    resourcesOf(made(), "aws_iam_role")
      .map(({ name }) => name)
      .sort(),
  ).toEqual(["orders-read-recovery", "orders-read-recovery-credentials"]);
});

test("runs in a namespace of its own, which lets in restricted pods alone", () => {
  expect(resourceOf(made(), "kubernetes_namespace_v1").metadata).toMatchObject({
    name: "recovery",
    labels: { "pod-security.kubernetes.io/enforce": "restricted" },
  });
});

test.each<[Partial<RecoveryJobsProps>, string]>([
  [
    { image: "operations:1.0.0" },
    "image: must be an image with its registry and a tag other than 'latest' or a digest, such as 'ghcr.io/acme/command-api:1.4.2', got 'operations:1.0.0'",
  ],
  [{ frequency: "weekly" as "daily" }, "frequency: must be 'hourly' or 'daily', got 'weekly'"],
  [
    { name: "a".repeat(44) },
    `name: must be lower-case letters, digits and single hyphens, a letter first, at most 43 characters (IAM role), got '${"a".repeat(44)}'`,
  ],
  [
    { endpointRanges: [] },
    "endpointRanges: must be a list of 1 to 100, each a range such as '10.0.0.0/19', got an empty list",
  ],
  [
    { formerKeys: ["arn:aws:kms:eu-west-1:111122223333:key/mrk-1"] },
    "formerKeys[0]: must be of region 'eu-central-1', as a multi-Region key's replica there, got 'arn:aws:kms:eu-west-1:111122223333:key/mrk-1'",
  ],
  [
    {
      subjectKeys: {
        secret: "arn:aws:secretsmanager:eu-west-1:111122223333:secret:orders/subject-keys-AbCdEf",
        ranges: ["10.2.0.0/24"],
      },
    },
    "subjectKeys.secret: must be of region 'eu-central-1', as a secret's replica there, got 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:orders/subject-keys-AbCdEf'",
  ],
  [
    { variables: { SUBJECT_KEYS_SECRET: "mine" } },
    "variables.SUBJECT_KEYS_SECRET: must be another name, got 'SUBJECT_KEYS_SECRET', which is ours",
  ],
  [{ formerKeys: [keys.fields, keys.fields] }, `formerKeys[1]: must be given once, got '${keys.fields}' twice`],
  [
    { variables: { EVENT_STORE_CREDENTIALS_SECRET: "mine" } },
    "variables.EVENT_STORE_CREDENTIALS_SECRET: must be another name, got 'EVENT_STORE_CREDENTIALS_SECRET', which is ours",
  ],
])("refuses %j", (props, message) => {
  expect(() => made(props)).toThrow(
    new Error(`1 problem in the configuration, nothing was synthesized:\n  Test/Jobs.${message}`),
  );
});
