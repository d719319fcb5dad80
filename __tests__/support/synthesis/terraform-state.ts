import type { Arguments } from "./synthesized";

/** A file in which Terraform remembers what it made, as far as it is read. Source: its state format, version 4. */
export interface TerraformState {
  readonly serial?: number;
  readonly outputs?: Arguments;
  readonly resources?: readonly StateResource[];
}

export interface StateResource {
  readonly mode: "managed" | "data";
  readonly type: string;
  readonly name: string;
  readonly instances: readonly StateInstance[];
}

interface StateInstance {
  readonly index_key?: string | number;
  readonly attributes: Arguments;
  /** Addresses without an index. */
  readonly dependencies?: readonly string[];
}

/**
 * Of the attributes of an instance, those that the block sets. What else is there was computed: simulated providers
 * compute a `password` as readily as an `arn`, and give two lives the same name where AWS completes a prefix.
 */
export const givenArguments = ({ attributes }: StateInstance, block: Arguments = {}): Arguments =>
  Object.fromEntries(Object.entries(attributes).filter(([argument]) => Object.hasOwn(block, argument)));
