import { ClusterStack, type ClusterStackProps } from "../../stacks/cluster-stack";
import { keys, network } from "../support/synthesis/surroundings";
import { outputsOf, resourceOf, resourcesOf, stackOf, synthesizeApp } from "../support/synthesis/synthesized";

const base: ClusterStackProps = {
  environment: "production",
  region: "eu-central-1",
  cluster: {
    type: "kubernetes",
    nodes: 3,
    resources: { cpu: "4 cores", memory: "16GB", storage: "SSD 500GB" },
    network,
    keys,
    administrators: { deployer: "arn:aws:iam::111122223333:role/deployer" },
  },
};
const made = (side: "write" | "read", props: Partial<ClusterStackProps> = {}) =>
  stackOf(
    synthesizeApp((app) => new ClusterStack(app, side, { ...base, ...props })),
    `production-${side}-cluster`,
  );

test.each(["write", "read"] as const)("the %s cluster is named by its environment and its side", (side) => {
  expect(resourceOf(made(side), "aws_eks_cluster").name).toBe(`production-${side}`);
});

test.each(["write", "read"] as const)("the %s cluster's nodes know their side", (side) => {
  const labels = resourcesOf(made(side), "aws_eks_node_group").map((group) => group.labels);
  expect(labels).toEqual(labels.map(() => ({ "cqrs/side": side })));
});

test("gives nodes and pods' volumes the tags that the provider gives all else", () => {
  const tf = made("write", { tags: { Owner: "orders" } });
  const [instance] = resourceOf(tf, "aws_launch_template").tag_specifications as [{ tags: object }];
  const tags = {
    Owner: "orders",
    Environment: "production",
    Stack: "production-write-cluster",
    ManagedBy: "cdktf-cqrs",
  };
  expect(instance.tags).toEqual({ ...tags, Name: "production-write" });
  const driver = resourceOf(tf, "aws_eks_addon", { addon_name: "aws-ebs-csi-driver" });
  expect(JSON.parse(String(driver.configuration_values))).toEqual({ controller: { extraVolumeTags: tags } });
});

test("puts out what is needed to reach the cluster, and to be let in from it", () => {
  expect(outputsOf(made("read"))).toEqual({
    cluster_name: expect.stringMatching(/^\$\{aws_eks_cluster\..*\.name\}$/),
    endpoint: expect.stringMatching(/^\$\{aws_eks_cluster\..*\.endpoint\}$/),
    certificate_authority_data: expect.stringMatching(/\.certificate_authority\[0\]\.data\}$/),
    security_group_id: expect.stringMatching(/\.cluster_security_group_id\}$/),
    autoscaling_group_names: Object.fromEntries(
      ["Zone1", "Zone2", "Zone3"].map((zone) => [
        zone,
        expect.stringMatching(new RegExp(`^\\$\\{aws_eks_node_group\\..*_${zone}_.*\\.name\\}$`)),
      ]),
    ),
  });
});

test("reaches no cluster: what runs on it comes in stacks of its own", () => {
  expect(Object.keys(made("write").provider ?? {})).toEqual(["aws"]);
});

test("is guarded by EKS and by Terraform unless the environment is not", () => {
  expect(resourceOf(made("write", { deletionProtection: false }), "aws_eks_cluster")).toMatchObject({
    deletion_protection: false,
    lifecycle: { prevent_destroy: false },
  });
  expect(resourcesOf(made("write"), "aws_eks_cluster")).toEqual([
    expect.objectContaining({ deletion_protection: true, lifecycle: { prevent_destroy: true } }),
  ]);
});
