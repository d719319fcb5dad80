import { ServiceRole, type ServiceRoleProps } from "../../lib/security/service-role";
import { resourceOf, resourcesOf, synthesizeStack } from "../support/synthesis/synthesized";

const made = (props: Partial<ServiceRoleProps> = {}) =>
  synthesizeStack(
    (stack) => void new ServiceRole(stack, "Role", { name: "orders", service: "eks.amazonaws.com", ...props }),
  );

const trustOf = (props: Partial<ServiceRoleProps>) =>
  JSON.parse(String(resourceOf(made(props), "aws_iam_role").assume_role_policy)).Statement[0];

test.each(["eks.amazonaws.com", "pods.eks.amazonaws.com"])("%s tags its sessions", (service) => {
  expect(trustOf({ service }).Action).toEqual(["sts:AssumeRole", "sts:TagSession"]);
});

const ACCOUNT = { "aws:SourceAccount": expect.stringContaining("account_id") };

test.each(["eks", "pods.eks", "vpc-flow-logs", "monitoring.rds"])("%s acts for this account alone", (service) => {
  expect(trustOf({ service: `${service}.amazonaws.com` }).Condition).toEqual({ StringEquals: ACCOUNT });
});

test("pods may have to be of one service account", () => {
  const pods = { clusterName: "orders", namespace: "commands", serviceAccount: "command-api" };
  expect(trustOf({ service: "pods.eks.amazonaws.com", pods }).Condition).toEqual({
    StringEquals: {
      ...ACCOUNT,
      "aws:RequestTag/eks-cluster-name": "orders",
      "aws:RequestTag/kubernetes-namespace": "commands",
      "aws:RequestTag/kubernetes-service-account": "command-api",
    },
  });
});

test("a service may have to act for a resource", () => {
  expect(trustOf({ source: { service: "eks", resource: "cluster/orders" } }).Condition).toEqual({
    StringEquals: ACCOUNT,
    ArnLike: { "aws:SourceArn": expect.stringMatching(/^arn:\$\{.*\}:eks:\$\{.*\}:\$\{.*\}:cluster\/orders$/) },
  });
});

test("any other service is trusted without a condition, and takes the role without tags", () => {
  expect(trustOf({ service: "ec2.amazonaws.com" })).toEqual({
    Effect: "Allow",
    Principal: { Service: "ec2.amazonaws.com" },
    Action: "sts:AssumeRole",
  });
});

test("may do nothing unless told what", () => {
  const tf = made();
  expect(resourcesOf(tf, "aws_iam_role_policy")).toEqual([]);
  expect(resourcesOf(tf, "aws_iam_role_policy_attachment")).toEqual([]);
});

test("may do what its statements say, in one policy", () => {
  const tf = made({ statements: [{ Action: "kms:Decrypt", Resource: "arn:aws:kms:eu-central-1:1:key/1" }] });
  expect(JSON.parse(String(resourceOf(tf, "aws_iam_role_policy").policy))).toEqual({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: "kms:Decrypt", Resource: "arn:aws:kms:eu-central-1:1:key/1" }],
  });
});

test("whoever takes the role can wait for all of its policies", () => {
  let policies = 0;
  synthesizeStack((stack) => {
    policies = new ServiceRole(stack, "Role", {
      name: "orders",
      service: "eks.amazonaws.com",
      managedPolicies: ["AmazonEKSClusterPolicy", "AmazonEKSVPCResourceController"],
      statements: [{ Action: "kms:Decrypt", Resource: "arn:aws:kms:eu-central-1:1:key/1" }],
    }).policies.length;
  });
  expect(policies).toBe(3);
});

test("managed policies are attached in the account's partition", () => {
  const tf = made({ managedPolicies: ["service-role/AmazonEBSCSIDriverPolicy"] });
  expect(resourceOf(tf, "aws_iam_role_policy_attachment").policy_arn).toMatch(
    /^arn:\$\{data\.aws_partition\..*\}:iam::aws:policy\/service-role\/AmazonEBSCSIDriverPolicy$/,
  );
});

test.each<[Partial<ServiceRoleProps>, string]>([
  [
    { name: `a${"b".repeat(64)}` },
    "name: must be lower-case letters, digits and single hyphens, a letter first, at most 64 characters (IAM role), got 'a",
  ],
  [{ service: "eks" }, "service: must be a service such as 'eks.amazonaws.com', got 'eks'"],
  [{ source: { service: "EKS", resource: "*" } }, "source.service: must be a service's part of an ARN, got 'EKS'"],
  [{ service: "*" }, "service: must be a service such as 'eks.amazonaws.com', got '*'"],
])("refuses %j", (props, message) => {
  expect(() => made(props)).toThrow(`  Test/Role.${message}`);
});

test("takes the longest name", () => {
  expect(() => made({ name: "a".repeat(64) })).not.toThrow();
});
