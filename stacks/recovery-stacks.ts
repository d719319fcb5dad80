import type { App } from "cdktf";
import type { Environment } from "../lib/config/environment";
import type { PlatformStackProps } from "./platform-stack";
import { RecoveryStack } from "./recovery-stack";
import type { Foundations } from "./service-stacks";

/** What brings the stores back, and the pods that export them, in the read side's cluster, which has ways to both. */
export function addRecovery(
  app: App,
  common: PlatformStackProps,
  environment: Environment,
  { keys, network, write, read, events, readStore }: Foundations,
): RecoveryStack {
  const { infrastructure, architecture, services, accessLogs, recovery: { jobs, ...options } = {} } = environment;
  const { backup } = infrastructure.eventStore;
  const { eventStore } = events;
  const stack = new RecoveryStack(app, {
    ...common,
    ...{ backup, keys, network, accessLogs },
    recovery: options,
    database: readStore.database,
    clusterArns: [write, read].map(({ cluster }) => cluster.controlPlane.arn),
  });
  if (jobs === undefined) return stack;

  // Loaded here, because an environment without jobs does not need the bindings of their pods.
  const { RecoveryJobsStack } = require("./recovery-jobs-stack") as typeof import("./recovery-jobs-stack");
  new RecoveryJobsStack(app, {
    ...common,
    cluster: read.cluster.controlPlane,
    jobs: {
      ...jobs,
      keys,
      frequency: backup.frequency,
      recovery: stack.recovery,
      endpointRanges: network.privateCidrBlocks,
      eventStore: {
        dnsName: eventStore.dnsName,
        port: eventStore.port,
        cidr: eventStore.cidr,
        type: architecture.writeSide.eventStore.type,
        clusterSize: architecture.writeSide.eventStore.clusterSize,
      },
      projections: {
        parallelism: architecture.readSide.projections.parallelism,
        partitions: services?.projections?.partitions,
      },
      tables: { database: readStore.database, ranges: network.dataCidrBlocks },
    },
  });
  return stack;
}
