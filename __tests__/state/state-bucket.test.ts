import { StateBucket, type StateBucketProps } from "../../lib/state/state-bucket";
import { resourceOf, resourcesOf, synthesizeStack } from "../support/synthesis/synthesized";

const made = (bucket?: string, props: Partial<StateBucketProps> = {}) =>
  synthesizeStack((stack) => void new StateBucket(stack, "State", { name: "orders", bucket, ...props }));

interface Denial {
  readonly Sid: string;
  readonly Effect: string;
  readonly Condition: unknown;
}
const denials = (): Denial[] => JSON.parse(String(resourceOf(made(), "aws_s3_bucket_policy").policy)).Statement;

test("the name is Terraform's to complete, unless one is given", () => {
  expect(resourceOf(made(), "aws_s3_bucket")).toMatchObject({ bucket_prefix: "orders-terraform-state-" });
  expect(resourceOf(made("acme-state"), "aws_s3_bucket")).toMatchObject({ bucket: "acme-state" });
});

test("keeps versions, encrypts with its own key by default and shuts the public out", () => {
  const tf = made();
  expect(resourceOf(tf, "aws_s3_bucket_versioning")).toMatchObject({ versioning_configuration: { status: "Enabled" } });
  expect(resourceOf(tf, "aws_s3_bucket_server_side_encryption_configuration").rule).toEqual([
    {
      apply_server_side_encryption_by_default: {
        sse_algorithm: "aws:kms",
        kms_master_key_id: expect.stringMatching(/^\$\{aws_kms_key\..*\.arn\}$/),
      },
      bucket_key_enabled: true,
      // What S3 sets by itself since April 2026: without it, each plan would take it off.
      blocked_encryption_types: ["SSE-C"],
    },
  ]);
  expect(resourceOf(tf, "aws_s3_bucket_public_access_block")).toMatchObject({
    block_public_acls: true,
    block_public_policy: true,
    ignore_public_acls: true,
    restrict_public_buckets: true,
  });
});

test("belongs to whoever owns it, with whatever lies in it", () => {
  expect(resourceOf(made(), "aws_s3_bucket_ownership_controls").rule).toEqual({
    object_ownership: "BucketOwnerEnforced",
  });
});

test("keeps the last ten versions, and any of the last 90 days, once it keeps versions at all", () => {
  const lifecycle = resourceOf(made(), "aws_s3_bucket_lifecycle_configuration");
  expect(lifecycle.rule).toEqual([
    {
      id: "old-versions",
      status: "Enabled",
      filter: [{}],
      noncurrent_version_expiration: [{ newer_noncurrent_versions: 10, noncurrent_days: 90 }],
      abort_incomplete_multipart_upload: [{ days_after_initiation: 7 }],
    },
  ]);
  expect(lifecycle.depends_on).toEqual([expect.stringMatching(/^aws_s3_bucket_versioning\./)]);
});

test.each(["aws_s3_bucket", "aws_kms_key"])("its %s is not destroyed until it is unprotected", (type) => {
  expect(resourceOf(made(), type).lifecycle).toEqual({ prevent_destroy: true });
  expect(resourceOf(made(undefined, { deletionProtection: false }), type).lifecycle).toEqual({
    prevent_destroy: false,
  });
});

test("a state is never emptied away: no force_destroy, protected or not", () => {
  expect(resourceOf(made(undefined, { deletionProtection: false }), "aws_s3_bucket")).not.toHaveProperty(
    "force_destroy",
  );
});

test("takes TLS alone", () => {
  expect(denials()).toContainEqual({
    Sid: "TlsOnly",
    Effect: "Deny",
    Principal: "*",
    Action: "s3:*",
    Resource: [expect.stringMatching(/\.arn\}$/), expect.stringMatching(/\.arn\}\/\*$/)],
    Condition: { Bool: { "aws:SecureTransport": "false" } },
  });
});

test("gives nobody a right, it only denies", () => {
  expect(denials().map(({ Effect }) => Effect)).toEqual(["Deny", "Deny", "Deny"]);
});

test.each<[Partial<StateBucketProps>, string]>([
  [
    { name: `a${"b".repeat(20)}` },
    `name: must be lower-case letters, digits and single hyphens, a letter first, at most 20 characters (S3 bucket prefix), got 'a${"b".repeat(20)}'`,
  ],
  [
    { bucket: "Acme_State" },
    "bucket: must be 3 to 63 lower-case letters, digits and hyphens, letter or digit first and last, without the beginnings and ends that S3 keeps for itself, got 'Acme_State'",
  ],
  [
    { secondRegion: "cn-north-1" },
    "secondRegion: must be a Region such as 'eu-central-1', outside China, got 'cn-north-1'",
  ],
])("refuses %j", (props, message) => {
  expect(() => made(undefined, props)).toThrow(`  Test/State.${message}`);
});

describe("with a second Region", () => {
  const replicated = (props: Partial<StateBucketProps> = {}) =>
    made(undefined, { secondRegion: "eu-west-1", ...props });
  const THERE = { region: "eu-west-1" };
  const replication = () => resourceOf(replicated(), "aws_s3_bucket_replication_configuration");

  test("what stood without one stays as it was", () => {
    const [without, tf] = [made(), replicated()];
    for (const [type, resources] of Object.entries(without.resource ?? {})) {
      expect(tf.resource?.[type]).toMatchObject(resources);
    }
  });

  test("the replica is all that the bucket is, there", () => {
    const tf = replicated();
    expect(resourceOf(tf, "aws_s3_bucket", THERE)).toMatchObject({
      bucket_prefix: "orders-state-replica-",
      lifecycle: { prevent_destroy: true },
    });
    const types = Object.keys(made().resource ?? {});
    expect(
      types.filter((type) => resourcesOf(tf, type).filter(({ region }) => region === "eu-west-1").length !== 1),
    ).toEqual([]);
  });

  test("it has a key of that Region, for the first one opens nothing while its own is away", () => {
    const tf = replicated();
    const [id] = Object.entries(tf.resource?.aws_kms_key ?? {}).find(([, key]) => key.region === "eu-west-1") ?? [];
    expect(resourceOf(tf, "aws_s3_bucket_server_side_encryption_configuration", THERE).rule).toMatchObject([
      { apply_server_side_encryption_by_default: { kms_master_key_id: `\${aws_kms_key.${id}.arn}` } },
    ]);
    expect(replication().rule).toMatchObject([
      { destination: { encryption_configuration: { replica_kms_key_id: `\${aws_kms_key.${id}.arn}` } } },
    ]);
    expect(resourceOf(tf, "aws_kms_key", THERE)).not.toHaveProperty("multi_region");
    expect(resourceOf(tf, "aws_kms_alias", THERE)).toMatchObject({ name: "alias/orders-state-replica" });
  });

  // Terraform's lock is an object beside the state, which it deletes: without the marker the replica would stay locked.
  test("encrypted objects are copied, and so are deletions", () => {
    expect(replication().rule).toMatchObject([
      {
        status: "Enabled",
        filter: {},
        delete_marker_replication: { status: "Enabled" },
        source_selection_criteria: { sse_kms_encrypted_objects: { status: "Enabled" } },
        destination: { bucket: expect.stringMatching(/^\$\{aws_s3_bucket\.State_Replica_.*\.arn\}$/) },
      },
    ]);
  });

  test("waits until both buckets keep versions, without which S3 refuses it, and for the role's rights", () => {
    expect(replication().depends_on).toEqual([
      expect.stringMatching(/^aws_s3_bucket_versioning\.State_Versioning_/),
      expect.stringMatching(/^aws_s3_bucket_versioning\.State_Replica_Versioning_/),
      expect.stringMatching(/^aws_iam_role_policy\.State_Replication_Role_Policy_/),
    ]);
  });

  test("S3 may read here and write there, and nothing else", () => {
    const { Statement } = JSON.parse(String(resourceOf(replicated(), "aws_iam_role_policy").policy));
    expect(Statement).toEqual([
      {
        Effect: "Allow",
        Action: ["s3:GetReplicationConfiguration", "s3:ListBucket"],
        Resource: expect.stringMatching(/^\$\{aws_s3_bucket\.State_[0-9A-F]{8}\.arn\}$/),
      },
      {
        Effect: "Allow",
        Action: ["s3:GetObjectVersionForReplication", "s3:GetObjectVersionAcl", "s3:GetObjectVersionTagging"],
        Resource: expect.stringMatching(/^\$\{aws_s3_bucket\.State_[0-9A-F]{8}\.arn\}\/\*$/),
      },
      {
        Effect: "Allow",
        Action: ["s3:ReplicateObject", "s3:ReplicateDelete", "s3:ReplicateTags"],
        Resource: expect.stringMatching(/^\$\{aws_s3_bucket\.State_Replica_[0-9A-F]{8}\.arn\}\/\*$/),
      },
      {
        Effect: "Allow",
        Action: "kms:Decrypt",
        Resource: expect.stringMatching(/^\$\{aws_kms_key\.State_Key_/),
        Condition: { StringEquals: { "kms:ViaService": expect.stringMatching(/^s3\.\$\{data\.aws_region\./) } },
      },
      {
        Effect: "Allow",
        Action: ["kms:Encrypt", "kms:Decrypt"],
        Resource: expect.stringMatching(/^\$\{aws_kms_key\.State_Replica_Key_/),
        Condition: { StringEquals: { "kms:ViaService": "s3.eu-west-1.amazonaws.com" } },
      },
    ]);
  });

  test.each(["aws_s3_bucket", "aws_kms_key", "aws_s3_bucket_versioning"])(
    "its %s is guarded as the first is",
    (type) => {
      const guards = (deletionProtection: boolean) =>
        resourcesOf(replicated({ deletionProtection }), type).map(({ lifecycle }) => lifecycle);
      expect(guards(true)).toEqual([{ prevent_destroy: true }, { prevent_destroy: true }]);
      expect(guards(false)).toEqual([{ prevent_destroy: false }, { prevent_destroy: false }]);
    },
  );

  test("both have access logs where they are, if any has", () => {
    const logs = resourcesOf(replicated({ accessLogs: { retention: "30 days" } }), "aws_s3_bucket")
      .filter(({ bucket_prefix }) => String(bucket_prefix).endsWith("-logs-"))
      .map(({ bucket_prefix, region }) => [bucket_prefix, region]);
    expect(logs).toEqual([
      ["orders-state-logs-", undefined],
      ["orders-replica-logs-", "eu-west-1"],
    ]);
  });

  test("the longest name is not too long for any of its names", () => {
    expect(() => replicated({ name: "a".repeat(20), accessLogs: {} })).not.toThrow();
  });
});

// S3 tells a header that is absent from one that is wrong by `Null`: a backend without `kms_key_id` sends none.
test.each([
  ["OurKeyOnly", "s3:x-amz-server-side-encryption-aws-kms-key-id"],
  ["KmsOnly", "s3:x-amz-server-side-encryption"],
])("%s denies a write that names another encryption, not one that names none", (sid, header) => {
  expect(denials().find(({ Sid }) => Sid === sid)).toMatchObject({
    Effect: "Deny",
    Condition: { StringNotEquals: { [header]: expect.anything() }, Null: { [header]: "false" } },
  });
});
