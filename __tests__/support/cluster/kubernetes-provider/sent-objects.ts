import type { Arguments, TerraformJson } from "../../synthesis/synthesized";
import { blockOf, blocksOf } from "../../synthesis/terraform-blocks";
import type { Argument, Block } from "./blocks";
import { RESOURCE_TYPES } from "./resource-types";

/**
 * A model of what hashicorp/kubernetes 2.38.0 sends to the API server when it creates a resource. It is read from the
 * provider's source at that version: the defaults of its schemas (`schema_*.go`) and the functions that make an object of
 * a block (`expand*` in `structure*_*.go`). The blocks are data: `blocks.ts`, `pod-blocks.ts`, `resource-types.ts`. Where
 * the model knows nothing of a type or an argument, that is an error. Not modeled: what an update takes from the state for
 * arguments that are computed where they are absent, such as the `replicas` of a Deployment.
 */
export interface SentObject {
  /** `kubernetes_deployment_v1.Api` */
  readonly address: string;
  readonly object: KubernetesObject;
  /** Absent arguments for which the provider sends something other than Kubernetes uses by default. */
  readonly leftOut: readonly string[];
}

export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    /** @default - the object's kind has no namespace */
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec?: Arguments;
}

/** Of every resource, and no part of its block. */
const META_ARGUMENTS = ["//", "count", "depends_on", "for_each", "lifecycle", "provider", "timeouts"];

/** What the provider sends for the resources of a stack. */
export const sentObjects = (tf: TerraformJson): readonly SentObject[] =>
  Object.entries(tf.resource ?? {})
    .filter(([type]) => type.startsWith("kubernetes_"))
    .flatMap(([type, resources]) => Object.entries(resources).map(([id, args]) => sentObject(type, id, args)));

function sentObject(type: string, id: string, args: Arguments): SentObject {
  const address = `${type}.${id}`;
  const model = RESOURCE_TYPES[type];
  if (model === undefined) throw new Error(`${address}: the model of the provider must know its type`);
  const { apiVersion, kind, block } = model;
  const given = Object.fromEntries(Object.entries(args).filter(([name]) => !META_ARGUMENTS.includes(name)));
  const leftOut: string[] = [];
  const fields = fieldsOf(block, given, address, leftOut);
  return { address, object: { apiVersion, kind, ...fields } as unknown as KubernetesObject, leftOut };
}

/** An object's fields from a block's arguments. What is left out is added to the list. */
function fieldsOf(block: Block, given: Arguments, path: string, leftOut: string[]): Arguments {
  const unknown = Object.keys(given).filter((name) => !Object.hasOwn(block, name));
  if (unknown.length > 0) throw new Error(`${path}: the model of the provider must know ${unknown.join(", ")}`);
  const fields = Object.entries(block).map(([name, argument]): [string, unknown] => {
    const at = `${path}.${name}`;
    const sent = argument.block === undefined ? sentValue : sentBlocks;
    return [argument.field ?? camelCase(name), argument.isOwn ? undefined : sent(argument, given, name, at, leftOut)];
  });
  return Object.fromEntries(fields.filter(([, sent]) => sent !== undefined));
}

function sentValue(argument: Argument, given: Arguments, name: string, path: string, leftOut: string[]): unknown {
  const { absent, parsed = (value: unknown) => value, sendsZero = false, overrides } = argument;
  const isAbsent = given[name] === undefined || given[name] === null;
  const value = isAbsent ? absent : given[name];
  if (isAbsent && overrides !== undefined) {
    leftOut.push(
      `${path}: must be given, for the provider sends ${JSON.stringify(absent)}, and Kubernetes has ${overrides}`,
    );
  }
  return value === undefined || (isZero(value) && !sendsZero) ? undefined : parsed(value);
}

function sentBlocks(argument: Argument, given: Arguments, name: string, path: string, leftOut: string[]): unknown {
  const { block = {}, isList = false, absent } = argument;
  if (isList) {
    const blocks = blocksOf(given, name);
    return blocks.length === 0
      ? undefined
      : blocks.map((each, index) => fieldsOf(block, each, `${path}[${index}]`, leftOut));
  }
  const only = blockOf(given, name);
  return only === undefined ? absent : fieldsOf(block, only, path, leftOut);
}

/** What Go leaves out of an object's JSON. */
const isZero = (value: unknown): boolean =>
  typeof value === "object" && value !== null ? Object.keys(value).length === 0 : !value;

const camelCase = (name: string): string => name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
