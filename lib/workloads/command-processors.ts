import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { COMMAND_PROCESSORS_RULES, type CommandProcessorsConfig, INSTANCES } from "../config/architecture";
import { type Autoscaling, ONE_SOURCE, PROCESSORS_RULES, type ProcessorsConfig } from "../config/services";
import { belowProblems, checkProps, given, optional, type Relation, type Rules, text } from "../core/rules";
import { KubernetesResource } from "../kubernetes/kubernetes-resource";
import { NAMESPACES } from "../kubernetes/namespaces";
import { Autoscaler } from "./autoscaler";
import { type DeletedSubjectsPlace, deletedSubjectsAccess, isDeletedSubjectsPlace } from "./deleted-subjects-access";
import { DisruptionBudget } from "./disruption-budget";
import { type EventStoreAttributes, eventStoreAccess, isEventStore } from "./event-store-access";
import { fieldKeyAccess } from "./field-key-access";
import { ROLLOUT } from "./rollout";
import { SERVICE_PLACE_RULES, type ServicePlace, ServicePods } from "./service-pods";
import { labelsOf, SERVICES, selectorOf } from "./services";

export interface CommandProcessorsProps extends CommandProcessorsConfig, ProcessorsConfig, ServicePlace {
  readonly eventStore: EventStoreAttributes;
  /** Where subjects that it forgets are written down. @default - nowhere of the platform's */
  readonly deletedSubjects?: DeletedSubjectsPlace;
  /** The cluster's metrics of pods, by which it scales. @default - they are there already */
  readonly metricsServer?: ITerraformDependable;
  /** KEDA, by which it scales where a query is given. @default - it is there already */
  readonly keda?: ITerraformDependable;
  /** Address of the Prometheus that a query is sent to: `'http://prometheus.monitoring.svc:9090'`. @default - that of the platform's own */
  readonly prometheus?: string;
}

const RULES: Rules<CommandProcessorsProps> = {
  ...COMMAND_PROCESSORS_RULES,
  ...PROCESSORS_RULES,
  ...SERVICE_PLACE_RULES,
  eventStore: isEventStore,
  deletedSubjects: optional(isDeletedSubjectsPlace),
  metricsServer: optional(given("a resource")),
  keda: optional(given("a resource")),
  prometheus: optional(text("an address such as 'http://prometheus.monitoring.svc:9090'", /^https?:\/\/[^\s/]+$/)),
};

/** A fixed number may keep its autoscaling, to be switched on again by one word. */
const ROOM_TO_SCALE: Relation<CommandProcessorsProps> = {
  between: ["instances", "scaling", "autoscaling"],
  problemsOf: ({ instances, scaling, autoscaling }, path) =>
    scaling === "auto"
      ? belowProblems(
          autoscaling?.maxInstances,
          { what: "instances", is: instances },
          `${path}.autoscaling.maxInstances`,
        )
      : [],
};

const defaultAutoscaling = (instances: number): Autoscaling => ({
  maxInstances: Math.min(Math.max(20, 2 * instances), INSTANCES.max),
  cpuPercent: 70,
});
/** That of kube-prometheus-stack, as `Monitoring` installs it. */
const PROMETHEUS = `http://kube-prometheus-stack-prometheus.${NAMESPACES.monitoring}.svc:9090`;
/** What was begun is finished, or handed back. */
const STOP_SECONDS = 60;

/** Handle what the commands have set going; released one by one, none before its successor is ready. */
export class CommandProcessors extends Construct {
  /** @throws {InvalidConfigurationError} with all that is wrong with the props. */
  constructor(scope: Construct, id: string, props: CommandProcessorsProps) {
    super(scope, id);
    props = checkProps(this, props, RULES, ONE_SOURCE, ROOM_TO_SCALE);
    const service = SERVICES.commandProcessors;
    const { name, namespace } = service;
    const { image, instances, scaling, autoscaling = defaultAutoscaling(instances) } = props;

    const pods = new ServicePods(this, "Pods", {
      ...props,
      service,
      variables: { ...props.variables },
      stores: [
        eventStoreAccess(props.eventStore),
        ...fieldKeyAccess(props.fieldKey, "encrypts"),
        ...deletedSubjectsAccess(props.deletedSubjects, props.region),
      ],
    });
    const deployment = new KubernetesResource(this, "Resource", "deployment_v1", {
      metadata: { name, namespace, labels: { ...labelsOf(name) } },
      spec: {
        // Whoever scales it says how many; Terraform would take them back at each run.
        replicas: scaling === "auto" ? undefined : `${instances}`,
        selector: { matchLabels: { ...selectorOf(name) } },
        ...ROLLOUT.deployment,
        template: pods.template({ image, readiness: { path: "/readyz", port: "metrics" }, stopSeconds: STOP_SECONDS }),
      },
      timeouts: ROLLOUT.timeouts,
      dependsOn: pods.resources,
    });
    new DisruptionBudget(this, "Budget", {
      ...service,
      selectors: { [name]: selectorOf(name) },
      dependsOn: props.dependsOn,
    });
    if (scaling === "fixed") return;
    const measure = "query" in autoscaling ? props.keda : props.metricsServer;
    new Autoscaler(this, "Autoscaler", {
      ...{ name, namespace, instances, autoscaling },
      prometheus: props.prometheus ?? PROMETHEUS,
      dependsOn: [deployment, ...(measure === undefined ? [] : [measure])],
    });
  }
}
