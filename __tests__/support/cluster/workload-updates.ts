import { isDeepStrictEqual } from "node:util";
import type { TerraformJson } from "../synthesis/synthesized";
import { type ClusterObject, objectsOf } from "./cluster-objects";
import type { KubernetesObject } from "./kubernetes-provider/sent-objects";

/**
 * A model of what an apply makes of the number of pods of a Deployment or StatefulSet. It is read from the sources of
 * hashicorp/kubernetes 2.38.0 and of Helm 3.18 (`pkg/kube/client.go`), and from the documentation of the Kubernetes API.
 * Nothing of it was seen on a cluster.
 */
export interface Update {
  readonly before: TerraformJson;
  readonly after: TerraformJson;
  /** Pods that there were when Terraform made the plan. */
  readonly planned: number;
  /** Pods that there are when Terraform applies it. */
  readonly live: number;
}

/** The API server's, where an object has no number. */
const DEFAULT_REPLICAS = 1;

/** The object of a stack with this kind and name. */
export function objectOf(tf: TerraformJson, kind: string, name: string): ClusterObject {
  const found = objectsOf(tf).find(({ object }) => object.kind === kind && object.metadata.name === name);
  if (found === undefined) throw new Error(`${kind} ${name}: must be in the stack`);
  return found;
}

/** Pods of a Deployment when the plan has been applied, before an autoscaler looks again. */
export function podsAfter(name: string, { before, after, planned, live }: Update): number {
  const [former, next] = [before, after].map((tf) => objectOf(tf, "Deployment", name)) as [
    ClusterObject,
    ClusterObject,
  ];
  if (!next.address.startsWith("helm_release.")) {
    if (isDeepStrictEqual(former.object, next.object)) return live;
    // An update of the provider replaces the whole spec, in which a number that is not configured is the state's, read for the plan.
    return Number(next.object.spec?.replicas ?? planned);
  }
  const current = { ...former.object, spec: { ...former.object.spec, replicas: live } };
  return Number(afterUpgrade(former.object, next.object, current).spec?.replicas ?? DEFAULT_REPLICAS);
}

/** Pods of a Deployment as soon as it is created. */
export const podsAtFirst = (name: string, tf: TerraformJson): number =>
  Number(objectOf(tf, "Deployment", name).object.spec?.replicas ?? DEFAULT_REPLICAS);

const afterUpgrade = (former: KubernetesObject, next: KubernetesObject, current: KubernetesObject): KubernetesObject =>
  threeWayMerge(former, next, current) as KubernetesObject;

/**
 * What Helm's patch makes of an object: fields of the next manifest are set, fields that only the former one has are
 * removed, and all others are left as they are. Of lists, Helm merges the elements by their keys; here they are replaced.
 */
function threeWayMerge(former: unknown, next: unknown, current: unknown): unknown {
  if (!isFields(next) || !isFields(current)) return next;
  const removed = isFields(former) ? Object.keys(former).filter((key) => !(key in next)) : [];
  const kept = Object.entries(current).filter(([key]) => !removed.includes(key));
  const set = Object.entries(next).map(([key, value]): [string, unknown] => [
    key,
    threeWayMerge(isFields(former) ? former[key] : undefined, value, current[key]),
  ]);
  return Object.fromEntries([...kept, ...set]);
}

const isFields = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
