import { FailedJobs, type FailedJobsProps } from "../../lib/recovery/failed-jobs";
import { keys } from "../support/synthesis/surroundings";
import { resourceOf, resourcesOf, synthesizeStack } from "../support/synthesis/synthesized";

const made = (props: Partial<FailedJobsProps> = {}) =>
  synthesizeStack((stack) => void new FailedJobs(stack, "FailedJobs", { name: "orders", keys, ...props }));
const THEIRS = "arn:aws:sns:eu-central-1:111122223333:alarms";

test("hears of backups, copies and restores that failed: what has a state, and what has a status", () => {
  expect(JSON.parse(String(resourceOf(made(), "aws_cloudwatch_event_rule").event_pattern))).toEqual({
    source: ["aws.backup"],
    "detail-type": ["Backup Job State Change", "Copy Job State Change", "Restore Job State Change"],
    detail: {
      $or: [
        { state: ["FAILED", "ABORTED", "EXPIRED", "PARTIAL"] },
        { status: ["FAILED", "ABORTED", "EXPIRED", "PARTIAL"] },
      ],
    },
  });
});

test("tells a topic under our key, which refuses to be destroyed", () => {
  expect(resourceOf(made(), "aws_sns_topic")).toMatchObject({
    name: "orders-failed-backups",
    kms_master_key_id: keys.backups,
    lifecycle: { prevent_destroy: true },
  });
});

test("EventBridge may publish, and nobody without TLS", () => {
  const { Statement } = JSON.parse(String(resourceOf(made(), "aws_sns_topic_policy").policy));
  expect(Statement).toMatchObject([
    { Effect: "Allow", Principal: { Service: "events.amazonaws.com" }, Action: "sns:Publish" },
    { Effect: "Deny", Principal: "*", Condition: { Bool: { "aws:SecureTransport": "false" } } },
  ]);
});

test("S3 may publish for one bucket of this account, where there is one", () => {
  const policyWith = (props: Partial<FailedJobsProps>) =>
    JSON.parse(String(resourceOf(made(props), "aws_sns_topic_policy").policy)).Statement;
  const ofS3 = ({ Principal }: { Principal: unknown }) => JSON.stringify(Principal).includes("s3.amazonaws.com");
  expect(policyWith({}).filter(ofS3)).toEqual([]);
  expect(policyWith({ bucketArn: "arn:aws:s3:::orders-backups-1" }).filter(ofS3)).toEqual([
    {
      ...{ Sid: "FailedCopies", Effect: "Allow", Principal: { Service: "s3.amazonaws.com" }, Action: "sns:Publish" },
      Resource: expect.stringMatching(/^\$\{aws_sns_topic\./),
      Condition: {
        ArnLike: { "aws:SourceArn": "arn:aws:s3:::orders-backups-1" },
        StringEquals: { "aws:SourceAccount": expect.stringMatching(/^\$\{.*account_id\}$/) },
      },
    },
  ]);
});

test("no event comes before the topic lets it in", () => {
  expect(resourceOf(made(), "aws_cloudwatch_event_target").depends_on).toEqual([
    expect.stringMatching(/^aws_sns_topic_policy\./),
  ]);
});

test("a topic that stands already is told instead, and none is made", () => {
  const tf = made({ topicArn: THEIRS });
  expect(resourceOf(tf, "aws_cloudwatch_event_target").arn).toBe(THEIRS);
  expect(resourcesOf(tf, "aws_sns_topic")).toEqual([]);
  expect(resourcesOf(tf, "aws_sns_topic_policy")).toEqual([]);
});

test.each<[Partial<FailedJobsProps>, string]>([
  [{ topicArn: "alarms" }, "topicArn: must be the ARN of an SNS topic, got 'alarms'"],
  [{ name: "a b" }, "name: must be 1 to 40 letters, digits, '_' and '-', got 'a b'"],
])("refuses %j", (props, message) => {
  expect(() => made(props)).toThrow(
    new Error(`1 problem in the configuration, nothing was synthesized:\n  Test/FailedJobs.${message}`),
  );
});
