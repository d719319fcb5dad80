import { ServiceV1 } from "@cdktf/provider-kubernetes/lib/service-v1";
import { dependable, type ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import type { BlueGreenConfig, Color } from "../config/services";
import { KubernetesResource } from "../kubernetes/kubernetes-resource";
import { DisruptionBudget } from "./disruption-budget";
import type { Probe } from "./pod-template";
import { ROLLOUT } from "./rollout";
import type { ServicePods } from "./service-pods";
import { labelsOf, SERVICE_PORT, type SERVICES, selectorOf } from "./services";

export interface BlueGreenProps extends Pick<BlueGreenConfig, "images" | "active" | "idle"> {
  readonly service: (typeof SERVICES)[keyof typeof SERVICES];
  readonly pods: ServicePods;
  /** Instances of the active color. */
  readonly instances: number;
  readonly readiness: Probe;
  /** What must stand before anything of the service: its namespace. @default - it is there already */
  readonly dependsOn?: readonly ITerraformDependable[];
}

/** Requests on their way are answered. */
const STOP_SECONDS = 30;
/** Ours: what may be missing for as long as the new color takes to get it. */
const WARM_SHARE = 0.5;
const COLORS = ["blue", "green"] as const satisfies readonly Color[];
const IDS = { blue: "Blue", green: "Green" } as const;

const nameOf = ({ name }: BlueGreenProps["service"], color: Color): string => `${name}-${color}`;

/**
 * An API in two colors, a Deployment each. Its Service sends requests to the active one; each color has a Service of its
 * own, `<name>-blue` and `<name>-green`, by which the idle one is tried before it becomes active.
 *
 * While both run as many instances, a switch changes one selector, and is made once both have rolled out. Where the idle
 * color could not carry the requests, the order of one run keeps the API up: the new color is brought to its number, then
 * gets the requests, then the old one is brought to its own.
 */
export class BlueGreen extends Construct {
  constructor(scope: Construct, id: string, props: BlueGreenProps) {
    super(scope, id);
    const { service, active, instances, idle = instances, dependsOn } = props;
    const other = active === "blue" ? "green" : "blue";
    const count = { [active]: instances, [other]: idle } as Record<Color, number>;

    const deployments = {
      blue: this.deployment("blue", count.blue, props),
      green: this.deployment("green", count.green, props),
    };
    for (const color of COLORS) {
      this.service(`${IDS[color]}Service`, nameOf(service, color), color, props);
    }

    new DisruptionBudget(this, "Budget", {
      ...service,
      selectors: Object.fromEntries(COLORS.map((color) => [nameOf(service, color), selectorOf(service.name, color)])),
      dependsOn,
    });

    const answering = this.service("Resource", service.name, active, props);
    const isWarm = idle === instances || idle >= instances * WARM_SHARE;
    const first = isWarm ? COLORS : [active];
    answering.dependsOn = [...(answering.dependsOn ?? []), ...first.map((color) => dependable(deployments[color]))];
    if (!isWarm) deployments[other].dependsOn = [...(deployments[other].dependsOn ?? []), dependable(answering)];
  }

  private deployment(color: Color, instances: number, { service, pods, images, readiness }: BlueGreenProps) {
    const { name, namespace } = service;
    return new KubernetesResource(this, IDS[color], "deployment_v1", {
      metadata: { name: nameOf(service, color), namespace, labels: { ...labelsOf(name, color) } },
      spec: {
        replicas: `${instances}`,
        selector: { matchLabels: { ...selectorOf(name, color) } },
        ...ROLLOUT.deployment,
        template: pods.template({ color, image: images[color], readiness, stopSeconds: STOP_SECONDS }),
      },
      timeouts: ROLLOUT.timeouts,
      dependsOn: pods.resources,
    });
  }

  private service(
    id: string,
    serviceName: string,
    color: Color,
    { service: { name, namespace }, dependsOn = [] }: BlueGreenProps,
  ): ServiceV1 {
    return new ServiceV1(this, id, {
      metadata: { name: serviceName, namespace, labels: { ...labelsOf(name) } },
      spec: {
        type: "ClusterIP",
        selector: { ...selectorOf(name, color) },
        port: [{ name: "http", port: SERVICE_PORT, targetPort: "http" }],
      },
      dependsOn: [...dependsOn],
    });
  }
}
