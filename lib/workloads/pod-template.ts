import { POD_RESOURCES } from "../config/pod-resources";
import type { Color, ContainerResources } from "../config/services";
import { spreadOver } from "../kubernetes/spread";
import type { Configuration } from "./configuration";
import { CONTAINER_SECURITY, POD_SECURITY, SCRATCH } from "./pod-security";
import { labelsOf, PORTS, selectorOf } from "./services";

export interface PodTemplateProps {
  /** The service's name; its container's, and its service account's. */
  readonly name: string;
  /** @default - none: the service has one kind of pods */
  readonly color?: Color;
  readonly image: string;
  readonly resources?: ContainerResources;
  readonly configuration: Configuration;
  /** What says that a pod may be sent work. */
  readonly readiness: Probe;
  /** Variables that Kubernetes knows of each pod. @default - none */
  readonly fields?: Readonly<Record<string, string>>;
  /** Seconds that a pod answers on after it is told to stop, for clients that keep their connections. */
  readonly drainSeconds: number;
  /** Seconds that what was begun may take after that. */
  readonly stopSeconds: number;
}

/** Where the kubelet asks. */
export interface Probe {
  readonly path: string;
  readonly port: PortName;
}

type PortName = keyof typeof PORTS;
const PORT_NAMES = Object.keys(PORTS) as PortName[];

/** The process alone: whether a store answers is no reason to restart what waits for it. */
const LIVENESS: Probe = { path: "/livez", port: "metrics" };

/** Until whoever sends requests has heard that the pod goes. The image must have `sleep`. */
const LEAVING_SECONDS = 10;

const probe = ({ path, port }: Probe, periodSeconds: number, failureThreshold: number) => ({
  httpGet: { path, port },
  periodSeconds,
  failureThreshold,
  timeoutSeconds: 3,
});

/** The pods of a service in the Kubernetes provider's words, as the restricted pod security level wants them, and as they are released and drained. */
export function podTemplate(props: PodTemplateProps) {
  const { name, color, image, resources = POD_RESOURCES.service, configuration, readiness, fields = {} } = props;
  return {
    metadata: {
      labels: { ...labelsOf(name, color) },
    },
    spec: {
      serviceAccountName: name,
      automountServiceAccountToken: false,
      // Variables for every Service of the namespace, of which some would read as ours.
      enableServiceLinks: false,
      terminationGracePeriodSeconds: LEAVING_SECONDS + props.drainSeconds + props.stopSeconds,
      securityContext: POD_SECURITY,
      // Pods of one service that start at once are heavier on a node than on a zone.
      topologySpreadConstraint: spreadOver(selectorOf(name, color), "zone", "node").map((constraint) => ({
        ...constraint,
        labelSelector: [constraint.labelSelector],
      })),
      container: [
        {
          name,
          image,
          port: PORT_NAMES.filter((port) => port === readiness.port || port === LIVENESS.port).map((port) => ({
            name: port,
            containerPort: PORTS[port],
          })),
          resources: { requests: { ...resources.requests }, limits: { ...resources.limits } },
          ...configuration.container,
          env: [
            ...configuration.container.env,
            ...Object.entries(fields).map(([key, fieldPath]) => ({
              name: key,
              valueFrom: { fieldRef: { fieldPath } },
            })),
          ],
          // Five minutes to start; then 30 seconds without an answer and it is restarted, 15 and it gets no work.
          startupProbe: probe(LIVENESS, 5, 60),
          livenessProbe: probe(LIVENESS, 10, 3),
          readinessProbe: probe(readiness, 5, 3),
          lifecycle: { preStop: [{ exec: { command: ["sleep", `${LEAVING_SECONDS}`] } }] },
          securityContext: CONTAINER_SECURITY,
          volumeMount: [SCRATCH.volumeMount, ...configuration.container.volumeMount],
        },
      ],
      volume: [SCRATCH.volume, ...configuration.volumes],
    },
  };
}

/** The same template in the words of the Kubernetes API. */
export function podManifest({ metadata, spec }: ReturnType<typeof podTemplate>) {
  const { container, volume, topologySpreadConstraint, securityContext, ...others } = spec;
  return {
    metadata,
    spec: {
      ...others,
      securityContext: {
        ...securityContext,
        runAsUser: Number(securityContext.runAsUser),
        runAsGroup: Number(securityContext.runAsGroup),
      },
      topologySpreadConstraints: topologySpreadConstraint.map((constraint) => ({
        ...constraint,
        labelSelector: constraint.labelSelector[0],
      })),
      containers: container.map(({ port, volumeMount, lifecycle, ...each }) => ({
        ...each,
        ports: port,
        volumeMounts: volumeMount,
        lifecycle: { preStop: lifecycle.preStop[0] },
      })),
      volumes: volume,
    },
  };
}
