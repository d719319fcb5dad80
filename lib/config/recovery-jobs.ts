import { Token } from "cdktf";
import { isKeyArn, isSecretArn } from "../core/arns";
import { type Cidr, rangeOf } from "../core/cidr";
import type { Problem } from "../core/problems";
import {
  listOf,
  optional,
  type Relation,
  type Rule,
  type Rules,
  rule,
  shape,
  unique,
  wholeNumber,
  within,
} from "../core/rules";
import { type Image, isImage } from "./images";
import { type ContainerResources, isContainerResources } from "./services";
import { isVariables } from "./variables";

/** Pods that run the runtime's command `cqrs-ops`. */
export interface RecoveryJobsConfig {
  /** An image whose entrypoint is `cqrs-ops`, with the projections that verifying builds anew. */
  readonly image: Image;
  /** What one pod asks for, and where it ends. @default - 250m and 512Mi asked for, 512Mi at most */
  readonly resources?: ContainerResources;
  /** Environment variables that are no secret. @default - ours alone */
  readonly variables?: Readonly<Record<string, string>>;
  /**
   * ARNs of keys of this Region by which exports were made that the bucket has now, 1 to 10: of a key that was replaced, or of
   * the replica that a lost Region's key has here. They open exports, and make none. One that was replaced stays until its last
   * export has expired and the ledger of deleted subjects, which never does, is under the new key: docs/recovery.md says how.
   * @default - none
   */
  readonly formerKeys?: readonly string[];
  /**
   * The database of the subjects' keys, from which `restore` and `forget` delete again those of subjects that were deleted.
   * @default - none: a restore with somebody in the ledger is refused, or leaves it to you
   */
  readonly subjectKeys?: SubjectKeysConfig;
}

/** A database of yours with `PostgresSubjectKeys` in it, which the read side's cluster reaches and which lets it in. */
export interface SubjectKeysConfig {
  /**
   * ARN of the secret of this account and Region that says `postgres://user:password@host:5432/database` and nothing else, under the
   * platform's key `secrets` or AWS's own.
   */
  readonly secret: string;
  /** Ranges in which the database is, 1 to 10 of /8 to /32. */
  readonly ranges: readonly Cidr[];
  /** Port of the database, as the secret has it. @default 5432 */
  readonly port?: number;
}

/** Ours: what is wider than a private network is a typing error. */
const SUBJECT_KEYS_PREFIX = { min: 8, max: 32 } as const;
const PORT = { min: 1, max: 65_535 } as const;

const isSubjectKeys = shape<SubjectKeysConfig>({
  secret: isSecretArn,
  ranges: unique(
    listOf(
      rule(`a range of /${SUBJECT_KEYS_PREFIX.min} to /${SUBJECT_KEYS_PREFIX.max} such as '10.2.0.0/24'`, (value) => {
        const range = rangeOf(value);
        return range !== undefined && within(SUBJECT_KEYS_PREFIX, range.subnetMask);
      }),
      { min: 1, max: 10 },
    ),
  ),
  port: optional(wholeNumber(PORT)),
});

export const RECOVERY_JOBS_RULES: Rules<RecoveryJobsConfig> = {
  image: isImage,
  resources: optional(isContainerResources),
  variables: optional(isVariables),
  formerKeys: optional(unique(listOf(isKeyArn, { min: 1, max: 10 }))),
  subjectKeys: optional(isSubjectKeys),
};

/** The tool takes the one or the other, and a variable stands in the plan with its password. */
export const ONE_ADDRESS: Relation<RecoveryJobsConfig> = {
  between: ["variables", "subjectKeys"],
  problemsOf: ({ variables = {}, subjectKeys }, path) =>
    subjectKeys !== undefined && Object.hasOwn(variables, "SUBJECT_KEYS_URL")
      ? [
          {
            path: `${path}.variables.SUBJECT_KEYS_URL`,
            message: "must be left out with subjectKeys, whose secret has it",
          },
        ]
      : [],
};

export const isRecoveryJobsConfig: Rule = shape(RECOVERY_JOBS_RULES, ONE_ADDRESS);

/**
 * The jobs ask the KMS and the Secrets Manager of their own Region alone. What Terraform computes can't be judged.
 * @param account where it is known: a secret elsewhere is under a key that the jobs may not use, while a former key may be that
 * of an environment in another account, whose exports were brought here.
 */
export function jobsProblems(
  { formerKeys = [], subjectKeys }: RecoveryJobsConfig,
  region: string,
  path: string,
  account?: string,
): readonly Problem[] {
  const arns = [
    ...formerKeys.map((arn, index) => ({ arn, at: `formerKeys[${index}]`, as: "a multi-Region key's replica" })),
    ...(subjectKeys === undefined
      ? []
      : [{ arn: subjectKeys.secret, at: "subjectKeys.secret", as: "a secret's replica" }]),
  ];
  const isKnownAsAnother = (wanted: string | undefined, arn: string, part: number) =>
    wanted !== undefined && ![arn, wanted].some((each) => Token.isUnresolved(each)) && arn.split(":")[part] !== wanted;
  const secret = subjectKeys?.secret ?? "";
  return [
    ...arns
      .filter(({ arn }) => isKnownAsAnother(region, arn, 3))
      .map(({ arn, at, as }) => ({
        path: `${path}.${at}`,
        message: `must be of region '${region}', as ${as} there, got '${arn}'`,
      })),
    ...(subjectKeys !== undefined && isKnownAsAnother(account, secret, 4)
      ? [{ path: `${path}.subjectKeys.secret`, message: `must be of account '${account}', got '${secret}'` }]
      : []),
  ];
}
