import { isPlainObject } from "../core/plain-object";
import { isHolder } from "./losses";
import { type Literal, oneWayValuesOf } from "./one-way-values";

/** Protected addresses of a stack, each with the values that can't be taken back. */
export type ProtectedAddresses = Readonly<Record<string, Readonly<Record<string, Literal>>>>;

/** What a stack protects, and what it has besides. */
export interface ProtectedContent {
  /** Whether the stack is one of an environment with `deletionProtection`. */
  readonly isProtected: boolean;
  readonly addresses: ProtectedAddresses;
  /** Whether an address is in the stack, or `moved` blocks lead from it to one that is. */
  has(address: string): boolean;
}

/** What is read of the JSON that Terraform gets. */
export interface StackJson {
  readonly terraform?: { readonly backend?: Readonly<Record<string, Block>> };
  readonly provider?: Readonly<Record<string, readonly Block[]>>;
  readonly resource?: Readonly<Record<string, Readonly<Record<string, Block>>>>;
  readonly module?: Readonly<Record<string, unknown>>;
  readonly moved?: readonly { readonly from: string; readonly to: string }[];
}

type Block = Readonly<Record<string, unknown>>;

/** Arguments by which a service refuses to delete a resource. From the provider's schemas at 6.25. */
const GUARDS = [
  "delete_protection",
  "deletion_protected",
  "deletion_protection",
  "deletion_protection_enabled",
  "disable_api_termination",
  "enable_deletion_protection",
  "protected",
  "termination_protection",
  "termination_protection_enabled",
];
const OFF = [undefined, null, false, "false", "INACTIVE"];

/** What the JSON of a stack protects. Overrides and aspects are in it, which constructs do not show. */
export function protectedContentOf(json: StackJson, isProtected: boolean): ProtectedContent {
  const blocks = Object.entries(json.resource ?? {}).flatMap(([type, named]) =>
    Object.entries(named).map(([name, block]) => ({ type, address: `${type}.${name}`, block })),
  );
  const modules = Object.keys(json.module ?? {}).map((name) => `module.${name}`);
  const places = placesOf(json);
  const present = new Set([...blocks.map(({ address }) => address), ...modules, ...Object.keys(places)]);
  const moves = new Map((json.moved ?? []).map(({ from, to }) => [from, to]));
  const listed = blocks.filter(({ type, block }) => isGuarded(block) || (isProtected && isHolder(type)));
  return {
    isProtected,
    addresses: Object.fromEntries([
      ...(isProtected ? [...Object.entries(places), ...modules.map((module) => [module, {}] as const)] : []),
      ...listed.map(({ type, address, block }) => [address, oneWayValuesOf(type, block)] as const),
    ]),
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

/** Whether Terraform or the resource's service refuses to destroy it, as long as its block is there. */
export function isGuarded({ lifecycle, ...given }: Block): boolean {
  if (isPlainObject(lifecycle) && !OFF.includes(lifecycle.prevent_destroy as undefined)) return true;
  return GUARDS.some((guard) => !OFF.includes(given[guard] as undefined));
}

/** Whether an address in the list says where a stack is, and is no resource of it. */
export const isPlace = (address: string): boolean => /^(terraform|provider)\./.test(address);

/** Where the stack's state and its resources are, by what says so. */
function placesOf({ terraform, provider }: StackJson): ProtectedAddresses {
  const { s3, local } = terraform?.backend ?? {};
  const aws = provider?.aws?.find(({ alias }) => alias === undefined);
  const accounts = aws?.allowed_account_ids;
  const places = {
    "terraform.backend": { place: s3 === undefined ? local?.path : `s3://${s3.bucket}/${s3.key}` },
    "provider.aws": { account: Array.isArray(accounts) ? accounts.join(", ") : undefined, region: aws?.region },
  };
  return Object.fromEntries(
    Object.entries(places).map(([address, given]) => [
      address,
      oneWayValuesOf(address.slice(0, address.indexOf(".")), given),
    ]),
  );
}
