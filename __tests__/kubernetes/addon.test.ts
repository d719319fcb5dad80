import { Addon, type AddonProps } from "../../lib/kubernetes/addon";
import { resourceOf, resourcesOf, synthesizeStack } from "../support/synthesis/synthesized";

const made = (props: Partial<AddonProps> = {}) =>
  synthesizeStack(
    (stack) => void new Addon(stack, "vpc-cni", { clusterName: "orders", version: "v1.22.4-eksbuild.3", ...props }),
  );
const identity = { serviceAccount: "aws-node", roleName: "orders-vpc-cni", managedPolicies: ["AmazonEKS_CNI_Policy"] };

test("is the one that its id names, of the version given", () => {
  expect(resourceOf(made(), "aws_eks_addon")).toMatchObject({
    cluster_name: "orders",
    addon_name: "vpc-cni",
    addon_version: "v1.22.4-eksbuild.3",
  });
});

test("is what the plan says, whoever edited the cluster in between", () => {
  expect(resourceOf(made(), "aws_eks_addon")).toMatchObject({
    resolve_conflicts_on_create: "OVERWRITE",
    resolve_conflicts_on_update: "OVERWRITE",
  });
});

test("is configured by JSON, or not at all", () => {
  const configured = made({ configuration: { env: { WARM_PREFIX_TARGET: "1" } } });
  expect(resourceOf(configured, "aws_eks_addon").configuration_values).toBe('{"env":{"WARM_PREFIX_TARGET":"1"}}');
  expect(resourceOf(made(), "aws_eks_addon")).not.toHaveProperty("configuration_values");
});

test("that calls AWS has a role that pods alone take, and waits for what the role may do", () => {
  const tf = made({ identity });
  const addon = resourceOf(tf, "aws_eks_addon");
  expect(addon).toMatchObject({
    pod_identity_association: [
      { service_account: "aws-node", role_arn: expect.stringMatching(/^\$\{aws_iam_role\..*\.arn\}$/) },
    ],
    depends_on: [expect.stringMatching(/^aws_iam_role_policy_attachment\./)],
  });
  expect(JSON.parse(String(resourceOf(tf, "aws_iam_role").assume_role_policy)).Statement).toEqual([
    {
      Effect: "Allow",
      Principal: { Service: "pods.eks.amazonaws.com" },
      Action: ["sts:AssumeRole", "sts:TagSession"],
      Condition: {
        StringEquals: {
          "aws:SourceAccount": expect.stringContaining("account_id"),
          "aws:RequestTag/eks-cluster-name": "orders",
          "aws:RequestTag/kubernetes-namespace": "kube-system",
          "aws:RequestTag/kubernetes-service-account": "aws-node",
        },
      },
    },
  ]);
});

test("that calls nobody has no role", () => {
  const tf = made();
  expect(resourcesOf(tf, "aws_iam_role")).toEqual([]);
  expect(resourceOf(tf, "aws_eks_addon")).not.toHaveProperty("pod_identity_association");
});
