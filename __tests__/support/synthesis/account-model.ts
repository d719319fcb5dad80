import type { Arguments, Synthesized } from "./synthesized";

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

const isKnown = (value: unknown): value is string => typeof value === "string" && !value.includes("${");

/**
 * A model of what an AWS account keeps of an environment that is destroyed, and of what it refuses then. It is no AWS: the
 * services' documentation says that names of secrets are taken during their recovery window, that a vault with recovery
 * points and a bucket with objects can't be deleted, and that a final snapshot outlives its store. That services make their
 * log groups again is from reports (terraform-aws-eks#2763).
 */
export class AccountModel {
  /** By type, Region and name. */
  readonly #taken = new Set<string>();
  /** What Terraform's states hold. */
  readonly #managed = new Set<string>();

  /** What AWS refuses when every stack is deployed. */
  deploy(app: Synthesized): readonly string[] {
    return resourcesIn(app).flatMap(({ address, type, args, isAdopted }) => {
      if (this.#managed.has(address)) return [];
      this.#managed.add(address);
      const name = nameOf(type, args);
      if (name === undefined) return [];
      if (this.#taken.has(name) && !isAdopted) return [`${address}: ${name} exists`];
      this.#taken.add(name);
      return [];
    });
  }

  /** What AWS refuses when every stack is destroyed. */
  destroy(app: Synthesized): readonly string[] {
    return resourcesIn(app).flatMap(({ address, type, args }) => {
      // A rehearsal of the worst: recovery points and objects are there, and the states keep what can't be deleted.
      if (["aws_backup_vault", "aws_s3_bucket"].includes(type) && args.force_destroy !== true) return [];
      this.#managed.delete(address);
      const name = nameOf(type, args);
      if (name !== undefined && !outlives(type, args)) this.#taken.delete(name);
      return this.#snapshot(address, args.final_snapshot_identifier);
    });
  }

  #snapshot(address: string, name: unknown): readonly string[] {
    if (!isKnown(name)) return [];
    if (this.#taken.has(`snapshot ${name}`)) return [`${address}: snapshot ${name} exists`];
    this.#taken.add(`snapshot ${name}`);
    return [];
  }
}

function nameOf(type: string, args: Arguments): string | undefined {
  const value = args[UNIQUE_NAMES[type] ?? ""];
  return isKnown(value) ? [type, args.region, value].filter((part) => part !== undefined).join(" ") : undefined;
}

const outlives = (type: string, { name, recovery_window_in_days }: Arguments): boolean =>
  (type === "aws_secretsmanager_secret" && recovery_window_in_days !== 0) ||
  (type === "aws_cloudwatch_log_group" && WRITERS.some((beginning) => String(name).startsWith(beginning)));

const resourcesIn = ({ stacks }: Synthesized) =>
  Object.entries(stacks).flatMap(([stack, { resource = {}, import: imports = [] }]) =>
    Object.entries(resource).flatMap(([type, resources]) =>
      Object.entries(resources).map(([id, args]) => ({
        address: `${stack} ${type}.${id}`,
        type,
        args,
        isAdopted: imports.some(
          ({ to, for_each }) => to === `${type}.${id}` && for_each.includes(JSON.stringify(args.name)),
        ),
      })),
    ),
  );

/** Types of the environments whose name is nowhere in the model, though they have one. */
export const typesUnknownTo = ({ stacks }: Synthesized): readonly string[] =>
  [
    ...new Set(
      Object.values(stacks)
        .flatMap(({ resource = {} }) => Object.entries(resource))
        .filter(
          ([type, resources]) =>
            type.startsWith("aws_") &&
            UNIQUE_NAMES[type] === undefined &&
            Object.values(resources).some(({ name }) => isKnown(name)),
        )
        .map(([type]) => type),
    ),
  ].sort();
