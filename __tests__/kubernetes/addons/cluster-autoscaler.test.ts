import { TerraformVariable } from "cdktf";
import { ClusterAutoscaler } from "../../../lib/kubernetes/addons/cluster-autoscaler";
import { statementsOf } from "../../support/synthesis/policies";
import { synthesizeStack } from "../../support/synthesis/synthesized";

const may = (clusterName?: string) =>
  statementsOf(
    synthesizeStack((stack) => {
      const computed = new TerraformVariable(stack, "cluster", { type: "string" }).stringValue;
      new ClusterAutoscaler(stack, "Autoscaler", {
        name: "orders-write",
        clusterName: clusterName ?? computed,
        region: "eu-central-1",
        version: "1.35",
      });
    }),
  );

test("looks at every scaling group, and changes those that are tagged for its cluster", () => {
  expect(may("orders-write")).toEqual([
    {
      Effect: "Allow",
      Action: [
        "autoscaling:DescribeAutoScalingGroups",
        "autoscaling:DescribeAutoScalingInstances",
        "autoscaling:DescribeLaunchConfigurations",
        "autoscaling:DescribeScalingActivities",
        "ec2:DescribeImages",
        "ec2:DescribeInstanceTypes",
        "ec2:DescribeLaunchTemplateVersions",
        "ec2:GetInstanceTypesFromInstanceRequirements",
      ],
      Resource: "*",
    },
    {
      Effect: "Allow",
      Action: "eks:DescribeNodegroup",
      Resource: "arn:PARTITION:eks:eu-central-1:ACCOUNT:nodegroup/orders-write/*",
    },
    {
      Effect: "Allow",
      Action: ["autoscaling:SetDesiredCapacity", "autoscaling:TerminateInstanceInAutoScalingGroup"],
      Resource: "*",
      Condition: {
        StringEquals: {
          "aws:ResourceTag/k8s.io/cluster-autoscaler/enabled": "true",
          "aws:ResourceTag/k8s.io/cluster-autoscaler/orders-write": "owned",
        },
      },
    },
  ]);
});

test("takes a cluster's name that only Terraform knows, though it is part of a tag's key", () => {
  expect(may()[2]?.Condition?.StringEquals).toHaveProperty(
    ["aws:ResourceTag/k8s.io/cluster-autoscaler/${var.cluster}"],
    "owned",
  );
});
