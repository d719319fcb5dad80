import { TerraformStack, Token } from "cdktf";
import type { Construct } from "constructs";
import { throwIfAny } from "./problems";
import { known, type Rule, refined, rule, text } from "./rules";

/**
 * Longest physical names that AWS takes, in characters, where one of ours may come near.
 * Source: the provider's validators at 6.25.0 and, for RDS and ElastiCache users, which it does not check, the
 * services' API references.
 */
export const NAME_LIMITS = {
  "EKS cluster": 100,
  "EKS node group": 63,
  "IAM role": 64,
  "RDS instance": 63,
  "ElastiCache replication group": 40,
  "ElastiCache user": 40,
  "S3 bucket prefix": 37,
  "launch template prefix": 99,
  "load balancer": 32,
  "security group prefix": 229,
} as const;

const NAME = /^[a-z](?:[a-z0-9]|-(?=[a-z0-9]))*$/;

/**
 * A name that AWS takes everywhere: lower case, digits and single hyphens, a letter first.
 * `suffix` is what the construct appends to it for the thing that has the limit.
 */
export function nameOf(thing: keyof typeof NAME_LIMITS, suffix = ""): Rule {
  const max = NAME_LIMITS[thing] - suffix.length;
  return rule(
    `lower-case letters, digits and single hyphens, a letter first, at most ${max} characters (${thing})`,
    (value) => typeof value === "string" && value.length <= max && NAME.test(value),
  );
}

const taken = new WeakMap<TerraformStack, Map<string, string>>();

/**
 * Keeps a name, which the props have under `key`, for the construct: a stack is one account and Region, where AWS
 * refuses the second of two, though only at apply.
 * @throws {InvalidConfigurationError} when another construct of the stack has the name.
 */
export function takeName(construct: Construct, thing: string, name: string, key = "name"): void {
  if (Token.isUnresolved(name)) return;
  const stack = TerraformStack.of(construct);
  const owners = taken.get(stack) ?? new Map<string, string>();
  taken.set(stack, owners);
  const { path } = construct.node;
  const owner = owners.get(`${thing} ${name}`);
  if (owner !== undefined) {
    throwIfAny([
      { path: `${path}.${key}`, message: `must be another, got '${name}', which the ${thing} at '${owner}' has` },
    ]);
  }
  owners.set(`${thing} ${name}`, path);
}

/** EC2 takes a security group's name that begins as ids do for an id. */
export const apartFromGroupIds = (name: Rule): Rule =>
  refined<string>(name, (value, path) =>
    /^sg(?:-|$)/.test(value)
      ? [{ path, message: `must not be 'sg' nor begin with 'sg-', as ids of security groups do, got '${value}'` }]
      : [],
  );

/** A bucket's name is the world's: whoever has it first. Dots are left out, for they break TLS. */
export const isBucketName = text(
  "3 to 63 lower-case letters, digits and hyphens, letter or digit first and last, without the beginnings and ends that S3 keeps for itself",
  /^(?!xn--|sthree-|amzn-s3-demo-)[a-z0-9][a-z0-9-]{1,61}[a-z0-9](?<!-s3alias|--ol-s3|--x-s3|--table-s3)$/,
);

/** The environment's name begins every physical name; the longest that follows it is that of the state's bucket. */
export const STATE_BUCKET_SUFFIX = "-terraform-state-";
export const ENVIRONMENT_NAME: Rule = known(apartFromGroupIds(nameOf("S3 bucket prefix", STATE_BUCKET_SUFFIX)));
