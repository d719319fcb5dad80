import { ServiceRole, type ServiceRoleProps } from "../../lib/security/service-role";
import { resourceOf, synthesizeStack } from "../support/synthesized";

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

test("managed policies are attached in the account's partition", () => {
  const tf = made({ managedPolicies: ["service-role/AmazonEBSCSIDriverPolicy"] });
  expect(resourceOf(tf, "aws_iam_role_policy_attachment").policy_arn).toMatch(
    /^arn:\$\{data\.aws_partition\..*\}:iam::aws:policy\/service-role\/AmazonEBSCSIDriverPolicy$/,
  );
});

test("a name that IAM does not take is refused", () => {
  expect(() => made({ name: `a${"b".repeat(64)}` })).toThrow("at most 64 characters (IAM role)");
});
