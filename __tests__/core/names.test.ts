import { Token } from "cdktf";
import { production } from "../../environments/production";
import type { Environment } from "../../lib/config/environment";
import { isBucketName, NAME_LIMITS, nameOf } from "../../lib/core/names";
import { synthesize } from "../support/synthesis/synthesized";

const isSound = (name: unknown, suffix = "") =>
  nameOf("ElastiCache user", suffix).problemsOf(name, "name").length === 0;

test.each(["a", "orders", "orders-2-eu", "x".repeat(40), Token.asString({ resolve: () => "late" })])(
  "'%s' is a name",
  (name) => {
    expect(isSound(name)).toBe(true);
  },
);

test.each([
  "",
  "A",
  "1a",
  "-a",
  "a-",
  "a--b",
  "a_b",
  "a.b",
  "a b",
  "ä",
  "a\n",
  "x".repeat(41),
  null,
  undefined,
  1,
  ["a"],
])("%j is no name", (name) => {
  expect(isSound(name)).toBe(false);
});

test("a name leaves room for what is appended to it", () => {
  expect(isSound("x".repeat(36), "-app")).toBe(true);
  expect(nameOf("ElastiCache user", "-app").problemsOf("x".repeat(37), "name")).toEqual([
    {
      path: "name",
      message: `must be lower-case letters, digits and single hyphens, a letter first, at most 36 characters (ElastiCache user), got '${"x".repeat(37)}'`,
    },
  ]);
});

test.each([
  ["abc", true],
  ["1-a", true],
  ["x".repeat(63), true],
  ["ab", false],
  ["-ab", false],
  ["ab-", false],
  ["a.b", false],
  ["Abc", false],
  ["x".repeat(64), false],
  // S3 keeps them for itself.
  ["xn--state", false],
  ["sthree-state", false],
  ["amzn-s3-demo-state", false],
  ["state-s3alias", false],
  ["state--ol-s3", false],
  ["state--x-s3", false],
  ["state--table-s3", false],
])("%s is a bucket's name: %s", (name, expected) => {
  expect(isBucketName.problemsOf(name, "bucket").length === 0).toBe(expected);
});

/** What AWS takes of each name that the platform makes, less what Terraform appends to a prefix. */
const LIMITS: Readonly<Record<string, number>> = {
  "aws_backup_plan.name": 50,
  "aws_backup_selection.name": 50,
  "aws_backup_vault.name": 50,
  "aws_cloudwatch_event_rule.name": 64,
  "aws_cloudwatch_log_group.name": 512,
  "aws_db_instance.identifier": NAME_LIMITS["RDS instance"],
  "aws_db_parameter_group.name_prefix": 229,
  "aws_db_subnet_group.name": 255,
  "aws_eks_cluster.name": NAME_LIMITS["EKS cluster"],
  "aws_eks_node_group.node_group_name_prefix": NAME_LIMITS["EKS node group"] - 26,
  "aws_elasticache_parameter_group.name": 255,
  "aws_elasticache_replication_group.replication_group_id": NAME_LIMITS["ElastiCache replication group"],
  "aws_elasticache_subnet_group.name": 255,
  "aws_elasticache_user.user_id": NAME_LIMITS["ElastiCache user"],
  "aws_elasticache_user.user_name": NAME_LIMITS["ElastiCache user"],
  "aws_elasticache_user_group.user_group_id": NAME_LIMITS["ElastiCache user"],
  "aws_iam_role.name": NAME_LIMITS["IAM role"],
  "aws_kms_alias.name": 256,
  "aws_launch_template.name_prefix": NAME_LIMITS["launch template prefix"],
  "aws_lb.name": NAME_LIMITS["load balancer"],
  "aws_s3_bucket.bucket_prefix": NAME_LIMITS["S3 bucket prefix"],
  "aws_secretsmanager_secret.name": 505,
  "aws_secretsmanager_secret.name_prefix": 486,
  "aws_security_group.name_prefix": NAME_LIMITS["security group prefix"],
  "aws_sns_topic.name": 256,
};

describe("an environment's name of 20 characters", () => {
  const NAME = "a-twenty-letter-name";

  /** Every argument of AWS's that holds the environment's name and names something. */
  function namesOf(environment: Environment): [argument: string, name: string][] {
    return Object.values(synthesize({ [NAME]: environment }).stacks)
      .flatMap((tf) => Object.entries(tf.resource ?? {}))
      .filter(([type]) => type.startsWith("aws_"))
      .flatMap(([type, resources]) =>
        Object.values(resources).flatMap((resource) =>
          Object.entries(resource).flatMap(([argument, value]): [string, string][] =>
            /(?:^|_)(?:name|prefix|identifier|id)$/.test(argument) && typeof value === "string"
              ? [[`${type}.${argument}`, value]]
              : [],
          ),
        ),
      )
      .filter(([, value]) => value.includes(NAME) && !value.includes("${"));
  }

  const { architecture } = production;
  const { readSide } = architecture;
  const names = [true, false].flatMap((cluster) =>
    namesOf({
      ...production,
      architecture: {
        ...architecture,
        readSide: {
          ...readSide,
          readDatabases: { primary: { type: "PostgreSQL", replicas: 15 }, cache: { type: "Redis", cluster } },
        },
      },
    }),
  );

  test("is held by names whose limits are all known", () => {
    expect([...new Set(names.map(([argument]) => argument))].sort()).toEqual(Object.keys(LIMITS));
  });

  test("is the longest that the shortest limit allows, and no name is longer than its own", () => {
    const rooms = names.map(([argument, name]) => (LIMITS[argument] ?? 0) - name.length);
    expect(Math.min(...rooms)).toBe(0);
  });
});
