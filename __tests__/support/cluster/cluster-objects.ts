import { jsonIn } from "../plans/json-in-text";
import type { Arguments, TerraformJson } from "../synthesis/synthesized";
import { type KubernetesObject, sentObjects } from "./kubernetes-provider/sent-objects";

export interface ClusterObject {
  /** `kubernetes_deployment_v1.Api`, or `helm_release.Budget: PodDisruptionBudget api` */
  readonly address: string;
  readonly object: KubernetesObject;
}

/**
 * Objects that a stack creates in its cluster: those of the Kubernetes provider, as it sends them, and those of our own
 * chart, which Helm sends as they are written. What other charts make of their values is not known here.
 */
export const objectsOf = (tf: TerraformJson): readonly ClusterObject[] => [...sentObjects(tf), ...manifestsOf(tf)];

/** Whether a release is of our own chart, whose values are the objects themselves. */
export const isOfOwnChart = ({ chart }: Arguments): boolean => String(chart).startsWith("./assets/");

const manifestsOf = (tf: TerraformJson): ClusterObject[] =>
  Object.entries(tf.resource?.helm_release ?? {})
    .filter(([, release]) => isOfOwnChart(release))
    .flatMap(([id, { namespace, values }]) =>
      ((values ?? []) as readonly string[])
        .flatMap((text) => (jsonIn(text) as { readonly resources: readonly KubernetesObject[] }).resources)
        .map((object) => ({
          address: `helm_release.${id}: ${object.kind} ${object.metadata.name}`,
          object: { ...object, metadata: { namespace: String(namespace), ...object.metadata } },
        })),
    );
