import { App } from "cdktf";
import { Construct } from "constructs";
import { type Environment, environmentProblems } from "../lib/config/environment";
import { comparisonProblems, type NamedEnvironment } from "../lib/config/environment-comparison";
import type { Side } from "../lib/config/side";
import { nodeTypeOf } from "../lib/config/sizing";
import { spareNodesOf } from "../lib/config/spare-nodes";
import { withoutUndefined } from "../lib/core/defaults";
import { isPlainObject } from "../lib/core/plain-object";
import { mismatch, type Problem, throwIfAny } from "../lib/core/problems";
import { readGiven } from "../lib/core/readable";
import type { PostgresDatabase } from "../lib/data/postgres-database";
import type { RedisCluster } from "../lib/data/redis-cluster";
import type { NetworkLoadBalancer } from "../lib/edge/network-load-balancer";
import type { ManagedEventStore } from "../lib/event-store/managed-event-store";
import type { Recovery } from "../lib/infrastructure/recovery";
import type { KubernetesCluster } from "../lib/kubernetes/kubernetes-cluster";
import type { Network } from "../lib/network/network";
import type { KeyArns } from "../lib/security/encryption-keys";
import { withoutStackTraces } from "../lib/synthesis/stack-traces";
import { ClusterStack } from "./cluster-stack";
import { EventStoreStack } from "./event-store-stack";
import { KeysStack } from "./keys-stack";
import { addMonitoring } from "./monitoring-stacks";
import { NetworkStack } from "./network-stack";
import { freeName, type PlatformStackProps } from "./platform-stack";
import { ReadStoreStack } from "./read-store-stack";
import { addRecovery } from "./recovery-stacks";
import { addServices, clientsOf } from "./service-stacks";
import { StateStack } from "./state-stack";

/**
 * An environment that `platforms` has checked under its name. Only this module can create one. It avoids a second
 * check, which took a sixth of the time to construct a platform.
 */
class CheckedEnvironment {
  readonly #environment: Environment;

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  /** @throws {InvalidConfigurationError} with everything that is wrong with an environment that was not checked. */
  static check(name: string, environment: Environment | CheckedEnvironment): Environment {
    if (environment instanceof CheckedEnvironment) return environment.#environment;
    throwIfAny(environmentProblems(name, environment));
    return withoutUndefined(environment);
  }
}

/**
 * All stacks of one environment, in order. The id is the environment's name, with which every name begins: at most 20
 * lower-case letters, digits and single hyphens, a letter first. What the stacks hold can be used in stacks of one's own.
 */
export class CqrsPlatform extends Construct {
  /** ARNs of the KMS keys, by domain. */
  readonly keys: KeyArns;
  readonly network: Network;
  readonly writeCluster: KubernetesCluster;
  readonly readCluster: KubernetesCluster;
  /** What is before each side's API; none without services. */
  readonly loadBalancers: Readonly<Partial<Record<Side, NetworkLoadBalancer>>>;
  /** Where the events are; `allowFrom` lets others than the clusters reach it, as it does of the two below. */
  readonly eventStore: ManagedEventStore;
  /** Where the read models are. */
  readonly database: PostgresDatabase;
  readonly cache: RedisCluster;
  /** What brings them back. */
  readonly recovery: Recovery;

  /**
   * @throws {InvalidConfigurationError} with everything that is wrong with the environment, or between it and others of
   * the app, before a stack is made.
   */
  constructor(scope: Construct, id: string, environment: Environment | CheckedEnvironment) {
    const checked = CheckedEnvironment.check(id, environment);
    const name = freeName(scope, id);
    addToApp(App.of(scope), [id, checked]);
    super(scope, name);
    // cdktf names a nested stack by its id but its dependencies by their path, and then finds neither: stacks are the app's own.
    const stacks = withoutStackTraces(() => addStacks(App.of(this), id, checked));
    this.keys = stacks.keys;
    this.network = stacks.network;
    this.writeCluster = stacks.write.cluster;
    this.readCluster = stacks.read.cluster;
    this.loadBalancers = { write: stacks.write.loadBalancer, read: stacks.read.loadBalancer };
    this.eventStore = stacks.events.eventStore;
    this.database = stacks.readStore.database;
    this.cache = stacks.readStore.cache;
    this.recovery = stacks.recovery;
  }
}

const environmentsOf = new WeakMap<App, NamedEnvironment[]>();

/** @throws {InvalidConfigurationError} with everything that is wrong between the environment and those that the app has. */
function addToApp(app: App, environment: NamedEnvironment): void {
  const environments = [...(environmentsOf.get(app) ?? []), environment];
  throwIfAny(comparisonProblems(environments));
  environmentsOf.set(app, environments);
}

function addStacks(app: App, name: string, environment: Environment) {
  const { region, account, infrastructure, architecture, state, providerVersions, tags, deletionProtection } =
    environment;
  const common: PlatformStackProps = {
    environment: name,
    region,
    account,
    state,
    providerVersions,
    tags,
    deletionProtection,
  };

  if (!state?.existing) new StateStack(app, { ...common, accessLogs: environment.accessLogs });
  const { arns: keys } = new KeysStack(app, common);
  const { network } = new NetworkStack(app, { ...common, network: environment.network, keys });

  const { instanceTypes, spareNodes: _, ...kubernetes } = environment.kubernetes ?? {};
  const loadBalancers = {
    write: architecture.writeSide.commandApi.loadBalancer,
    read: architecture.readSide.queryApi.loadBalancer,
  };
  const clusterOf = (side: Side) => {
    const config = infrastructure[`${side}Cluster`];
    return new ClusterStack(app, side, {
      ...common,
      cluster: {
        ...kubernetes,
        ...config,
        network,
        keys,
        administrators: environment.administrators,
        apiAccess: environment.apiAccess,
        serviceCidr: environment.network.serviceCidr,
        instanceType: nodeTypeOf({
          resources: config.resources,
          instanceType: instanceTypes?.[side],
          instructionSet: kubernetes.instructionSet,
          region,
        }),
        spareNodes: spareNodesOf(environment, side),
      },
      loadBalancer: environment.services && { network, clients: clientsOf(loadBalancers[side]) },
    });
  };
  const write = clusterOf("write");
  const read = clusterOf("read");
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
    retention: infrastructure.eventStore.backup.retention,
    network,
    keys,
    clients: readSide,
  });
  const stacks = { keys, network, write, read, events, readStore };
  const { recovery } = addRecovery(app, common, environment, stacks);
  const services = addServices(app, common, environment, { ...stacks, recovery });
  addMonitoring(app, common, environment, stacks, services);
  return { ...stacks, recovery };
}

/**
 * Platforms by the environments' names; what is wrong with any of them is said before the first is made.
 * @throws {InvalidConfigurationError} with everything that is wrong with all of them.
 */
export function platforms(scope: Construct, environments: Readonly<Record<string, Environment>>): CqrsPlatform[] {
  const given = readGiven(environments, "");
  throwIfAny(problemsOf(given));
  throwIfAny(comparisonProblems(Object.entries(given)));
  return Object.entries(given).map(
    ([name, environment]) => new CqrsPlatform(scope, name, new CheckedEnvironment(environment)),
  );
}

/** A mistake here would otherwise be an app without a stack, which deploys nothing and says nothing. */
function problemsOf(environments: unknown): readonly Problem[] {
  const allowed = "an object of environments by their names";
  if (!isPlainObject(environments) || Object.keys(environments).length === 0) {
    return [{ path: "environments", message: mismatch(allowed, environments) }];
  }
  if (Object.hasOwn(environments, "infrastructure")) {
    return [{ path: "environments", message: `must be ${allowed} such as { production: … }, got one without a name` }];
  }
  return Object.entries(environments).flatMap(([name, environment]) => environmentProblems(name, environment));
}
