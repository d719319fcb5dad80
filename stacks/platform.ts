import { App } from "cdktf";
import { Construct } from "constructs";
import { type Environment, environmentProblems } from "../lib/config/environment";
import { throwIfAny } from "../lib/core/problems";
import { quickly } from "../lib/core/quick-synthesis";
import { given } from "../lib/core/rules";
import type { PostgresDatabase } from "../lib/data/postgres-database";
import type { RedisCluster } from "../lib/data/redis-cluster";
import type { ManagedEventStore } from "../lib/event-store/managed-event-store";
import type { KubernetesCluster } from "../lib/kubernetes/kubernetes-cluster";
import type { Network } from "../lib/network/network";
import type { KeyArns } from "../lib/security/encryption-keys";
import { ClusterStack } from "./cluster-stack";
import { EventStoreStack } from "./event-store-stack";
import { KeysStack } from "./keys-stack";
import { MonitoringStack } from "./monitoring-stack";
import { NetworkStack } from "./network-stack";
import type { PlatformStackProps } from "./platform-stack";
import { ReadStoreStack } from "./read-store-stack";
import { StateStack } from "./state-stack";

/**
 * All stacks of one environment, in order. The id is the environment's name, with which every name begins. What the
 * stacks hold can be used in stacks of one's own.
 */
export class CqrsPlatform extends Construct {
  readonly keys: KeyArns;
  readonly network: Network;
  readonly writeCluster: KubernetesCluster;
  readonly readCluster: KubernetesCluster;
  readonly eventStore: ManagedEventStore;
  readonly database: PostgresDatabase;
  readonly cache: RedisCluster;

  /** @throws {InvalidConfigurationError} with everything that is wrong with the environment, before a stack is made. */
  constructor(scope: Construct, id: string, environment: Environment) {
    super(scope, id);
    throwIfAny(environmentProblems(id, environment));
    // cdktf names a nested stack by its id but its dependencies by their path, and then finds neither: stacks are the app's own.
    const stacks = quickly(() => addStacks(App.of(this), id, environment));
    this.keys = stacks.keys;
    this.network = stacks.network;
    this.writeCluster = stacks.write.cluster;
    this.readCluster = stacks.read.cluster;
    this.eventStore = stacks.events.eventStore;
    this.database = stacks.readStore.database;
    this.cache = stacks.readStore.cache;
  }
}

function addStacks(app: App, name: string, environment: Environment) {
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
  const events = new EventStoreStack(app, {
    ...common,
    eventStore: infrastructure.eventStore,
    cidr: environment.network.eventStoreCidr,
    network,
    clients: { ...writeSide, ...readSide },
  });
  const readStore = new ReadStoreStack(app, {
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
  return { keys, network, write, read, events, readStore };
}

/** Platforms by the environments' names; what is wrong with any of them is said before the first is made. */
export function platforms(scope: Construct, environments: Readonly<Record<string, Environment>>): CqrsPlatform[] {
  throwIfAny(given("an object of environments by their names").problemsOf(environments, "environments"));
  const named = Object.entries(environments);
  throwIfAny(named.flatMap(([name, environment]) => environmentProblems(name, environment)));
  return named.map(([name, environment]) => new CqrsPlatform(scope, name, environment));
}
