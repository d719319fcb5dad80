import type { TerraformResource } from "cdktf";

export type Literal = string | number;

/** An argument that the provider accepts and the service refuses, or that makes another resource. */
interface OneWayValue {
  /** The argument's name in the bindings. */
  readonly argument: string;
  /** Resource types that have it. @default - every type */
  readonly types?: readonly string[];
  /** @returns what the value must be where it was `former`; undefined if it is allowed. */
  readonly allowed: (former: Literal, value: Literal) => string | undefined;
}

/** What a service's own guides say of a resource that exists. */
const ONE_WAY_VALUES: readonly OneWayValue[] = [
  {
    argument: "region",
    allowed: (former, value) =>
      value === former ? undefined : `${former}, because a resource can't be moved to another Region`,
  },
  {
    // https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIOPS.ModifyingExisting.html
    argument: "allocatedStorage",
    types: ["aws_db_instance"],
    allowed: neverLess("GiB"),
  },
  { argument: "diskSize", types: ["kurrentcloud_managed_cluster"], allowed: neverLess("GB") },
  {
    // https://docs.aws.amazon.com/eks/latest/userguide/update-cluster.html
    argument: "version",
    types: ["aws_eks_cluster"],
    allowed(former, value) {
      const [was = 0, is = 0] = [former, value].map((version) => Number(String(version).split(".")[1]));
      return is < was || is > was + 1
        ? `${former} or 1.${was + 1}, because EKS upgrades by one minor version and never downgrades`
        : undefined;
    },
  },
];

function neverLess(unit: string) {
  return (former: Literal, value: Literal) =>
    Number(value) < Number(former)
      ? `at least ${former} ${unit}, because the service can't shrink a volume`
      : undefined;
}

/** The one-way values of a resource that are known at synth, by argument. */
export function oneWayValuesOf(resource: TerraformResource): Readonly<Record<string, Literal>> {
  const values = resource as unknown as Readonly<Record<string, unknown>>;
  const known = ONE_WAY_VALUES.filter(({ types }) => types?.includes(resource.terraformResourceType) ?? true)
    .map(({ argument }) => [argument, values[`${argument}Input`]] as const)
    .filter((entry): entry is [string, Literal] => ["string", "number"].includes(typeof entry[1]));
  return Object.fromEntries(known);
}

/** What is wrong with the values of a resource that had others: one text for each argument. */
export const oneWayProblems = (
  former: Readonly<Record<string, Literal>>,
  values: Readonly<Record<string, Literal>>,
): string[] =>
  ONE_WAY_VALUES.flatMap(({ argument, allowed }) => {
    const [was, is] = [former[argument], values[argument]];
    const must = was === undefined || is === undefined ? undefined : allowed(was, is);
    if (must === undefined) return [];
    return [`${argument} must be ${must}, got ${is}. If ${was} was never deployed, correct its line`];
  });
