import { isKeyArn } from "../core/arns";
import { type Cidr, isRange } from "../core/cidr";
import { having, listOf, type Rule } from "../core/rules";
import type { StoreAccess } from "./store-access";

/** The key under which services encrypt personal fields and events, and the way to it. */
export interface FieldKey {
  readonly arn: string;
  /** Ranges in which KMS answers: the private subnets, where its endpoint is. */
  readonly ranges: readonly Cidr[];
}

export const isFieldKey: Rule = having<FieldKey>("a key", {
  arn: isKeyArn,
  ranges: listOf(isRange("10.0.0.0/19")),
});

const HTTPS = 443;
/** What the runtime binds each data key to, by a hash: a key that is asked for without it is not the runtime's. */
export const SUBJECT = "cqrs:subject";
/** Each subject has a data key of its own, which KMS wraps: who only reads never has one made. */
const ACTIONS = {
  encrypts: ["kms:Decrypt", "kms:GenerateDataKey"],
  decrypts: ["kms:Decrypt"],
} as const;

/** The way to the key of personal fields; none where there is no key. */
export const fieldKeyAccess = (key: FieldKey | undefined, use: keyof typeof ACTIONS): readonly StoreAccess[] =>
  key === undefined
    ? []
    : [
        {
          variables: { KMS_KEY_ID: key.arn },
          statements: [
            {
              Action: [...ACTIONS[use]],
              Resource: key.arn,
              Condition: { Null: { [`kms:EncryptionContext:${SUBJECT}`]: "false" } },
            },
          ],
          ways: key.ranges.map((cidr) => ({ peer: { cidr }, port: HTTPS })),
        },
      ];
