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

test.each(["vpc-flow-logs.amazonaws.com", "monitoring.rds.amazonaws.com"])(
  "%s acts for this account alone",
  (service) => {
    expect(trustOf({ service })).toMatchObject({
      Action: "sts:AssumeRole",
      Condition: { StringEquals: { "aws:SourceAccount": expect.stringContaining("account_id") } },
    });
  },
);

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
  [{ service: "*" }, "service: must be a service such as 'eks.amazonaws.com', got '*'"],
])("refuses %j", (props, message) => {
  expect(() => made(props)).toThrow(`  Test/Role.${message}`);
});

test("takes the longest name", () => {
  expect(() => made({ name: "a".repeat(64) })).not.toThrow();
});
