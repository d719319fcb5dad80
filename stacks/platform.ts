import { App } from "cdktf";
import { Construct } from "constructs";
import { type Environment, environmentProblems } from "../lib/config/environment";
import { throwIfAny } from "../lib/core/problems";
import { withoutTokenTraces } from "../lib/core/token-traces";
import { ClusterStack } from "./cluster-stack";
import { EventStoreStack } from "./event-store-stack";
import { KeysStack } from "./keys-stack";
import { MonitoringStack } from "./monitoring-stack";
import { NetworkStack } from "./network-stack";
import type { PlatformStackProps } from "./platform-stack";
import { ReadStoreStack } from "./read-store-stack";
import { StateStack } from "./state-stack";

/** All stacks of one environment, in order. The id is the environment's name, with which every name begins. */
export class CqrsPlatform extends Construct {
  /** @throws {InvalidConfigurationError} with everything that is wrong with the environment, before a stack is made. */
  constructor(scope: Construct, id: string, environment: Environment) {
    super(scope, id);
    throwIfAny(environmentProblems(id, environment));
    // cdktf names a nested stack by its id but its dependencies by their path, and then finds neither: stacks are the app's own.
    withoutTokenTraces(() => addStacks(App.of(this), id, environment));
  }
}

function addStacks(app: App, name: string, environment: Environment): void {
  const { region, infrastructure, architecture, state, providerVersions, tags, deletionProtection } = environment;
  const common: PlatformStackProps = { environment: name, region, state, providerVersions, tags, deletionProtection };

  new StateStack(app, common);
  const { arns: keys } = new KeysStack(app, common);
  const { network } = new NetworkStack(app, { ...common, network: environment.network, keys });

  const { instanceTypes, ...kubernetes } = environment.kubernetes ?? {};
  const shared = {
    ...kubernetes,
    network,
    keys,
    administrators: environment.administrators,
    apiAccess: environment.apiAccess,
    serviceCidr: environment.network.serviceCidr,
  };
  const write = new ClusterStack(app, "write", {
    ...common,
    cluster: { ...shared, ...infrastructure.writeCluster, instanceType: instanceTypes?.write },
  });
  const read = new ClusterStack(app, "read", {
    ...common,
    cluster: { ...shared, ...infrastructure.readCluster, instanceType: instanceTypes?.read },
  });
  const writeSide = { WriteCluster: write.cluster.controlPlane.securityGroupId };
  const readSide = { ReadCluster: read.cluster.controlPlane.securityGroupId };

  // Commands are written from the write side, projections read from the other.
  new EventStoreStack(app, {
    ...common,
    eventStore: infrastructure.eventStore,
    cidr: environment.network.eventStoreCidr,
    network,
    clients: { ...writeSide, ...readSide },
  });
  new ReadStoreStack(app, {
    ...common,
    readDatabases: architecture.readSide.readDatabases,
    readStore: environment.readStore,
    network,
    keys,
    clients: readSide,
  });
  new MonitoringStack(app, {
    ...common,
    monitoring: infrastructure.monitoring,
    cluster: read.cluster.controlPlane,
    keys,
  });
}

/** Platforms by the environments' names; what is wrong with any of them is said before the first is made. */
export function platforms(scope: Construct, environments: Readonly<Record<string, Environment>>): CqrsPlatform[] {
  const named = Object.entries(environments);
  throwIfAny(named.flatMap(([name, environment]) => environmentProblems(name, environment)));
  return named.map(([name, environment]) => new CqrsPlatform(scope, name, environment));
}
