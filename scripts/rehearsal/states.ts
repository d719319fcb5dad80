import type { AwsResource } from "../../__tests__/support/synthesis/account-model";
import type { TerraformJson } from "../../__tests__/support/synthesis/synthesized";
import {
  givenArguments,
  type StateResource,
  type TerraformState,
} from "../../__tests__/support/synthesis/terraform-state";

const addressOf = ({ mode, type, name }: StateResource): string => `${mode === "data" ? "data." : ""}${type}.${name}`;

/** The resources in a state of the stack, with the arguments that the stack sets. */
export const resourcesIn = ({ resources = [] }: TerraformState, tf: TerraformJson): readonly AwsResource[] =>
  resources
    .filter(({ mode }) => mode === "managed")
    .flatMap((resource) =>
      resource.instances.map((instance) => {
        const { type, name } = resource;
        const index = instance.index_key === undefined ? "" : `[${JSON.stringify(instance.index_key)}]`;
        const args = givenArguments(instance, tf.resource?.[type]?.[name]);
        return { address: `${addressOf(resource)}${index}`, type, args };
      }),
    );

/** Types of AWS's resources in the state that have tags. */
export const taggedTypesIn = ({ resources = [] }: TerraformState): readonly string[] =>
  resources
    .filter(({ mode, type }) => mode === "managed" && type.startsWith("aws_"))
    .filter(({ instances }) => instances.some(({ attributes }) => Object.hasOwn(attributes, "tags")))
    .map(({ type }) => type);

/** Names of the data sources of other stacks' outputs. */
export const remoteStatesIn = ({ resources = [] }: TerraformState): readonly string[] =>
  resources.filter(({ type }) => type === "terraform_remote_state").map(({ name }) => name);

/**
 * What a destruction leaves of a state if AWS refuses it for some resources: these, and all that they depend on, which
 * Terraform destroys only after them.
 * @param refused their addresses.
 */
export function remainsOf(state: TerraformState, refused: readonly string[]): TerraformState {
  const { resources = [] } = state;
  const needs = new Map(
    resources.map((each) => [addressOf(each), each.instances.flatMap(({ dependencies = [] }) => dependencies)]),
  );
  // Dependencies have no index, so that all instances of a block stay.
  const left = new Set(refused.map((address) => address.replace(/\[.*$/, "")));
  // What is added to a set while it is walked is visited too.
  for (const address of left) for (const needed of needs.get(address) ?? []) left.add(needed);
  return { ...state, outputs: {}, resources: resources.filter((each) => left.has(addressOf(each))) };
}
