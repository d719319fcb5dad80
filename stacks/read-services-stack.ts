import type { Construct } from "constructs";
import { ReadServices, type ReadServicesProps } from "../lib/infrastructure/read-services";
import { accessCluster } from "../lib/kubernetes/cluster-access";
import type { ClusterAttributes } from "../lib/kubernetes/cluster-attributes";
import { PlatformStack, type PlatformStackProps } from "./platform-stack";

export interface ReadServicesStackProps extends PlatformStackProps {
  readonly cluster: ClusterAttributes;
  readonly services: Omit<ReadServicesProps, "name" | "clusterName" | "region">;
}

/** The read side's services, in its cluster. */
export class ReadServicesStack extends PlatformStack {
  constructor(scope: Construct, props: ReadServicesStackProps) {
    super(scope, "read-services", props);
    const { environment, region, cluster, services } = props;

    accessCluster(this, { cluster, region });
    new ReadServices(this, "Services", {
      ...services,
      name: `${environment}-read`,
      clusterName: cluster.clusterName,
      region,
    });
  }
}
