import type { Arguments, TerraformJson } from "../synthesis/synthesized";
import { type ClusterObject, objectsOf } from "./cluster-objects";
import type { Labels } from "./label-selector";

/** Fields that lead from an object to its pods' template. */
const TEMPLATE_PATHS = {
  Deployment: ["spec", "template"],
  StatefulSet: ["spec", "template"],
  Job: ["spec", "template"],
  CronJob: ["spec", "jobTemplate", "spec", "template"],
} as const;

export type WorkloadKind = keyof typeof TEMPLATE_PATHS;

/** The pods of one object. */
export interface PodTemplate extends Pick<ClusterObject, "address"> {
  readonly kind: WorkloadKind;
  /** Name of the object. */
  readonly name: string;
  readonly namespace: string;
  /** The pods' labels. */
  readonly labels: Labels;
  readonly annotations: Readonly<Record<string, string>>;
  /** The pods' own `spec`. */
  readonly spec: PodSpec;
  readonly replicas?: number;
}

/** Of a pod's `spec`, what leads to its containers; checks read the rest by its names. */
export interface PodSpec extends Arguments {
  readonly containers: readonly Arguments[];
  readonly initContainers?: readonly Arguments[];
  readonly volumes?: readonly Arguments[];
}

/** Every pod template of a stack, in the order of its objects. */
export const podTemplatesOf = (tf: TerraformJson): PodTemplate[] =>
  objectsOf(tf).flatMap((one) => (one.object.kind in TEMPLATE_PATHS ? [podTemplateOf(one)] : []));

function podTemplateOf({ address, object }: ClusterObject): PodTemplate {
  const kind = object.kind as WorkloadKind;
  const childOf = (parent: Arguments, field: string) => {
    const child = parent[field];
    if (typeof child !== "object" || child === null) throw new Error(`${address}: must have a ${field}`);
    return child as Arguments;
  };
  const template = TEMPLATE_PATHS[kind].reduce(childOf, object as unknown as Arguments);
  const { name, namespace = "default" } = object.metadata;
  const { labels = {}, annotations = {} } = (template.metadata ?? {}) as Pick<PodTemplate, "labels" | "annotations">;
  const { replicas } = object.spec ?? {};
  return {
    ...{ address, kind, name, namespace, labels, annotations },
    spec: childOf(template, "spec") as PodSpec,
    ...(replicas !== undefined && { replicas: Number(replicas) }),
  };
}

/** One container of a pod, as its problems call it: `container api` or `init container migrate`. */
export interface Container {
  readonly title: string;
  readonly fields: Arguments;
}

const titled = (title: string, containers: readonly Arguments[] = []): Container[] =>
  containers.map((fields) => ({ title: `${title} ${fields.name}`, fields }));

export const containersOf = ({ spec }: PodTemplate): Container[] => titled("container", spec.containers);
export const initContainersOf = ({ spec }: PodTemplate): Container[] => titled("init container", spec.initContainers);
