import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { COMMAND_PROCESSORS_RULES, type CommandProcessorsConfig } from "../config/architecture";
import { autoscalingOf } from "../config/autoscaling";
import { ONE_SOURCE, PROCESSORS_RULES, type ProcessorsConfig } from "../config/services";
import { belowProblems, checkProps, given, optional, type Relation, type Rules, text } from "../core/rules";
import { type Manifest, ManifestRelease } from "../kubernetes/manifest-release";
import { NAMESPACES } from "../kubernetes/namespaces";
import { type Scaled, scaledByCpu, scaledByQuery } from "./autoscaler";
import { type DeletedSubjectsPlace, deletedSubjectsAccess, isDeletedSubjectsPlace } from "./deleted-subjects-access";
import { DisruptionBudget } from "./disruption-budget";
import { type EventStoreAttributes, eventStoreAccess, isEventStore } from "./event-store-access";
import { fieldKeyAccess } from "./field-key-access";
import { podManifest } from "./pod-template";
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

/** That of kube-prometheus-stack, as `Monitoring` installs it. */
const PROMETHEUS = `http://kube-prometheus-stack-prometheus.${NAMESPACES.monitoring}.svc:9090`;
/** What was begun is finished, or handed back. */
const STOP_SECONDS = 60;

/**
 * Handle what the commands have set going; released one by one, none before its successor is ready.
 *
 * How many there are is the autoscaler's to say, and nobody else writes it: their Deployment is a Helm release, whose
 * manifest has no `replicas`, so that an upgrade leaves the number as it finds it. The Kubernetes provider would send the
 * number that it read when the plan was made. A fixed number is an autoscaler's too, whose least and greatest it is: Helm
 * would reset a number that was in one manifest and is no longer in the next to Kubernetes' default, 1.
 */
export class CommandProcessors extends Construct {
  /** @throws {InvalidConfigurationError} with all that is wrong with the props. */
  constructor(scope: Construct, id: string, props: CommandProcessorsProps) {
    super(scope, id);
    props = checkProps(this, props, RULES, ONE_SOURCE, ROOM_TO_SCALE);
    const service = SERVICES.commandProcessors;
    const { name, namespace } = service;
    const { image, instances, prometheus = PROMETHEUS } = props;
    const autoscaling = autoscalingOf(props, props.autoscaling);
    const scaled: Scaled = { name, minInstances: instances, maxInstances: autoscaling.maxInstances };

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
    const deployment: Manifest = {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name, labels: { ...labelsOf(name) } },
      spec: {
        selector: { matchLabels: { ...selectorOf(name) } },
        ...ROLLOUT.deployment,
        template: podManifest(
          pods.template({ image, readiness: { path: "/readyz", port: "metrics" }, stopSeconds: STOP_SECONDS }),
        ),
      },
    };
    const { resource } = new ManifestRelease(this, "Resource", {
      ...{ name, namespace, timeoutSeconds: ROLLOUT.timeoutSeconds },
      manifests: [deployment, ...("query" in autoscaling ? [] : [scaledByCpu(scaled, autoscaling)])],
      dependsOn: [...pods.resources, ...(props.metricsServer === undefined ? [] : [props.metricsServer])],
    });
    new DisruptionBudget(this, "Budget", {
      ...service,
      selectors: { [name]: selectorOf(name) },
      dependsOn: props.dependsOn,
    });
    if (!("query" in autoscaling)) return;
    // A release of its own, after the other: KEDA refuses to scale what another autoscaler still scales.
    new ManifestRelease(this, "Scaling", {
      ...{ name: `${name}-scaling`, namespace },
      manifests: [scaledByQuery(scaled, autoscaling, prometheus)],
      dependsOn: [resource, ...(props.keda === undefined ? [] : [props.keda])],
    });
  }
}
