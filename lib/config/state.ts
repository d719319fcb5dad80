import { isKeyArn } from "../core/arns";
import { isBucketName } from "../core/names";
import type { Problem } from "../core/problems";
import { isTrueOrFalse, known, optional, type Relation, type Rule, type Rules, shape } from "../core/rules";
import { isRegion } from "./network";
import { otherPartProblems, secondRegionProblems } from "./second-region";

export interface StateConfig {
  /** The bucket's name, as the `state` stack puts it out. @default - none yet: the state is beside the program */
  readonly bucket?: string;
  /** The key's ARN, as the `state` stack puts it out. @default - the bucket's own default encryption */
  readonly keyArn?: string;
  /** Whether the bucket is another's: the company's, or another environment's. There is no `state` stack then. Of the environments of one app that share a bucket, all but one say true. @default false */
  readonly existing?: boolean;
  /** Region of a bucket that exists, such as the replica once the first Region is lost. @default - the environment's */
  readonly region?: string;
  /**
   * Region to which the `state` stack replicates its bucket: another than the environment's, in the same part of AWS.
   * @default - none: the state is lost with its Region, and with it what Terraform knows of the copies in other Regions
   */
  readonly secondRegion?: string;
}

/** What says more of a bucket needs its name. A bucket that exists has its own Region, and its owner replicates it. */
const OF_BUCKET: Relation<StateConfig> = {
  between: ["bucket", "keyArn", "existing", "region", "secondRegion"],
  problemsOf({ bucket, keyArn, existing = false, region, secondRegion }, path) {
    const unnamed = bucket === undefined && (existing || keyArn !== undefined);
    return [
      ...(unnamed
        ? [{ path: `${path}.bucket`, message: "is missing, must be the bucket's name with keyArn or existing" }]
        : []),
      ...(region === undefined || existing
        ? []
        : [
            {
              path: `${path}.region`,
              message: `must be left out without existing, as the bucket is made in the environment's Region, got '${region}'`,
            },
          ]),
      ...(secondRegion === undefined || !existing
        ? []
        : [
            {
              path: `${path}.secondRegion`,
              message: `must be left out with existing, as the bucket is another's to replicate, got '${secondRegion}'`,
            },
          ]),
    ];
  },
};

// A backend's arguments can't be computed.
const RULES: Rules<StateConfig> = {
  bucket: optional(known(isBucketName)),
  keyArn: optional(known(isKeyArn)),
  existing: optional(isTrueOrFalse),
  region: optional(known(isRegion)),
  secondRegion: optional(known(isRegion)),
};

export const isStateConfig: Rule = shape(RULES, OF_BUCKET);

/** What is wrong between the state and the environment's Region, each sound by itself. */
export const stateProblems = (
  { region: bucketRegion, secondRegion }: StateConfig,
  region: string,
  path: string,
): readonly Problem[] => [
  ...otherPartProblems(region, bucketRegion, `${path}.region`),
  ...secondRegionProblems(region, secondRegion, `${path}.secondRegion`),
];
