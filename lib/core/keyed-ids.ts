import { Token } from "cdktf";
import type { Construct } from "constructs";
import { shown, throwIfAny } from "./problems";

export interface KeyedResource {
  /** Begins the id: `'From'`. */
  readonly prefix: string;
  /** What the service knows the resource by: a principal's ARN, a rule's source. */
  readonly key: string;
  /** What the user calls it. */
  readonly name: string;
  /** Where the user wrote the name: `'allowFrom'`. */
  readonly under: string;
}

/**
 * Id of a construct whose resource the service knows by a key of its own. The id follows the key, not the user's name for
 * it: Terraform would create a renamed resource at the new address before it destroys the old one, and the service would
 * refuse the new one, because it exists. A token can't be an id: there the id follows the name.
 * @throws {InvalidConfigurationError} if the scope already has a resource of that key.
 */
export function keyedId(scope: Construct, { prefix, key, name, under }: KeyedResource): string {
  // Of an ARN, what differs within IAM: cdktf leaves colons out of addresses.
  const part = key.replace(/^arn:[\w-]+:iam::/, "").replaceAll(":", "-");
  const id = Token.isUnresolved(key) ? `${prefix}${name}` : `${prefix}-${part}`;
  if (scope.node.tryFindChild(id) !== undefined) {
    throwIfAny([
      { path: `${scope.node.path}.${under}.${name}`, message: `must differ from all before it, got ${shown(key)}` },
    ]);
  }
  return id;
}
