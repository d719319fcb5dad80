import { type TerraformElement, TerraformOutput, TerraformStack, Tokenization } from "cdktf";
import { elementsOf } from "./elements";
import { StackTokens } from "./stack-tokens";
import { withoutStackTraces } from "./stack-traces";

type Json = Record<string, unknown>;

/**
 * A stack with the JSON that cdktf writes, in less time: cdktf resolves each value three times and copies the whole
 * stack to merge its elements.
 */
export class QuickStack extends TerraformStack {
  /** Those of the stack itself. cdktf has no public name for them. */
  readonly #overrides: Json = {};

  override addOverride(path: string, value: unknown): void {
    super.addOverride(path, value);
    const keys = path.split(".");
    const last = keys.pop() as string;
    let parent = this.#overrides;
    for (const key of keys) {
      if (!isObject(parent[key])) parent[key] = {};
      parent = parent[key] as Json;
    }
    parent[last] = value;
  }

  /** Called by cdktf for every stack before the first file is written. */
  override prepareStack(): void {
    withoutStackTraces(() => {
      this.ensureBackendExists();
      const tokens = new StackTokens(this, true);
      for (const element of elementsOf(this)) tokens.visit(element.toTerraform());
    });
  }

  override toTerraform(): Json {
    return withoutStackTraces(() => {
      const tokens = new StackTokens(this, false);
      const elements = elementsOf(this);
      const overridden = Object.keys(this.#overrides);
      const metadata: Json = {
        version: this.node.tryGetContext("cdktfVersion"),
        stackName: this.node.id,
        backend: "local", // What a backend's metadata overwrites.
        ...(overridden.length > 0 && { overrides: { stack: overridden } }),
      };
      for (const element of elements) merge(metadata, tokens.resolve(element.toMetadata()) as Json);
      const json: Json = { "//": { metadata, outputs: tokens.resolve(outputsOf(elements)) } };
      for (const element of elements) merge(json, tokens.resolve(element.toTerraform()) as Json);
      merge(json, this.#overrides);
      for (const key of overridden) json[key] = tokens.resolve(json[key]);
      return json;
    });
  }
}

/** The names of the outputs in Terraform, by the parts of their paths. */
function outputsOf(elements: readonly TerraformElement[]): Json {
  const outputs: Json = {};
  for (const element of elements) {
    if (!TerraformOutput.isTerraformOutput(element)) continue;
    const { node, friendlyUniqueId } = element;
    merge(
      outputs,
      node.path.split("/").reduceRight<unknown>((inner, part) => ({ [part]: inner }), friendlyUniqueId) as Json,
    );
  }
  return outputs;
}

/**
 * Merges `source` into `target` as cdktf does: lists are appended, what is undefined is removed, and an object's keys
 * may be the indices of a list.
 */
function merge(target: Json, source: Json): void {
  for (const key of Object.keys(source)) {
    const [value, present] = [source[key], target[key]];
    if (value === undefined) delete target[key];
    else if (Array.isArray(value)) target[key] = Array.isArray(present) ? [...present, ...value] : value;
    else if (isObject(value) && !Tokenization.isResolvable(value) && typeof present === "object") {
      merge(present as Json, value);
    } else target[key] = value;
  }
}

const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);
