import { ServiceV1 } from "@cdktf/provider-kubernetes/lib/service-v1";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { PROJECTIONS_RULES, type ProjectionsConfig } from "../config/architecture";
import {
  DEFAULT_PARTITIONS,
  ONE_SOURCE,
  PROJECTION_WORKERS_RULES,
  type ProjectionWorkersConfig,
} from "../config/services";
import { belowProblems, checkProps, type Relation, type Rules } from "../core/rules";
import { KubernetesResource } from "../kubernetes/kubernetes-resource";
import { DisruptionBudget } from "./disruption-budget";
import { type EventStoreAttributes, eventStoreAccess, isEventStore } from "./event-store-access";
import { fieldKeyAccess } from "./field-key-access";
import { isReadModels, type ReadModels, readModelAccess } from "./read-model-access";
import { ROLLOUT } from "./rollout";
import { SERVICE_PLACE_RULES, type ServicePlace, ServicePods } from "./service-pods";
import { labelsOf, PORTS, SERVICES, selectorOf } from "./services";

export interface ProjectionsProps extends ProjectionsConfig, ProjectionWorkersConfig, ServicePlace {
  readonly eventStore: EventStoreAttributes;
  readonly readModels: ReadModels;
}

const RULES: Rules<ProjectionsProps> = {
  ...PROJECTIONS_RULES,
  ...PROJECTION_WORKERS_RULES,
  ...SERVICE_PLACE_RULES,
  eventStore: isEventStore,
  readModels: isReadModels,
};

/** A worker without a partition would wait for ever. */
const A_PARTITION_EACH: Relation<ProjectionsProps> = {
  between: ["workers", "partitions"],
  problemsOf: ({ workers, partitions = DEFAULT_PARTITIONS }, path) =>
    belowProblems(partitions, { what: "workers", is: workers }, `${path}.partitions`),
};

/** Its user of the database, who may write. */
const DATABASE_USER = "projections";
/** What was read is written, or read again by whoever comes next. */
const STOP_SECONDS = 60;
/** Kubernetes writes a pod's ordinal there. */
const ORDINAL = "metadata.labels['apps.kubernetes.io/pod-index']";

/**
 * Turn events into read models. Events are divided into `PROJECTION_PARTITIONS`, and partition `p` is owned by the worker
 * whose `PROJECTION_INDEX` is `p` modulo `PROJECTION_WORKERS`. The index is the pod's ordinal, and the count that each
 * process knows is the number of pods: each partition has one owner, however many workers there are, and nothing but
 * a new configuration changes how many. With fewer workers, the partitions of those that go wait until their new owners
 * have been restarted, one after the other; they then go on from their checkpoints.
 */
export class Projections extends Construct {
  /** @throws {InvalidConfigurationError} with all that is wrong with the props. */
  constructor(scope: Construct, id: string, props: ProjectionsProps) {
    super(scope, id);
    props = checkProps(this, props, RULES, ONE_SOURCE, A_PARTITION_EACH);
    const service = SERVICES.projections;
    const { name, namespace } = service;
    const { image, workers, parallelism, partitions = DEFAULT_PARTITIONS, region, dependsOn = [] } = props;

    const pods = new ServicePods(this, "Pods", {
      ...props,
      service,
      variables: {
        ...props.variables,
        PROJECTION_WORKERS: `${workers}`,
        PROJECTION_PARALLELISM: `${parallelism}`,
        PROJECTION_PARTITIONS: `${partitions}`,
      },
      stores: [
        eventStoreAccess(props.eventStore),
        readModelAccess(this, props.readModels, { user: DATABASE_USER, region, reach: "primary" }),
        ...fieldKeyAccess(props.fieldKey, "decrypts"),
      ],
    });
    new KubernetesResource(this, "Resource", "stateful_set_v1", {
      metadata: { name, namespace, labels: { ...labelsOf(name) } },
      spec: {
        replicas: `${workers}`,
        serviceName: this.network(service, dependsOn).metadata.name,
        selector: { matchLabels: { ...selectorOf(name) } },
        ...ROLLOUT.statefulSet,
        template: pods.template({
          image,
          readiness: { path: "/readyz", port: "metrics" },
          fields: { PROJECTION_INDEX: ORDINAL },
          stopSeconds: STOP_SECONDS,
        }),
      },
      timeouts: ROLLOUT.timeouts,
      dependsOn: pods.resources,
    });
    new DisruptionBudget(this, "Budget", { ...service, selectors: { [name]: selectorOf(name) }, dependsOn });
  }

  /** Names of the pods, which a StatefulSet wants; nobody sends requests to them. */
  private network(
    { name, namespace }: typeof SERVICES.projections,
    dependsOn: readonly ITerraformDependable[],
  ): ServiceV1 {
    return new ServiceV1(this, "Service", {
      metadata: { name, namespace, labels: { ...labelsOf(name) } },
      spec: {
        clusterIp: "None",
        selector: { ...selectorOf(name) },
        port: [{ name: "metrics", port: PORTS.metrics, targetPort: "metrics" }],
      },
      dependsOn: [...dependsOn],
    });
  }
}
