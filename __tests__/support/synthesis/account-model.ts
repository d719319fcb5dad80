import { isGuarded } from "../../../lib/synthesis/protected-content";
import type { Arguments } from "./synthesized";

/** A resource as Terraform asks AWS for it. */
export interface AwsResource {
  /** With its stack, where two stacks may have the same. */
  readonly address: string;
  readonly type: string;
  /** The arguments of its block. A name that the provider completes is not among them. */
  readonly args: Arguments;
}

/** Argument with the name that is unique in an account and Region, by type. Not listed: what AWS knows by an id of its own. */
const UNIQUE_NAMES: Readonly<Record<string, string>> = {
  aws_backup_plan: "name",
  aws_backup_restore_testing_plan: "name",
  aws_backup_restore_testing_selection: "name",
  aws_backup_selection: "name",
  aws_backup_vault: "name",
  aws_cloudwatch_event_rule: "name",
  aws_cloudwatch_log_group: "name",
  aws_db_instance: "identifier",
  aws_db_parameter_group: "name",
  aws_db_subnet_group: "name",
  aws_eks_cluster: "name",
  aws_elasticache_parameter_group: "name",
  aws_elasticache_replication_group: "replication_group_id",
  aws_elasticache_subnet_group: "name",
  aws_elasticache_user: "user_id",
  aws_elasticache_user_group: "user_group_id",
  aws_iam_role: "name",
  aws_kms_alias: "name",
  aws_lb: "name",
  aws_s3_bucket: "bucket",
  aws_secretsmanager_secret: "name",
  aws_sns_topic: "name",
};

/** Services that write to a log group of theirs after it is deleted, and make it again: by the beginning of its name. */
const WRITERS = ["/aws/eks/", "/aws/elasticache/", "/aws/rds/"];

/**
 * A model of the names that are taken in an AWS account, and of what AWS keeps after a resource is destroyed. It is not
 * AWS. The services' documentation states that the name of a secret stays taken during its recovery window, that the name
 * of a bucket may stay taken for a while, and that a final snapshot outlives its store. That services create their log
 * groups again is known from reports (terraform-aws-eks#2763, terraform-aws-rds#419).
 */
export class AccountModel {
  /** By type, Region and name. */
  readonly #taken = new Map<string, AwsResource>();

  /** @returns why AWS refuses to create the resource, and nothing if it does not. */
  create(resource: AwsResource): readonly string[] {
    return this.#take(nameOf(resource), resource);
  }

  /** @returns why Terraform can't import the resource, and nothing if it can. */
  import(resource: AwsResource): readonly string[] {
    const name = nameOf(resource);
    return name !== undefined && this.#taken.has(name) ? [] : [`${resource.address}: there is none to import`];
  }

  /**
   * @param isEmpty whether a vault has no recovery points, and a bucket no objects.
   * @returns why AWS refuses to destroy the resource, and nothing if it does not.
   */
  destroy(resource: AwsResource, { isEmpty = true }: { readonly isEmpty?: boolean } = {}): readonly string[] {
    const { address, type, args } = resource;
    if (isGuarded(args)) return [`${address}: its deletion protection is on`];
    if (!isEmpty && holdsContent(resource)) return [`${address}: it is not empty`];
    const name = nameOf(resource);
    if (name !== undefined && !outlives(resource)) this.#taken.delete(name);
    if (args.skip_final_snapshot === true) return [];
    return this.#take(named(`${type} snapshot`, args, args.final_snapshot_identifier), resource);
  }

  /** Names of the log groups in the stack's own Region that begin so. */
  logGroups(prefix: string): readonly string[] {
    return [...this.#taken.values()]
      .filter(({ type, args }) => type === "aws_cloudwatch_log_group" && args.region === undefined)
      .map(({ args }) => String(args.name))
      .filter((name) => name.startsWith(prefix));
  }

  #take(name: string | undefined, resource: AwsResource): readonly string[] {
    if (name === undefined) return [];
    if (this.#taken.has(name)) return [`${resource.address}: ${name} exists`];
    this.#taken.set(name, resource);
    return [];
  }
}

/** Whether AWS refuses to destroy the resource while recovery points or objects are in it, or their lock holds. */
export const holdsContent = ({ type, args }: AwsResource): boolean =>
  (["aws_backup_vault", "aws_s3_bucket"].includes(type) && args.force_destroy !== true) ||
  // With days in which it can be changed it is a compliance lock, which stays after them.
  (type === "aws_backup_vault_lock_configuration" && typeof args.changeable_for_days === "number");

const nameOf = ({ type, args }: AwsResource): string | undefined => named(type, args, args[UNIQUE_NAMES[type] ?? ""]);

const named = (kind: string, { region }: Arguments, name: unknown): string | undefined =>
  isKnown(name) ? [kind, region, name].filter((part) => part !== undefined).join(" ") : undefined;

/** Terraform computes the others. */
const isKnown = (value: unknown): value is string => typeof value === "string" && !value.includes("${");

/** Whether the name of a destroyed resource is not free at once. */
const outlives = ({ type, args: { name, recovery_window_in_days } }: AwsResource): boolean =>
  type === "aws_s3_bucket" ||
  (type === "aws_secretsmanager_secret" && recovery_window_in_days !== 0) ||
  (type === "aws_cloudwatch_log_group" && WRITERS.some((beginning) => String(name).startsWith(beginning)));

/** Arguments that name a thing among those of its type. */
const NAME_ARGUMENTS = /^(?:name|bucket|(?:.*_)?identifier|replication_group_id|user_id|user_group_id)$/;

/** Types that have a name, which is nowhere in the model. */
export const typesUnknownTo = (resources: readonly AwsResource[]): readonly string[] =>
  [
    ...new Set(
      resources
        .filter(({ type, args }) => {
          const isNamed = Object.entries(args).some(([key, value]) => NAME_ARGUMENTS.test(key) && isKnown(value));
          return type.startsWith("aws_") && UNIQUE_NAMES[type] === undefined && isNamed;
        })
        .map(({ type }) => type),
    ),
  ].sort();
