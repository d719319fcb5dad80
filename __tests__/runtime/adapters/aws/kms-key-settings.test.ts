import { kmsKeySettings } from "../../../../runtime/adapters/aws/kms-key-settings";
import { KmsKeys } from "../../../../runtime/adapters/aws/kms-keys";
import { SettingsError } from "../../../../runtime/settings";

const ARN = "arn:aws:kms:eu-central-1:123456789012:key/11111111-1111-1111-1111-111111111111";
const FORMER = "arn:aws:kms:eu-central-1:123456789012:key/mrk-22222222222222222222222222222222";

test("reads a key, and former ones", () => {
  expect(kmsKeySettings({ KMS_KEY_ID: ARN })).toEqual({ keyId: ARN, formerKeyIds: [] });
  expect(kmsKeySettings({ KMS_KEY_ID: ARN, KMS_FORMER_KEY_IDS: `${FORMER}, ${ARN}` })).toEqual({
    keyId: ARN,
    formerKeyIds: [FORMER, ARN],
  });
});

test.each(["arn:aws-us-gov:kms:us-gov-west-1:123456789012:key/a", "arn:aws-cn:kms:cn-north-1:123456789012:key/a"])(
  "takes keys of all partitions: %s",
  (KMS_KEY_ID) => {
    expect(() => kmsKeySettings({ KMS_KEY_ID })).not.toThrow();
  },
);

test.each<[string, NodeJS.ProcessEnv, readonly string[]]>([
  ["none", {}, ["KMS_KEY_ID is missing"]],
  [
    "an alias",
    { KMS_KEY_ID: "alias/data" },
    ["KMS_KEY_ID must be the ARN of a key, got an alias, which could be moved to another"],
  ],
  [
    "an alias by its ARN",
    { KMS_KEY_ID: "arn:aws:kms:eu-central-1:123456789012:alias/data" },
    ["KMS_KEY_ID must be the ARN of a key, got an alias, which could be moved to another"],
  ],
  ["an id alone", { KMS_KEY_ID: "11111111-1111-1111-1111-111111111111" }, ["KMS_KEY_ID must be the ARN of a key"]],
  ["another service's", { KMS_KEY_ID: ARN.replace("kms", "s3") }, ["KMS_KEY_ID must be the ARN of a key"]],
  ["one with more behind it", { KMS_KEY_ID: `${ARN}\n` }, ["KMS_KEY_ID must be the ARN of a key"]],
  [
    "one of another Region than a former one",
    { KMS_KEY_ID: ARN, KMS_FORMER_KEY_IDS: FORMER.replace("eu-central-1", "eu-west-1") },
    ["KMS_FORMER_KEY_IDS must be of the Region of KMS_KEY_ID: name a multi-Region key's replica there"],
  ],
  [
    "none, with a former one that is none",
    { KMS_FORMER_KEY_IDS: "x" },
    ["KMS_KEY_ID is missing", "KMS_FORMER_KEY_IDS must be the ARN of a key"],
  ],
])("does not start with a key that is %s", (_, environment, problems) => {
  expect(() => kmsKeySettings(environment)).toThrow(new SettingsError(problems));
});

test("settings that come from elsewhere are looked at likewise", async () => {
  await expect(KmsKeys.create({ keyId: "alias/data" })).rejects.toThrow(
    new SettingsError(["keyId must be the ARN of a key, got an alias, which could be moved to another"]),
  );
});
