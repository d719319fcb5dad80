import { DbInstance, type DbInstanceConfig } from "@cdktf/provider-aws/lib/db-instance";
import { Construct } from "constructs";
import type { KeyArns } from "../security/encryption-keys";
import { ServiceLogGroup } from "../security/service-log-group";
import type { ServiceRole } from "../security/service-role";

/** How closely RDS watches queries: CloudWatch Database Insights. */
export type DatabaseInsights = keyof typeof INSIGHTS_RETENTION_DAYS;

/** RDS: the one period that advanced insights take, and the one that costs nothing in standard. */
export const INSIGHTS_RETENTION_DAYS = { advanced: 465, standard: 7 } as const;

/** What every instance of one database has alike. A replica smaller than its primary would fall behind, or not start. */
export interface InstanceSettings {
  readonly keys: Pick<KeyArns, "database" | "logs">;
  readonly instanceClass: string;
  /** GiB of the primary; a replica begins with the same. */
  readonly storageGib: number;
  readonly parameterGroupName: string;
  readonly securityGroupId: string;
  /** Role that writes the operating system's metrics. */
  readonly monitoringRole: ServiceRole;
  readonly insights: DatabaseInsights;
  readonly deletionProtection: boolean;
}

export interface PostgresInstanceProps {
  /** The instance's name. */
  readonly identifier: string;
  readonly maintenanceWindow: string;
  readonly settings: InstanceSettings;
  /** Arguments that only a primary or only a replica has. */
  readonly own: Partial<DbInstanceConfig>;
}

/** What RDS for PostgreSQL writes to CloudWatch. */
const LOGS = [
  ["PostgresqlLog", "postgresql"],
  ["UpgradeLog", "upgrade"],
  ["IamAuthErrorLog", "iam-db-auth-error"],
] as const;

/** RDS: seconds between two readings of the operating system. */
const MONITORING_INTERVAL = 60;
const CA_CERTIFICATE = "rds-ca-rsa2048-g1";

/** RDS: GiB from which a gp3 volume of PostgreSQL is striped over four; below, IOPS and throughput can't be asked for. */
const STRIPED_FROM_GIB = 400;
/** What a striped volume has at no extra price. Written down, or a volume that grows past 400 GiB keeps its 3000 IOPS, which RDS refuses. */
const STRIPED_BASELINE = { iops: 12_000, storageThroughput: 500 } as const;
/** RDS: the largest volume. */
const MAX_STORAGE_GIB = 65_536;
/** RDS refuses to let a volume grow by less than a tenth. */
const LEAST_GROWTH = 1.1;

/** One instance of a PostgreSQL database, primary or replica: encrypted, watched, reached by TLS and IAM. */
export class PostgresInstance extends Construct {
  readonly identifier: string;
  readonly arn: string;
  /** Host name. */
  readonly address: string;
  /** `db-…`, by which IAM names the instance in `rds-db:connect`. */
  readonly resourceId: string;

  constructor(scope: Construct, id: string, props: PostgresInstanceProps) {
    super(scope, id);
    const { identifier, settings, own } = props;
    const { keys, monitoringRole, insights, storageGib } = settings;

    const logGroups = LOGS.map(
      ([logId, log]) =>
        new ServiceLogGroup(this, logId, {
          name: `/aws/rds/instance/${identifier}/${log}`,
          keyArn: keys.logs,
          deletionProtection: settings.deletionProtection,
        }),
    );
    const instance = new DbInstance(this, "Resource", {
      identifier,
      instanceClass: settings.instanceClass,
      storageType: "gp3",
      // A replica begins with its source's, which the provider warns of, and is left behind where the source's grows.
      allocatedStorage: storageGib,
      ...(storageGib >= STRIPED_FROM_GIB && STRIPED_BASELINE),
      maxAllocatedStorage: growthLimitOf(storageGib),
      // A replica too must say it: what is left out means false, and the next plan would replace it.
      storageEncrypted: true,
      parameterGroupName: settings.parameterGroupName,
      vpcSecurityGroupIds: [settings.securityGroupId],
      publiclyAccessible: false,
      caCertIdentifier: CA_CERTIFICATE,
      iamDatabaseAuthenticationEnabled: true,
      monitoringInterval: MONITORING_INTERVAL,
      monitoringRoleArn: monitoringRole.arn,
      databaseInsightsMode: insights,
      performanceInsightsEnabled: true,
      performanceInsightsKmsKeyId: keys.database,
      performanceInsightsRetentionPeriod: INSIGHTS_RETENTION_DAYS[insights],
      enabledCloudwatchLogsExports: LOGS.map(([, log]) => log),
      maintenanceWindow: props.maintenanceWindow,
      autoMinorVersionUpgrade: true,
      applyImmediately: false,
      copyTagsToSnapshot: true,
      deletionProtection: settings.deletionProtection,
      ...own,
      // The log groups first, or RDS makes its own, which are kept for ever and without our key.
      dependsOn: [...logGroups, ...monitoringRole.policies],
    });
    this.identifier = instance.identifier;
    this.arn = instance.arn;
    this.address = instance.address;
    this.resourceId = instance.resourceId;
  }
}

/** GiB up to which a volume grows by itself: twice its size; undefined where so little is left that RDS refuses. */
function growthLimitOf(storageGib: number): number | undefined {
  const limit = Math.min(storageGib * 2, MAX_STORAGE_GIB);
  return limit >= storageGib * LEAST_GROWTH ? limit : undefined;
}
