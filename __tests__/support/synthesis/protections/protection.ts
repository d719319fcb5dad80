import type { Environment } from "../../../../lib/config/environment";
import { PLATFORM_STACKS } from "../platform-stacks";

/** A change that `deletionProtection` refuses, as README and docs promise. */
export interface Protection {
  readonly key: string;
  /** What the change begins with. @default - production as it is */
  readonly from?: (production: Environment) => Environment;
  readonly of: (environment: Environment) => Environment;
  /** Another name that the change gives to the environment. @default - none */
  readonly renamed?: string;
  readonly refused: RefusedByLock | RefusedByTerraform;
}

/** What leaves the program: `stack`, or `stack address` without its hash. */
export interface RefusedByLock {
  readonly by: "lock";
  readonly paths: readonly string[];
}

/** A resource that stays in the program and can't be changed in place. */
export interface RefusedByTerraform {
  readonly by: "Terraform";
  readonly stack: string;
  readonly address: string;
}

export const byLock = (...paths: readonly string[]): RefusedByLock => ({ by: "lock", paths });
export const byTerraform = (stack: string, address: string): RefusedByTerraform => ({
  by: "Terraform",
  stack,
  address,
});

/** The stacks of production with everything. */
export const STACKS = PLATFORM_STACKS.map((stack) => `production-${stack}`);
