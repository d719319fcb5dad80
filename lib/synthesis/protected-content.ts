import { TerraformResource, type TerraformStack } from "cdktf";
import { elementsOf } from "./elements";
import { type Literal, oneWayValuesOf } from "./one-way-values";

/** Protected addresses of a stack, each with the values that its service can't take back. */
export type ProtectedAddresses = Readonly<Record<string, Readonly<Record<string, Literal>>>>;

/** What a stack protects, and what it has besides. */
export interface ProtectedContent {
  /** Whether the stack is one of an environment with `deletionProtection`. */
  readonly isProtected: boolean;
  readonly addresses: ProtectedAddresses;
  /** Whether an address is in the stack, or `moved` blocks lead from it to one that is. */
  has(address: string): boolean;
}

/** Arguments by which AWS and Kurrent refuse to delete a resource, as the bindings name their values. */
const GUARDS = ["deletionProtectionInput", "enableDeletionProtectionInput", "protectedInput"];

/** Types that Terraform replaces on purpose, for another host or retention, so that nothing guards their resources. */
const REPLACED_ON_PURPOSE = ["cloudflare_load_balancer", "kurrentcloud_scheduled_backup"];

interface Moved {
  readonly from: string;
  readonly to: string;
}

/** Reads the constructs, because cdktf writes the first file before the last stack is JSON. */
export function protectedContentOf(stack: TerraformStack): ProtectedContent {
  const isProtected = (stack as { readonly isProtected?: unknown }).isProtected === true;
  const addresses: Record<string, Readonly<Record<string, Literal>>> = {};
  const present = new Set<string>();
  const moves = new Map<string, string>();
  for (const resource of elementsOf(stack).filter((it) => TerraformResource.isTerraformResource(it))) {
    const address = `${resource.terraformResourceType}.${resource.friendlyUniqueId}`;
    const { isLeaving, moved } = moveOf(resource);
    for (const { from, to } of moved) moves.set(from, to);
    if (isLeaving) continue;
    present.add(address);
    const isKept = isProtected && REPLACED_ON_PURPOSE.includes(resource.terraformResourceType);
    if (isKept || isGuarded(resource)) addresses[address] = oneWayValuesOf(resource);
  }
  return {
    isProtected,
    addresses,
    has(address) {
      let at: string | undefined = address;
      // As many steps as there are moves: a circle of moves ends too.
      for (let step = 0; step <= moves.size && at !== undefined; step += 1) {
        if (present.has(at)) return true;
        at = moves.get(at);
      }
      return false;
    },
  };
}

/** Whether Terraform or the resource's provider refuses to destroy it, as long as its block is there. */
function isGuarded(resource: TerraformResource): boolean {
  if (resource.lifecycle?.preventDestroy === true) return true;
  const inputs = resource as unknown as Readonly<Record<string, unknown>>;
  return GUARDS.some((guard) => inputs[guard] === true);
}

/** cdktf has no public name for a move but its JSON. */
function moveOf(resource: TerraformResource): { readonly isLeaving: boolean; readonly moved: readonly Moved[] } {
  if (!resource.hasResourceMove()) return { isLeaving: false, moved: [] };
  const { resource: block, moved = [] } = resource.toTerraform() as {
    readonly resource?: unknown;
    readonly moved?: readonly Moved[];
  };
  return { isLeaving: block === undefined, moved };
}
