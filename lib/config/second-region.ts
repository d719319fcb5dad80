import { partitionOf } from "../core/arns";
import type { Problem } from "../core/problems";

/** What is wrong with the Region to which something is copied from an environment's own. */
export const secondRegionProblems = (
  region: string,
  secondRegion: string | undefined,
  path: string,
): readonly Problem[] =>
  secondRegion === region
    ? [{ path, message: `must be another than region, got '${secondRegion}'` }]
    : otherPartProblems(region, secondRegion, path);

/** What is wrong with a Region for which the credentials of an environment's own must do, too. */
export const otherPartProblems = (region: string, other: string | undefined, path: string): readonly Problem[] =>
  other === undefined || partitionOf(region) === partitionOf(other)
    ? []
    : [{ path, message: `must be in the same part of AWS as region '${region}', got '${other}'` }];
