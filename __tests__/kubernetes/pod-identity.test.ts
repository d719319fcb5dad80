import { PodIdentity, type PodIdentityProps } from "../../lib/kubernetes/pod-identity";
import { resourceOf, synthesizeStack } from "../support/synthesis/synthesized";

const base: PodIdentityProps = {
  clusterName: "orders",
  roleName: "orders-command-api",
  namespace: "commands",
  serviceAccount: "command-api",
  statements: [{ Action: "s3:GetObject", Resource: "arn:aws:s3:::orders/*" }],
};
const made = (props: Partial<PodIdentityProps> = {}) =>
  synthesizeStack((stack) => void new PodIdentity(stack, "Identity", { ...base, ...props }));
const problemOf = (props: object) => {
  try {
    made(props);
  } catch (error) {
    return (error as Error).message;
  }
};

test("gives one service account of one namespace the role", () => {
  expect(resourceOf(made(), "aws_eks_pod_identity_association")).toMatchObject({
    cluster_name: "orders",
    namespace: "commands",
    service_account: "command-api",
    role_arn: expect.stringMatching(/^\$\{aws_iam_role\.Identity_Role.*\.arn\}$/),
  });
});

test("is there when the role may do what it is for", () => {
  expect(resourceOf(made(), "aws_eks_pod_identity_association").depends_on).toEqual([
    expect.stringMatching(/^aws_iam_role_policy\.Identity_Role/),
  ]);
});

test("has a role that pods alone take, and that may do what is said", () => {
  const tf = made();
  expect(JSON.parse(String(resourceOf(tf, "aws_iam_role").assume_role_policy)).Statement).toEqual([
    {
      Effect: "Allow",
      Principal: { Service: "pods.eks.amazonaws.com" },
      Action: ["sts:AssumeRole", "sts:TagSession"],
      Condition: {
        StringEquals: {
          "aws:SourceAccount": expect.stringContaining("account_id"),
          "aws:RequestTag/eks-cluster-name": base.clusterName,
          "aws:RequestTag/kubernetes-namespace": base.namespace,
          "aws:RequestTag/kubernetes-service-account": base.serviceAccount,
        },
      },
    },
  ]);
  expect(JSON.parse(String(resourceOf(tf, "aws_iam_role_policy").policy)).Statement).toEqual([
    { Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::orders/*" },
  ]);
});

test.each<[props: object, line: string]>([
  [{ clusterName: "" }, ".clusterName: must be a cluster's name, got ''"],
  [
    { roleName: "Orders" },
    ".roleName: must be lower-case letters, digits and single hyphens, a letter first, at most 64 characters (IAM role), got 'Orders'",
  ],
  [
    { namespace: "a_b" },
    ".namespace: must be a namespace of at most 63 lower-case letters, digits and hyphens, got 'a_b'",
  ],
  [
    { serviceAccount: "-a" },
    ".serviceAccount: must be a service account's name: at most 253 lower-case letters, digits, '-' and '.', got '-a'",
  ],
  [{ statements: undefined }, ".statements: is missing, must be a list of statements"],
])("refuses %j", (props, line) => {
  expect(problemOf(props)).toBe(`1 problem in the configuration, nothing was synthesized:\n  Test/Identity${line}`);
});
