import type { Construct } from "constructs";
import { WriteServices, type WriteServicesProps } from "../lib/infrastructure/write-services";
import { accessCluster } from "../lib/kubernetes/cluster-access";
import type { ClusterAttributes } from "../lib/kubernetes/cluster-attributes";
import { PlatformStack, type PlatformStackProps } from "./platform-stack";

export interface WriteServicesStackProps extends PlatformStackProps {
  readonly cluster: ClusterAttributes;
  readonly services: Omit<WriteServicesProps, "name" | "clusterName" | "region">;
}

/** The write side's services, in its cluster. */
export class WriteServicesStack extends PlatformStack {
  constructor(scope: Construct, props: WriteServicesStackProps) {
    super(scope, "write-services", props);
    const { environment, region, cluster, services } = props;

    accessCluster(this, { cluster, region });
    new WriteServices(this, "Services", {
      ...services,
      name: `${environment}-write`,
      clusterName: cluster.clusterName,
      region,
    });
  }
}
