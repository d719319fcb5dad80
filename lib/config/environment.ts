import { isAccount } from "../core/arns";
import { withoutUndefined } from "../core/defaults";
import { ENVIRONMENT_NAME } from "../core/names";
import { isPlainObject } from "../core/plain-object";
import { alternatives, type Problem, shown } from "../core/problems";
import { unreadableProblems } from "../core/readable";
import { isTrueOrFalse, known, mapOf, optional, type Rules, refined, shape, text } from "../core/rules";
import { soundPart } from "../core/sound-part";
import { isTagValue, isVolumeTagKey } from "../core/tags";
import { type AccessLogsConfig, isAccessLogsConfig } from "./access-logs";
import { ARCHITECTURE_RULES, type ProductionArchitecture } from "./architecture";
import { type AuthConfig, isAuthConfig } from "./auth";
import type { DeepPartial } from "./deep-partial";
import { type CloudflareConfig, isCloudflareConfig } from "./edge";
import { relationProblems } from "./environment-relations";
import { INFRASTRUCTURE_RULES, type Infrastructure } from "./infrastructure";
import { isAdministrators, isKubernetesOptions, type KubernetesOptions } from "./kubernetes";
import { isMonitoringOptions, type MonitoringOptions } from "./monitoring";
import { type ApiAccess, isApiAccess, isNetworkConfig, isRegion, type NetworkConfig } from "./network";
import { isReadStoreConfig, type ReadStoreConfig } from "./read-store";
import { BACKUP_TAG, isRecoveryConfig, type RecoveryConfig } from "./recovery";
import { isServicesConfig, type ServicesConfig } from "./services";
import { isStateConfig, type StateConfig } from "./state";

/** One environment: the seed's two objects, and what an account needs beside them. */
export interface Environment {
  /** AWS Region of everything, outside China: `'eu-central-1'`. */
  readonly region: string;
  /** AWS account of everything, 12 digits: Terraform refuses the credentials of another. @default - whichever the credentials are of */
  readonly account?: string;
  readonly infrastructure: Infrastructure;
  readonly architecture: ProductionArchitecture;
  readonly network: NetworkConfig;
  /** ARNs of the roles or users that administer both clusters, by a name of yours; whoever deploys must be one of them. */
  readonly administrators: Readonly<Record<string, string>>;
  /** Who may reach the clusters' API from outside the VPC. @default - nobody */
  readonly apiAccess?: ApiAccess;
  /** What the clusters run on, of which the seed says nothing. @default - those that each of its keys names */
  readonly kubernetes?: KubernetesOptions;
  /** Sizes of the read side's stores, of which the seed says nothing. @default - those that each of its keys names */
  readonly readStore?: ReadStoreConfig;
  /** What runs on the clusters, and with it who may do what. @default - nothing: the infrastructure stands alone */
  readonly services?: ServicesConfig;
  /** Who may send which command and ask which query; needed with `services`. @default - none */
  readonly auth?: AuthConfig;
  /**
   * The zone in front of what has `loadBalancer: 'cloudflare'` or `'both'`, which no other environment of the app has.
   * @default - none
   */
  readonly cloudflare?: CloudflareConfig;
  /** How the seed's three switches of monitoring are filled in. @default - those that each of its keys names */
  readonly monitoring?: MonitoringOptions;
  /** What `infrastructure.eventStore.backup` does not say of recovery. @default - those that each of its keys names */
  readonly recovery?: RecoveryConfig;
  /**
   * S3's logs of who reads and writes the environment's buckets: state, exports, the archive of logs, and their copies in other
   * Regions. @default - none: small, such as for development, an environment holds nothing that anybody asks about
   */
  readonly accessLogs?: AccessLogsConfig;
  /** Where the state is kept. @default - beside the program, in `terraform.<stack>.tfstate`, for git to ignore */
  readonly state?: StateConfig;
  /** Provider versions: `{ aws: "~> 6.25" }`. @default - those that the bindings were made from */
  readonly providerVersions?: ProviderVersions;
  /** At most 40 tags of every resource, beside our own `Environment`, `Stack` and `ManagedBy`. @default - ours alone */
  readonly tags?: Readonly<Record<string, string>>;
  /**
   * Whether AWS, Kurrent and Terraform refuse to destroy what holds data, and synthesis refuses a program from which it
   * leaves, by the app's `ProtectionLock`. To take an environment down, deploy it with false first. @default true
   */
  readonly deletionProtection?: boolean;
}

/** Terraform version constraints by provider. */
export interface ProviderVersions {
  readonly aws?: string;
  readonly cloudflare?: string;
  readonly helm?: string;
  readonly kubernetes?: string;
  readonly kurrentcloud?: string;
}

/** Written into the configuration of Terraform itself, where nothing can be computed. */
const versionConstraint = optional(
  known(
    text("a version constraint such as '~> 6.25'", /^(?:(?:=|!=|>=?|<=?|~>)? *\d+(?:\.\d+){0,2}(?: *, *(?!$)|$))+$/),
  ),
);
/** Our own tags, which IAM does not tell from others by case. */
const OUR_TAGS = ["environment", "stack", "managedby", "name"];
const isOwnTagKey = refined<string>(isVolumeTagKey, (key, path) =>
  OUR_TAGS.includes(key.toLowerCase())
    ? [{ path, message: `must not be ${alternatives(OUR_TAGS)}, got ${shown(key)}` }]
    : key === BACKUP_TAG
      ? [
          {
            path,
            message: `must be on single resources, for all that have it are backed up, replicas too, got ${shown(key)} for all`,
          },
        ]
      : [],
);

/** Ours: AWS takes 50 of a resource, and our own, EKS's and those of the pods' volumes come to it. */
const MAX_TAGS = 40;

const isTags = refined<Record<string, string>>(mapOf(isTagValue, isOwnTagKey), (tags, path) => {
  const keys = Object.keys(tags);
  const twins = keys.filter((key, index) =>
    keys.slice(0, index).some((other) => other.toLowerCase() === key.toLowerCase()),
  );
  return [
    ...(keys.length > MAX_TAGS ? [{ path, message: `must be at most ${MAX_TAGS} tags, got ${keys.length}` }] : []),
    ...twins.map((key) => ({
      path: `${path}.${key}`,
      message: `must differ from every other by more than case, which IAM does not tell, got '${key}'`,
    })),
  ];
});

/** The rules of an environment in one Region; in any, where the Region is none. */
export const environmentRules = (region: unknown): Rules<Environment> => ({
  region: known(isRegion),
  account: optional(known(isAccount)),
  infrastructure: shape(INFRASTRUCTURE_RULES),
  architecture: shape(ARCHITECTURE_RULES),
  network: isNetworkConfig(region),
  administrators: isAdministrators,
  apiAccess: optional(isApiAccess),
  kubernetes: optional(isKubernetesOptions),
  readStore: optional(isReadStoreConfig),
  services: optional(isServicesConfig),
  auth: optional(isAuthConfig),
  cloudflare: optional(isCloudflareConfig),
  monitoring: optional(isMonitoringOptions),
  recovery: optional(isRecoveryConfig),
  accessLogs: optional(isAccessLogsConfig),
  state: optional(isStateConfig),
  providerVersions: optional(
    shape<ProviderVersions>({
      aws: versionConstraint,
      cloudflare: versionConstraint,
      helm: versionConstraint,
      kubernetes: versionConstraint,
      kurrentcloud: versionConstraint,
    }),
  ),
  tags: optional(isTags),
  deletionProtection: optional(isTrueOrFalse),
});

/**
 * Everything that is wrong with an environment, of whatever it is made: JSON and JavaScript know no types. Its name is
 * where every path begins.
 */
export function environmentProblems(name: unknown, environment: unknown): readonly Problem[] {
  if (typeof name !== "string") return ENVIRONMENT_NAME.problemsOf(name, "the environment's name");
  // One without letters would be a path that nobody sees.
  const path = name === "" ? "''" : name;
  const unreadable = unreadableProblems(environment, path);
  if (unreadable.length > 0) return unreadable;
  const given = withoutUndefined(environment);
  const rules = shape(environmentRules(isPlainObject(given) ? given.region : undefined));
  const problems = rules.problemsOf(given, path);
  // Sound as a whole: nothing is left out, and its rules need not be asked again.
  const parts = (problems.length === 0 ? given : (soundPart(given, rules) ?? {})) as DeepPartial<Environment>;
  return [
    ...ENVIRONMENT_NAME.problemsOf(name, name === "" ? "the environment's name" : name),
    ...problems,
    // A part that is unsound looks as if it were missing.
    ...relationProblems(parts, path).filter((relation) => !problems.some((it) => it.path === relation.path)),
  ];
}
