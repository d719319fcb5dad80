import type { App } from "cdktf";
import type { Environment } from "../lib/config/environment";
import type { PlatformStackProps } from "./platform-stack";
import { RecoveryStack } from "./recovery-stack";
import type { Foundations } from "./service-stacks";

/** What brings the stores back, and the pods that export them in the read side's cluster, which has ways to both. */
export function addRecovery(
  app: App,
  common: PlatformStackProps,
  { infrastructure, recovery: { jobs, ...options } = {} }: Environment,
  { keys, network, write, read, readStore }: Foundations,
): RecoveryStack {
  const { backup } = infrastructure.eventStore;
  return new RecoveryStack(app, {
    ...common,
    ...{ backup, keys, network },
    recovery: options,
    database: readStore.database,
    clusterArns: [write, read].map(({ cluster }) => cluster.controlPlane.arn),
  });
}
