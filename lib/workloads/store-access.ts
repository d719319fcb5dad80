import type { Way } from "../kubernetes/network-policy";
import type { Statement } from "../security/policy";

/** What a service needs to reach a store: one of the architecture's paths. */
export interface StoreAccess {
  /** Environment variables that say where it is and as whom. */
  readonly variables: Readonly<Record<string, string>>;
  /** What its role may do at AWS; none where the store has users of its own. */
  readonly statements: readonly Statement[];
  /** Where its pods may go. */
  readonly ways: readonly Way[];
}
