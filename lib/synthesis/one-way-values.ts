export type Literal = string | number;

type Given = Readonly<Record<string, unknown>>;

/** An argument that the provider accepts and the service refuses, or that makes another resource. */
interface OneWayValue {
  readonly argument: string;
  /** Resource types that have it. @default - every type */
  readonly types?: readonly string[];
  /** Whether a resource with these arguments has it. @default - each has */
  readonly isOf?: (given: Given) => boolean;
  /** @returns what the value must be where it was `former`, and why; undefined if it is allowed. */
  readonly allowed: (former: Literal, value: Literal | undefined) => string | undefined;
  /** When the value is right all the same. @default - if the former one was never deployed */
  readonly exception?: string;
}

const UNCHANGED_LOCK = sameAs("AWS Backup changes no compliance lock once its days of change are over");

/** What a service's own guides say of a resource that exists. */
const ONE_WAY_VALUES: readonly OneWayValue[] = [
  { argument: "region", allowed: sameAs("a resource can't be moved to another Region") },
  {
    // https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIOPS.ModifyingExisting.html
    argument: "allocated_storage",
    types: ["aws_db_instance"],
    allowed: neverLess("GiB"),
  },
  { argument: "disk_size", types: ["kurrentcloud_managed_cluster"], allowed: neverLess("GB") },
  {
    // https://docs.aws.amazon.com/eks/latest/userguide/update-cluster.html
    argument: "version",
    types: ["aws_eks_cluster"],
    allowed(former, value) {
      if (value === undefined) return undefined;
      const [was = Number.NaN, is = Number.NaN] = [former, value].map((it) => Number(String(it).split(".")[1]));
      // Not with < and >, so that a text that is no version is refused.
      return is === was || is === was + 1
        ? undefined
        : `${former} or 1.${was + 1}, because EKS upgrades by one minor version and never downgrades`;
    },
  },
  {
    // https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_UpgradeDBInstance.PostgreSQL.html
    // https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/engine-versions.html
    argument: "engine_version",
    types: ["aws_db_instance", "aws_elasticache_replication_group"],
    // The services know more of the minor version than the program: they upgrade it.
    allowed(former, value) {
      const [was, is] = [former, value].map((version) => Number(String(version).split(".")[0]));
      return Number(is) < Number(was) ? `${was} or higher, because the service never downgrades an engine` : undefined;
    },
  },
  // https://docs.aws.amazon.com/aws-backup/latest/devguide/vault-lock.html
  ...["changeable_for_days", "min_retention_days", "max_retention_days"].map((argument) => ({
    argument,
    types: ["aws_backup_vault_lock_configuration"],
    // Without days in which it can be changed, it is a governance lock, which can always be changed.
    isOf: ({ changeable_for_days }: Given) => changeable_for_days !== undefined,
    allowed: (former: Literal, value: Literal | undefined) =>
      value === undefined && argument !== "changeable_for_days" ? undefined : UNCHANGED_LOCK(former, value),
  })),
  {
    argument: "place",
    types: ["terraform"],
    allowed: sameAs("Terraform finds no state at another place and creates the whole stack a second time"),
    exception: "you have moved the state there",
  },
  {
    argument: "account",
    types: ["provider"],
    allowed: sameAs("Terraform finds no resource in another account and creates the whole stack a second time"),
  },
];

function sameAs(reason: string) {
  return (former: Literal, value: Literal | undefined) =>
    value === former ? undefined : `${former}, because ${reason}`;
}

function neverLess(unit: string) {
  return (former: Literal, value: Literal | undefined) =>
    Number(value) < Number(former)
      ? `at least ${former} ${unit}, because the service can't shrink a volume`
      : undefined;
}

/** The one-way values of a resource that are known at synth, by argument. */
export function oneWayValuesOf(type: string, given: Given): Readonly<Record<string, Literal>> {
  const known = ONE_WAY_VALUES.filter(({ types, isOf }) => (types?.includes(type) ?? true) && (isOf?.(given) ?? true))
    .map(({ argument }) => [argument, given[argument]] as const)
    .filter((entry): entry is [string, Literal] => isLiteral(entry[1]));
  return Object.fromEntries(known);
}

/** Whether Terraform knows it without a plan. */
const isLiteral = (value: unknown): value is Literal =>
  typeof value === "number" || (typeof value === "string" && !/[$%]\{/.test(value));

/** What is wrong with the values of a resource that had others: one text for each argument. */
export const oneWayProblems = (
  former: Readonly<Record<string, Literal>>,
  values: Readonly<Record<string, Literal>>,
): string[] =>
  ONE_WAY_VALUES.flatMap(({ argument, allowed, exception }) => {
    const [was, is] = [former[argument], values[argument]];
    const must = was === undefined ? undefined : allowed(was, is);
    if (must === undefined) return [];
    const unless = exception ?? `${was} was never deployed`;
    return [`${argument} must be ${must}, got ${is ?? "none"}. If ${unless}, correct its line`];
  });
