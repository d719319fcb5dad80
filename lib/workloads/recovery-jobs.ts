import { Construct } from "constructs";
import { PROJECTIONS_RULES, type ProjectionsConfig } from "../config/architecture";
import type { Frequency } from "../config/quantities";
import { FULL_AFTER_DAYS } from "../config/recovery";
import { jobsProblems, ONE_ADDRESS, RECOVERY_JOBS_RULES, type RecoveryJobsConfig } from "../config/recovery-jobs";
import { DEFAULT_PARTITIONS, PROJECTION_WORKERS_RULES, type ProjectionWorkersConfig } from "../config/services";
import { nameOf } from "../core/names";
import { checkProps, oneOf, type Relation, type Rules, shape, text } from "../core/rules";
import { CronJob } from "../kubernetes/cron-job";
import { Namespace } from "../kubernetes/namespace";
import { NAMESPACES } from "../kubernetes/namespaces";
import { type EventStoreAttributes, eventStoreAccess, isEventStore } from "./event-store-access";
import { OperationsPods } from "./operations-pods";
import { isTables, type TablesPlace, tablesAccess } from "./read-model-access";
import {
  exportsAccess,
  isRecoveryAttributes,
  operatorAccess,
  RECOVERY_PLACE_RULES,
  type RecoveryAttributes,
  type RecoveryPlace,
  subjectKeysAccess,
} from "./recovery-access";
import { labelsOf } from "./services";

export interface RecoveryJobsProps extends RecoveryJobsConfig, RecoveryPlace {
  /** Name of the EKS cluster. */
  readonly clusterName: string;
  /** Begins the names of roles, `<name>-recovery`: the cluster's. */
  readonly name: string;
  /** How often it exports: the seed's `eventStore.backup.frequency`. */
  readonly frequency: Frequency;
  readonly recovery: RecoveryAttributes;
  readonly eventStore: EventStoreAttributes;
  readonly tables: TablesPlace;
  /** As the projections' own: models that are built anew are divided likewise. */
  readonly projections: Pick<ProjectionsConfig, "parallelism"> & Pick<ProjectionWorkersConfig, "partitions">;
}

const NAMES = { recovery: "recovery", credentials: "recovery-credentials" } as const;

const RULES: Rules<RecoveryJobsProps> = {
  ...RECOVERY_JOBS_RULES,
  ...RECOVERY_PLACE_RULES,
  clusterName: text("a cluster's name", /\S/),
  name: nameOf("IAM role", `-${NAMES.credentials}`),
  frequency: oneOf(["hourly", "daily"]),
  recovery: isRecoveryAttributes,
  eventStore: isEventStore,
  tables: isTables,
  projections: shape<RecoveryJobsProps["projections"]>({
    parallelism: PROJECTIONS_RULES.parallelism,
    partitions: PROJECTION_WORKERS_RULES.partitions,
  }),
};

const REACHABLE: Relation<RecoveryJobsProps> = {
  between: ["region", "formerKeys", "subjectKeys"],
  problemsOf: (props, path) => jobsProblems(props, props.region, path),
};

/** Its user of the database, who may do all that projections may. */
const DATABASE_USER = "recovery";

interface Schedule {
  /** UTC. */
  readonly cron: string;
  /** A run that begins later than this is left to the next. */
  readonly startWithinSeconds: number;
  /** A run that takes longer hangs. */
  readonly doneWithinSeconds: number;
}

const HOUR = 3600;
/** Between Kurrent's own backups and AWS', each on the hour. A first export takes as long as all events take. */
const EXPORT: Readonly<Record<Frequency, Schedule>> = {
  hourly: { cron: "30 * * * *", startWithinSeconds: HOUR / 2, doneWithinSeconds: 12 * HOUR },
  daily: { cron: "30 4 * * *", startWithinSeconds: 6 * HOUR, doneWithinSeconds: 12 * HOUR },
};
const VERIFY: Schedule = { cron: "10 6 * * *", startWithinSeconds: 6 * HOUR, doneWithinSeconds: 12 * HOUR };
const DRILL: Schedule = { cron: "10 12 * * 0", startWithinSeconds: 12 * HOUR, doneWithinSeconds: 24 * HOUR };
/** Kubernetes wants a time for what never runs by itself. */
const BY_HAND: Schedule = { cron: "0 0 1 1 *", startWithinSeconds: HOUR, doneWithinSeconds: HOUR };

/** Each goes on where the one before stopped; what fails thrice does not fail by chance. */
const RETRIES = 2;
/** Two days: from Sunday's drill to Monday's office. As long as one that failed is there, the chart's KubeJobFailed says so. */
const KEPT_SECONDS = 2 * 24 * HOUR;

/**
 * Exports, verifies and drills, each by the clock and never beside itself, in a namespace where nobody may speak to
 * anybody else. `credentials` and `credentials-ops`, of the two users with whom the event store begins, never run by
 * themselves: a Job would run again whenever anything of it changed, or it was cleaned up, and change a password at a moment
 * that nobody chose. Each is begun by hand, once before the services and whenever the password is to be another:
 * `kubectl -n recovery create job --from=cronjob/credentials credentials-1`.
 */
export class RecoveryJobs extends Construct {
  /** @throws {InvalidConfigurationError} with all that is wrong with the props. */
  constructor(scope: Construct, id: string, props: RecoveryJobsProps) {
    super(scope, id);
    props = checkProps(this, props, RULES, REACHABLE, ONE_ADDRESS);
    const { name: rolePrefix, clusterName, region, recovery, frequency, image, resources, variables } = props;

    const namespace = new Namespace(this, "Namespace", { name: NAMESPACES.recovery });
    const { parallelism, partitions = DEFAULT_PARTITIONS } = props.projections;
    const shared = { image, resources, variables, clusterName, rolePrefix, region, dependsOn: [namespace.resource] };
    const events = eventStoreAccess(props.eventStore);

    const pods = new OperationsPods(this, "Pods", {
      ...shared,
      name: NAMES.recovery,
      variables: {
        ...variables,
        PROJECTION_PARALLELISM: `${parallelism}`,
        PROJECTION_PARTITIONS: `${partitions}`,
      },
      stores: [
        events,
        tablesAccess(this, props.tables, { user: DATABASE_USER, region, reach: "primary" }),
        exportsAccess(recovery, props, { fullAfterDays: FULL_AFTER_DAYS, formerKeys: props.formerKeys }),
        operatorAccess(recovery, props, "reads"),
        ...subjectKeysAccess(props.subjectKeys, props),
      ],
    });
    this.job("Backup", "backup", EXPORT[frequency], pods.template("backup"), pods);
    this.job("Verify", "verify", VERIFY, pods.template("verify"), pods);
    this.job("Drill", "drill", DRILL, pods.template("drill"), pods);

    const credentials = new OperationsPods(this, "CredentialsPods", {
      ...shared,
      name: NAMES.credentials,
      stores: [events, operatorAccess(recovery, props, "writes")],
    });
    this.job("Credentials", "credentials", BY_HAND, credentials.template("credentials"), credentials);
    const ofOps = credentials.template("credentials-ops", ["credentials", "--user", "ops"], {
      EVENT_STORE_CREDENTIALS_SECRET: recovery.ops.name,
    });
    this.job("OpsCredentials", "credentials-ops", BY_HAND, ofOps, credentials);
  }

  private job(
    id: string,
    name: string,
    schedule: Schedule,
    template: ReturnType<OperationsPods["template"]>,
    { resources }: OperationsPods,
  ): void {
    new CronJob(this, id, {
      metadata: { name, namespace: NAMESPACES.recovery, labels: { ...labelsOf(name) } },
      spec: {
        schedule: schedule.cron,
        timezone: "Etc/UTC",
        suspend: schedule === BY_HAND,
        concurrencyPolicy: "Forbid",
        startingDeadlineSeconds: schedule.startWithinSeconds,
        successfulJobsHistoryLimit: 3,
        failedJobsHistoryLimit: 3,
        jobTemplate: {
          metadata: { labels: { ...labelsOf(name) } },
          spec: {
            backoffLimit: RETRIES,
            activeDeadlineSeconds: schedule.doneWithinSeconds,
            ttlSecondsAfterFinished: `${KEPT_SECONDS}`,
            template,
          },
        },
      },
      dependsOn: resources,
    });
  }
}
