import { staging } from "../../../../environments/staging";
import { eventStoreSize, network, readDatabases } from "../environment-changes";
import { byTerraform, type Protection } from "./protection";

/** What stays in the program and would be replaced. */
export const REPLACEMENTS: readonly Protection[] = [
  {
    key: "eventStore.size 'development' to 'production'",
    from: () => staging,
    of: (environment) => {
      const { architecture } = eventStoreSize("production")(environment);
      const eventStore = { ...architecture.writeSide.eventStore, clusterSize: 3, replication: "synchronous" } as const;
      const writeSide = { ...architecture.writeSide, eventStore };
      return { ...eventStoreSize("production")(environment), architecture: { ...architecture, writeSide } };
    },
    refused: byTerraform("production-event-store", "kurrentcloud_managed_cluster.EventStore_Managed_6F8BB7D7"),
  },
  {
    key: "readDatabases.cache.cluster",
    of: readDatabases(({ cache }) => ({ cache: { ...cache, cluster: false } })),
    refused: byTerraform("production-read-store", "aws_elasticache_replication_group.Cache_18F6EE16"),
  },
  {
    key: "network.cidr",
    of: network({ cidr: "10.2.0.0/16" }),
    refused: byTerraform("production-network", "aws_vpc.Network_1C6012B5"),
  },
  {
    key: "network.availabilityZones",
    of: network({ availabilityZones: ["eu-central-1b", "eu-central-1a", "eu-central-1c"] }),
    refused: byTerraform("production-network", "aws_subnet.Network_Private1_905F40B7"),
  },
  {
    key: "network.serviceCidr",
    of: network({ serviceCidr: "10.96.0.0/16" }),
    refused: byTerraform("production-write-cluster", "aws_eks_cluster.WriteCluster_ControlPlane_78430B2E"),
  },
  {
    key: "network.eventStoreCidr",
    of: network({ eventStoreCidr: "10.9.0.0/22" }),
    refused: byTerraform("production-event-store", "kurrentcloud_network.EventStore_Managed_Network_29D8C5A5"),
  },
];
