import { DELETED_SUBJECTS } from "../config/recovery";
import { isKeyArn } from "../core/arns";
import { having, isText, type Rule } from "../core/rules";
import { TO_S3, through } from "./recovery-access";
import type { StoreAccess } from "./store-access";

/** Where it is written down whose data was deleted, for restores to delete it again: the bucket of exports. */
export interface DeletedSubjectsPlace {
  readonly bucket: string;
  readonly arn: string;
  /** Key of its objects. */
  readonly keyArn: string;
}

export const isDeletedSubjectsPlace: Rule = having<DeletedSubjectsPlace>("a bucket", {
  bucket: isText,
  arn: isText,
  keyArn: isKeyArn,
});

/**
 * The way to write down that a subject was forgotten, once and for all: neither to put another entry in its place, nor to list
 * who was. Of an entry the runtime asks no more than whether it is its own, where the answer to its write was lost; that is
 * asked by the right to read, which without the key opens none. No way where there is no place.
 */
export const deletedSubjectsAccess = (
  place: DeletedSubjectsPlace | undefined,
  region: string,
): readonly StoreAccess[] => {
  if (place === undefined) return [];
  // Nothing else in the bucket is the services' to touch.
  const Resource = `${place.arn}/${DELETED_SUBJECTS}*`;
  return [
    {
      variables: { DELETED_SUBJECTS_BUCKET: place.bucket },
      statements: [
        { Action: "s3:PutObject", Resource, Condition: { Null: { "s3:if-none-match": "false" } } },
        { Action: "s3:GetObject", Resource },
        through("s3", place.keyArn, ["kms:GenerateDataKey"], region),
      ],
      ways: [TO_S3],
    },
  ];
};
