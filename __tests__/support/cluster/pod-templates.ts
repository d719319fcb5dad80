import type { Arguments, TerraformJson } from "../synthesis/synthesized";
import { blockOf, blocksOf } from "../synthesis/terraform-blocks";
import type { Labels } from "./label-selector";

/** Blocks that lead from a resource to its pods' template. */
const TEMPLATE_PATHS = {
  kubernetes_deployment_v1: ["spec", "template"],
  kubernetes_stateful_set_v1: ["spec", "template"],
  kubernetes_daemon_set_v1: ["spec", "template"],
  kubernetes_job_v1: ["spec", "template"],
  kubernetes_cron_job_v1: ["spec", "job_template", "spec", "template"],
} as const;

export type WorkloadType = keyof typeof TEMPLATE_PATHS;

/** The pods of one resource. */
export interface PodTemplate {
  readonly type: WorkloadType;
  /** `kubernetes_deployment_v1.Api` */
  readonly address: string;
  /** Name of the resource. */
  readonly name?: string;
  readonly namespace?: string;
  /** The pods' labels. */
  readonly labels: Labels;
  readonly annotations: Readonly<Record<string, string>>;
  /** The pods' own `spec`, blocks as they are in Terraform's JSON. */
  readonly spec: Arguments;
  readonly replicas?: number;
}

/** Every pod template of a stack, in the order of its resources. */
export const podTemplatesOf = (tf: TerraformJson): PodTemplate[] =>
  Object.entries(TEMPLATE_PATHS).flatMap(([type, path]) =>
    Object.entries(tf.resource?.[type] ?? {}).map(([id, resource]) =>
      podTemplateOf(type as WorkloadType, `${type}.${id}`, resource, path),
    ),
  );

function podTemplateOf(type: WorkloadType, address: string, resource: Arguments, path: readonly string[]): PodTemplate {
  const template = path.reduce((block, name) => required(address, block, name), resource);
  const { name, namespace } = blockOf(resource, "metadata") ?? {};
  const { labels = {}, annotations = {} } = blockOf(template, "metadata") ?? {};
  const { replicas } = required(address, resource, "spec");
  return {
    type,
    address,
    ...(name !== undefined && { name: String(name) }),
    ...(namespace !== undefined && { namespace: String(namespace) }),
    labels: labels as Labels,
    annotations: annotations as PodTemplate["annotations"],
    spec: required(address, template, "spec"),
    ...(replicas !== undefined && { replicas: Number(replicas) }),
  };
}

function required(address: string, parent: Arguments, name: string): Arguments {
  const block = blockOf(parent, name);
  if (block === undefined) throw new Error(`${address} has no ${name}`);
  return block;
}

/** One container of a pod, as its problems call it: `container api` or `init_container migrate`. */
export interface Container {
  readonly title: string;
  readonly block: Arguments;
}

export const containersOf = ({ spec }: PodTemplate, kind: "container" | "init_container"): Container[] =>
  blocksOf(spec, kind).map((block) => ({ title: `${kind} ${block.name}`, block }));
