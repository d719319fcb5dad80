import { type Rule, text } from "./rules";

export const isAccount: Rule = text("an account's 12 digits as a text", /^\d{12}$/);

/** A key by its ARN, not its alias: what is encrypted by an alias changes hands with it. */
export const isKeyArn: Rule = text("the ARN of a KMS key", /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[\w-]{1,128}$/);

/** Of a key that can be replicated into other Regions, or of a replica: KMS begins the ids of both so. */
export const isMultiRegionKeyArn: Rule = text(
  "the ARN of a multi-Region KMS key, whose id begins with 'mrk-'",
  /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/mrk-[\w-]{1,124}$/,
);

/** With the hyphen and six characters that Secrets Manager adds to a name: IAM knows a secret by all of it. */
export const isSecretArn: Rule = text(
  "the ARN of a secret of Secrets Manager, with the six characters at its end",
  /^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[\w/+=.@-]{1,505}-[A-Za-z0-9]{6}$/,
);

/** IAM: a path of at most 512 characters and a name of at most 64. */
export const isPrincipalArn: Rule = text(
  "the ARN of an IAM role or user",
  /^arn:aws[a-z-]*:iam::\d{12}:(?:role|user)\/(?:[\w+=,.@-]+\/){0,50}[\w+=,.@-]{1,64}$/,
);

/** The part of AWS that a Region is in, with which every ARN of it begins. */
export const partitionOf = (region: string): string => (region.startsWith("us-gov-") ? "aws-us-gov" : "aws");
