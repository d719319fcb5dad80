import type { Statement } from "../lib/security/policy";
import { environments } from "./support/synthesis/environments";
import { resourcesOf } from "./support/synthesis/synthesized";
import { synthesizedOnce } from "./support/synthesis/synthesized-once";

/** Condition keys that a service sends when it takes a role, by what its documentation says. */
const SENT: Readonly<Record<string, readonly string[]>> = {
  // EKS user guide, "Cross-service confused deputy prevention in Amazon EKS".
  "eks.amazonaws.com": ["aws:SourceAccount", "aws:SourceArn"],
  // EKS user guide, "Create IAM role with trust policy required by EKS Pod Identity".
  "pods.eks.amazonaws.com": [
    "aws:RequestTag/eks-cluster-name",
    "aws:RequestTag/kubernetes-namespace",
    "aws:RequestTag/kubernetes-service-account",
    "aws:SourceAccount",
  ],
  // RDS user guide, "Preventing cross-service confused deputy problems".
  "monitoring.rds.amazonaws.com": ["aws:SourceAccount", "aws:SourceArn"],
  // VPC user guide, "IAM role for publishing flow logs to CloudWatch Logs".
  "vpc-flow-logs.amazonaws.com": ["aws:SourceAccount", "aws:SourceArn"],
  // An instance profile: EC2 acts for the instance's account alone.
  "ec2.amazonaws.com": [],
  // Neither guide says that the service sends a key when it takes a role. No principal can pass a role to another account.
  "s3.amazonaws.com": [],
  "backup.amazonaws.com": [],
};

const stacks = Object.entries(synthesizedOnce(environments).stacks);
const documents = (type: string, argument: string) =>
  stacks.flatMap(([stack, tf]) =>
    resourcesOf(tf, type).flatMap((resource) =>
      (JSON.parse(String(resource[argument])).Statement as Statement[]).map((statement) => ({ stack, statement })),
    ),
  );
const serviceOf = ({ Principal }: Statement) => (typeof Principal === "object" ? String(Principal.Service ?? "") : "");
const keysOf = ({ Condition = {} }: Statement) => Object.values(Condition).flatMap(Object.keys).sort();

const trusts = documents("aws_iam_role", "assume_role_policy").filter(({ statement }) => serviceOf(statement) !== "");

test("every service that takes a role is in the table, and the other way round", () => {
  expect([...new Set(trusts.map(({ statement }) => serviceOf(statement)))].sort()).toEqual(Object.keys(SENT).sort());
});

test("each trust asks for all that its service sends", () => {
  const asked = trusts.map(({ stack, statement }) => [stack, serviceOf(statement), keysOf(statement)]);
  expect(asked).toEqual(
    trusts.map(({ stack, statement }) => [stack, serviceOf(statement), SENT[serviceOf(statement)]]),
  );
});

test("a pod's role is for one service account of one cluster", () => {
  const pods = trusts.filter(({ statement }) => serviceOf(statement) === "pods.eks.amazonaws.com");
  const subjects = pods.map(({ stack, statement: { Condition } }) => {
    const { "aws:SourceAccount": _, ...tags } = Condition?.StringEquals ?? {};
    return [stack, ...Object.values(tags)].join(" ");
  });
  expect(new Set(subjects).size).toBe(pods.length);
});

/** EventBridge user guide, "Amazon SNS permissions": "You can't use of Condition blocks in Amazon SNS topic policies". */
const SENT_TO_TOPICS: Readonly<Record<string, readonly string[]>> = {
  "events.amazonaws.com": [],
  // S3 user guide, "Granting permissions to publish event notification messages to a destination".
  "s3.amazonaws.com": ["aws:SourceAccount", "aws:SourceArn"],
};

test("each topic asks a service for all that it sends", () => {
  const services = documents("aws_sns_topic_policy", "policy").filter(({ statement }) => serviceOf(statement) !== "");
  expect(services.length).toBeGreaterThan(0);
  expect(services.map(({ statement }) => keysOf(statement))).toEqual(
    services.map(({ statement }) => SENT_TO_TOPICS[serviceOf(statement)]),
  );
});
