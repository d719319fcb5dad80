import { ONE_WAY_CHANGES } from "./one-way-changes";
import type { Protection } from "./protection";
import { REMOVALS } from "./removals";
import { REPLACEMENTS } from "./replacements";

export const PROTECTIONS: readonly Protection[] = [...REMOVALS, ...ONE_WAY_CHANGES, ...REPLACEMENTS];
