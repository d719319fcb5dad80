import { ExportBucket } from "../../lib/recovery/export-bucket";
import { FailedCopies } from "../../lib/recovery/failed-copies";
import { standing } from "../support/synthesis/services";
import { keys } from "../support/synthesis/surroundings";
import { resourceOf, synthesizeStack } from "../support/synthesis/synthesized";

const TOPIC = "arn:aws:sns:eu-central-1:111122223333:alarms";
const made = (topicArn = TOPIC) =>
  synthesizeStack((stack) => {
    const bucket = new ExportBucket(stack, "Here", { name: "here", keyArn: keys.backups, expireAfterDays: 38 });
    new FailedCopies(stack, "FailedCopies", { bucket, topicArn, dependsOn: [standing(stack, "policy")] });
  });

test("S3 tells the topic of each object that it could not copy, and of nothing else", () => {
  expect(resourceOf(made(), "aws_s3_bucket_notification")).toMatchObject({
    bucket: expect.stringMatching(/^\$\{aws_s3_bucket\.Here_/),
    topic: [{ topic_arn: TOPIC, events: ["s3:Replication:OperationFailedReplication"] }],
  });
});

test("it is told of the topic when the topic lets it in", () => {
  expect(resourceOf(made(), "aws_s3_bucket_notification").depends_on).toEqual(["terraform_data.policy"]);
});

test("refuses what is no topic", () => {
  expect(() => made("alarms")).toThrow(
    new Error(
      "1 problem in the configuration, nothing was synthesized:\n  Test/FailedCopies.topicArn: must be the ARN of an SNS topic, got 'alarms'",
    ),
  );
});
