import { type Problem, shown } from "../core/problems";
import type { Environment } from "./environment";

/** An environment that is sound by itself, with its name. */
export type NamedEnvironment = readonly [name: string, environment: Environment];

type Comparison = (one: NamedEnvironment, other: NamedEnvironment) => readonly Problem[];

/**
 * What is wrong between the environments of one app. Physical names begin with the environment's, so that what is left
 * to compare is what a Cloudflare zone has once, and what several environments may have together.
 */
export const comparisonProblems = (environments: readonly NamedEnvironment[]): readonly Problem[] =>
  environments.flatMap((other, index) =>
    environments.slice(0, index).flatMap((one) => COMPARISONS.flatMap((compare) => compare(one, other))),
  );

/** Without services there is no stack `edge`. */
const zoneIdOf = ({ cloudflare, services }: Environment): string | undefined =>
  services === undefined ? undefined : cloudflare?.zoneId;

/** Cloudflare: a zone has one entry point for cache rules and one value of each setting, and the last to write it wins. */
const zonesDiffer: Comparison = ([name, one], [otherName, other]) => {
  const zoneId = zoneIdOf(other);
  if (zoneId === undefined || zoneId !== zoneIdOf(one)) return [];
  const message = `must be another zone than ${name}.cloudflare.zoneId, as both environments would write its rules and settings, got ${shown(zoneId)}`;
  return [{ path: `${otherName}.cloudflare.zoneId`, message }];
};

const bucketRegionOf = ({ state, region }: Environment): string => state?.region ?? region;

/** S3: a bucket has one owner and one Region. Whichever environment was named first would have it created. */
const bucketHasOneOwner: Comparison = ([name, one], [otherName, other]) => {
  const bucket = other.state?.bucket;
  if (bucket === undefined || bucket !== one.state?.bucket) return [];
  const isCreatedTwice = !one.state?.existing && !other.state?.existing;
  return [
    ...(isCreatedTwice
      ? [
          {
            path: `${otherName}.state.existing`,
            message: `must be true here or in ${name}.state, as only one environment creates the bucket '${bucket}'`,
          },
        ]
      : []),
    ...(bucketRegionOf(one) === bucketRegionOf(other)
      ? []
      : [
          {
            path: `${otherName}.state.bucket`,
            message: `must be another bucket than ${name}.state.bucket, which is in ${bucketRegionOf(one)} and not in ${bucketRegionOf(other)}, got '${bucket}'`,
          },
        ]),
  ];
};

const COMPARISONS: readonly Comparison[] = [zonesDiffer, bucketHasOneOwner];
