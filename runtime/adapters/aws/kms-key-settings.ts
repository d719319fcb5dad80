import { SettingsError } from "../../settings";

/** Which keys of KMS wrap data keys. */
export interface KmsKeySettings {
  /** ARN of the key that wraps. */
  readonly keyId: string;
  /** ARNs of keys that wrapped before it and still open what they did. @default - none */
  readonly formerKeyIds?: readonly string[];
}

/**
 * Of a key itself. An alias is none: whoever may move it would choose what wraps, and what it wrapped before could no longer
 * be opened by it.
 */
const KEY_ARN = /^arn:aws[a-z-]*:kms:([a-z0-9-]+):(\d{12}):key\/([0-9a-zA-Z-]+)$/;
/** Begins the ids of multi-Region keys, whose replicas open what any of them wrapped. */
const MULTI_REGION = "mrk-";

/**
 * From `KMS_KEY_ID`, and `KMS_FORMER_KEY_IDS` with commas between.
 * @param names of other variables that have them.
 * @throws {SettingsError} with everything that is missing or wrong.
 */
export function kmsKeySettings(
  environment: NodeJS.ProcessEnv,
  names = { keyId: "KMS_KEY_ID", formerKeyIds: "KMS_FORMER_KEY_IDS" },
): KmsKeySettings {
  const { [names.keyId]: keyId = "", [names.formerKeyIds]: former = "" } = environment;
  const formerKeyIds = former === "" ? [] : former.split(",").map((id) => id.trim());
  const settings = { keyId, formerKeyIds };
  checkKmsKeySettings(settings, names);
  return settings;
}

/** @throws {SettingsError} for what is no key's ARN, and for keys of two Regions, which one client can't ask. */
export function checkKmsKeySettings(
  { keyId, formerKeyIds = [] }: KmsKeySettings,
  names = { keyId: "keyId", formerKeyIds: "formerKeyIds" },
): void {
  const wrong = (name: string, id: string) => (KEY_ARN.test(id) ? [] : [`${name} must be ${whatIsWrong(id)}`]);
  const problems = [
    ...(keyId === "" ? [`${names.keyId} is missing`] : wrong(names.keyId, keyId)),
    ...formerKeyIds.flatMap((id) => wrong(names.formerKeyIds, id)),
    ...(formerKeyIds.some((id) => regionOf(id) !== regionOf(keyId))
      ? [`${names.formerKeyIds} must be of the Region of ${names.keyId}: name a multi-Region key's replica there`]
      : []),
  ];
  if (problems.length > 0) throw new SettingsError(problems);
}

export const regionOf = (keyArn: string): string | undefined => KEY_ARN.exec(keyArn)?.[1];

/** The same for all replicas of a key, in whatever Region. */
export function keyNameOf(arn: string): string {
  const [, , account, id] = KEY_ARN.exec(arn) ?? [];
  return id?.startsWith(MULTI_REGION) ? `${account}/${id}` : arn;
}

function whatIsWrong(id: string): string {
  const isAlias = /(?:^|:)alias\//.test(id);
  return isAlias ? "the ARN of a key, got an alias, which could be moved to another" : "the ARN of a key";
}
