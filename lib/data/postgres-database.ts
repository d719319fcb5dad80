import { DbParameterGroup } from "@cdktf/provider-aws/lib/db-parameter-group";
import { DbSubnetGroup } from "@cdktf/provider-aws/lib/db-subnet-group";
import { dependable } from "cdktf";
import { Construct } from "constructs";
import { READ_REPLICAS } from "../config/architecture";
import { isInstanceClass } from "../config/instance-types";
import { isPasswordVersion } from "../config/password-version";
import { storageGibOf } from "../config/quantities";
import {
  type DatabaseResources,
  DEFAULT_DATABASE,
  isDatabaseResources,
  isPostgresVersion,
  type PostgresVersion,
} from "../config/read-store";
import { DATABASE_SIZING, instanceTypeFor, RDS } from "../config/sizing";
import { Generation } from "../core/generation";
import { nameOf, takeName } from "../core/names";
import {
  checkProps,
  isTrueOrFalse,
  known,
  oneOf,
  optional,
  type Relation,
  type Rules,
  text,
  wholeNumber,
} from "../core/rules";
import { isDailyWindow, isWeeklyWindow, overlapProblems, type Windows, windowBefore } from "../core/windows";
import { Firewall } from "../network/firewall";
import { type NetworkAttributes, networkWith } from "../network/network";
import { type KeyArns, keysFor } from "../security/encryption-keys";
import { ServiceRole } from "../security/service-role";
import { versionMovedByAws } from "./engine-version";
import { MasterPassword } from "./master-password";
import { type DatabaseInsights, INSIGHTS_RETENTION_DAYS, PostgresInstance } from "./postgres-instance";
import { POSTGRES_PARAMETERS } from "./postgres-parameters";

export interface PostgresDatabaseProps {
  /** Begins every physical name: instances are `<name>-primary` and `<name>-replica-1`. At most 49 characters. */
  readonly name: string;
  readonly network: Pick<NetworkAttributes, "vpcId" | "availabilityZones" | "dataSubnetIds">;
  /** Keys of the data, of the master password and of the logs. */
  readonly keys: Pick<KeyArns, "database" | "secrets" | "logs">;
  /** Read replicas beside the primary, 0 to 15, one zone after the other. */
  readonly replicas: number;
  /** What each instance has. @default 4 cores, 16GB, SSD 500GB */
  readonly resources?: DatabaseResources;
  /** RDS class of each instance. @default - the least of Graviton4 that holds `resources`: db.m8g.xlarge */
  readonly instanceClass?: string;
  /** PostgreSQL's major version. Another one is upgraded by hand first: until it runs, no plan is made. @default '17' */
  readonly engineVersion?: PostgresVersion;
  /** Database that the primary starts with. A changed name is a new database. @default 'read_models' */
  readonly databaseName?: string;
  /** Days that each moment can be restored of, 1 to 35. @default 30 */
  readonly backupRetentionDays?: number;
  /** Daily, UTC, at least 30 minutes. @default '02:00-03:00' */
  readonly backupWindow?: string;
  /** The primary's, UTC, at least 30 minutes; each replica has a half hour of its own before it. @default 'sun:04:00-sun:05:00' */
  readonly maintenanceWindow?: string;
  /** Advanced keeps 465 days and lock analysis, standard 7 days at no price. @default 'advanced' */
  readonly insights?: DatabaseInsights;
  /** Raised by one, it gives the master a new password. @default 1 */
  readonly passwordVersion?: number;
  /** Whether RDS refuses to delete the instances, and Terraform the primary and its password. @default true */
  readonly deletionProtection?: boolean;
}

/** RDS: days of point-in-time recovery; 0 would end it, and the replicas with it. */
export const BACKUP_RETENTION_DAYS = { min: 1, max: 35 } as const;
/** RDS: the shortest backup and maintenance windows. */
const MIN_WINDOW_MINUTES = 30;
const DEFAULT_WINDOWS = { backup: "02:00-03:00", maintenance: "sun:04:00-sun:05:00" } as const;

const RULES: Rules<PostgresDatabaseProps> = {
  name: nameOf("IAM role", "-rds-monitoring"),
  network: networkWith("vpcId", "availabilityZones", "dataSubnetIds"),
  keys: keysFor("database", "secrets", "logs"),
  replicas: known(wholeNumber(READ_REPLICAS)),
  resources: optional(isDatabaseResources),
  instanceClass: optional(isInstanceClass),
  engineVersion: optional(isPostgresVersion),
  databaseName: optional(
    text(
      "lower-case letters, digits and underscores, a letter first, at most 63 characters",
      /^(?!(?:rdsadmin|template[01])$)[a-z][a-z0-9_]{0,62}$/,
    ),
  ),
  backupRetentionDays: optional(wholeNumber(BACKUP_RETENTION_DAYS)),
  backupWindow: optional(isDailyWindow(MIN_WINDOW_MINUTES)),
  maintenanceWindow: optional(isWeeklyWindow(MIN_WINDOW_MINUTES)),
  insights: optional(oneOf(Object.keys(INSIGHTS_RETENTION_DAYS))),
  passwordVersion: optional(isPasswordVersion),
  deletionProtection: optional(isTrueOrFalse),
};

const WINDOWS: Relation<PostgresDatabaseProps> = {
  between: ["backupWindow", "maintenanceWindow"],
  problemsOf: ({ backupWindow = DEFAULT_WINDOWS.backup, maintenanceWindow = DEFAULT_WINDOWS.maintenance }, path) =>
    overlapProblems(maintenanceWindow, backupWindow, "backupWindow", path),
};

const PORT = 5432;
const MASTER_USER = "postgres";
/** A replica is made from a copy of the primary's volume; a large one takes longer than the provider's own 50 minutes. */
const REPLICA_TIMEOUT = "3h";

/** RDS for PostgreSQL: a primary with a standby in another zone, and read replicas. Nobody gets in but by `allowFrom`. */
export class PostgresDatabase extends Construct {
  /** Host name of the primary, which takes writes; it stays when the standby takes over. */
  readonly endpoint: string;
  readonly port = PORT;
  readonly databaseName: string;
  /** Host names of the replicas; they share none, so clients choose among them. */
  readonly replicaAddresses: readonly string[];
  /** ARN of the primary, for backups. */
  readonly arn: string;
  /** The primary's own windows of backup and maintenance, in UTC. */
  readonly windows: Windows;
  /** Subnets that it stands in, for what is restored beside it. */
  readonly subnetGroupName: string;
  /** Names the primary in IAM: `arn:aws:rds-db:<region>:<account>:dbuser:<resourceId>/<user>`. */
  readonly resourceId: string;
  /** Names the replicas in IAM; each has an id of its own. */
  readonly replicaResourceIds: readonly string[];
  /** The secret with the master's password. */
  readonly secretArn: string;
  readonly securityGroupId: string;

  private readonly firewall: Firewall;

  /** @throws {InvalidConfigurationError} with all that is wrong with the props. */
  constructor(scope: Construct, id: string, props: PostgresDatabaseProps) {
    super(scope, id);
    props = checkProps(this, props, RULES, WINDOWS, DATABASE_SIZING);
    takeName(this, "RDS instance", props.name);
    const { name, network, keys, resources = DEFAULT_DATABASE, engineVersion = "17" } = props;
    const { insights = "advanced", passwordVersion = 1, deletionProtection = true } = props;
    const { backupWindow = DEFAULT_WINDOWS.backup, maintenanceWindow = DEFAULT_WINDOWS.maintenance } = props;
    this.windows = { daily: backupWindow, weekly: maintenanceWindow };
    this.databaseName = props.databaseName ?? "read_models";

    this.firewall = new Firewall(this, "Firewall", {
      name: `${name}-postgres`,
      description: `PostgreSQL ${name}`,
      vpcId: network.vpcId,
      port: PORT,
    });
    this.securityGroupId = this.firewall.securityGroupId;
    const subnetGroup = new DbSubnetGroup(this, "SubnetGroup", {
      name: `${name}-postgres`,
      description: `Data subnets of ${name}`,
      subnetIds: [...network.dataSubnetIds],
    });
    this.subnetGroupName = subnetGroup.name;
    const parameterGroup = new DbParameterGroup(this, "ParameterGroup", {
      namePrefix: `${name}-postgres${engineVersion}-`,
      description: `PostgreSQL ${engineVersion} of ${name}`,
      family: `postgres${engineVersion}`,
      parameter: POSTGRES_PARAMETERS,
      lifecycle: { createBeforeDestroy: true },
    });
    const password = new MasterPassword(this, "MasterPassword", {
      name,
      secretsKeyArn: keys.secrets,
      version: passwordVersion,
      deletionProtection,
    });
    this.secretArn = password.secretArn;

    const storageGib = storageGibOf(resources.storage) ?? 0;
    const settings = {
      keys,
      instanceClass: props.instanceClass ?? instanceTypeFor(resources, RDS) ?? "",
      storageGib,
      parameterGroupName: parameterGroup.name,
      securityGroupId: this.securityGroupId,
      monitoringRole: new ServiceRole(this, "MonitoringRole", {
        name: `${name}-rds-monitoring`,
        service: "monitoring.rds.amazonaws.com",
        source: { service: "rds", resource: `db:${name}-*` },
        managedPolicies: ["service-role/AmazonRDSEnhancedMonitoringRole"],
      }),
      insights,
      deletionProtection,
    };
    const generation = new Generation(this, "Generation", { databaseName: this.databaseName, keyArn: keys.database });
    const primary = new PostgresInstance(this, "Primary", {
      identifier: `${name}-primary`,
      maintenanceWindow,
      settings,
      own: {
        engine: "postgres",
        engineVersion,
        // Old majors cost extra by the hour once their time is over; better an upgrade that AWS announces.
        engineLifecycleSupport: "open-source-rds-extended-support-disabled",
        dbName: this.databaseName,
        port: PORT,
        username: MASTER_USER,
        passwordWo: password.value,
        passwordWoVersion: password.version,
        kmsKeyId: keys.database,
        dbSubnetGroupName: subnetGroup.name,
        // AWS puts primary and standby into two zones of its choice; a zone of ours would contradict it.
        multiAz: true,
        backupRetentionPeriod: props.backupRetentionDays ?? 30,
        backupWindow,
        deleteAutomatedBackups: false,
        skipFinalSnapshot: false,
        finalSnapshotIdentifier: `${name}-final-${generation.suffix}`,
        lifecycle: {
          preventDestroy: deletionProtection,
          ...versionMovedByAws(engineVersion, `${this.node.path}.engineVersion`),
        },
      },
    });
    this.endpoint = primary.address;
    this.arn = primary.arn;
    this.resourceId = primary.resourceId;

    // RDS refuses to delete a replica, as it does the primary. Terraform may plan it: a replica holds no data of its own,
    // and one can be given up by lifting its protection at AWS and lowering `replicas`, the primary guarded all the while.
    const replicas = Array.from(
      { length: props.replicas },
      (_, index) =>
        new PostgresInstance(this, `Replica${index + 1}`, {
          identifier: `${name}-replica-${index + 1}`,
          maintenanceWindow: windowBefore(maintenanceWindow, backupWindow, index + 1),
          settings,
          own: {
            replicateSourceDb: primary.identifier,
            availabilityZone: network.availabilityZones[index % network.availabilityZones.length],
            // RDS takes no final snapshot of a replica, and refuses to delete one for which it is asked.
            skipFinalSnapshot: true,
            timeouts: { create: REPLICA_TIMEOUT },
            lifecycle: { replaceTriggeredBy: [dependable(generation.resource)] },
          },
        }),
    );
    this.replicaAddresses = replicas.map((replica) => replica.address);
    this.replicaResourceIds = replicas.map((replica) => replica.resourceId);
  }

  /** Lets a security group's members in; `id` names them and is part of the rule's address. */
  allowFrom(id: string, securityGroupId: string): void {
    this.firewall.allowFrom(id, securityGroupId);
  }
}
