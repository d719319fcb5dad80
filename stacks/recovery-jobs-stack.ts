import type { Construct } from "constructs";
import { accessCluster } from "../lib/kubernetes/cluster-access";
import type { ClusterAttributes } from "../lib/kubernetes/cluster-attributes";
import { RecoveryJobs, type RecoveryJobsProps } from "../lib/workloads/recovery-jobs";
import { PlatformStack, type PlatformStackProps } from "./platform-stack";

export interface RecoveryJobsStackProps extends PlatformStackProps {
  /** The read side's cluster, which has ways to both stores. */
  readonly cluster: ClusterAttributes;
  readonly jobs: Omit<RecoveryJobsProps, "name" | "clusterName" | "region">;
}

/** What exports, verifies and drills. It stands apart from what it exports to, which must be there without a cluster. */
export class RecoveryJobsStack extends PlatformStack {
  constructor(scope: Construct, props: RecoveryJobsStackProps) {
    super(scope, "recovery-jobs", props);
    const { environment, region, cluster, jobs } = props;

    accessCluster(this, { cluster, region });
    new RecoveryJobs(this, "Jobs", {
      ...jobs,
      name: `${environment}-read`,
      clusterName: cluster.clusterName,
      region,
    });
  }
}
