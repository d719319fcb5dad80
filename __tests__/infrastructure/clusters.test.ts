import { TerraformStack, Testing } from "cdktf";
import type { ClusterProps } from "../../lib/infrastructure/cluster-props";
import { ReadCluster } from "../../lib/infrastructure/read-cluster";
import { WriteCluster } from "../../lib/infrastructure/write-cluster";
import { keys, network } from "../support/synthesis/surroundings";
import { resourceOf, resourcesOf, synthesizeStack, type TerraformJson } from "../support/synthesis/synthesized";

const base: ClusterProps = {
  type: "kubernetes",
  nodes: 3,
  resources: { cpu: "4 cores", memory: "16GB", storage: "SSD 500GB" },
  name: "orders",
  network,
  keys,
  administrators: { deployer: "arn:aws:iam::111122223333:role/deployer" },
};
const SIDES = [
  ["write", WriteCluster],
  ["read", ReadCluster],
] as const;

const made = (Cluster: typeof WriteCluster | typeof ReadCluster, props: Partial<ClusterProps> = {}): TerraformJson =>
  synthesizeStack((stack) => void new Cluster(stack, "Cluster", { ...base, ...props }));

test.each(SIDES)("the %s cluster labels its nodes by its side", (side, Cluster) => {
  const labels = resourcesOf(made(Cluster), "aws_eks_node_group").map((group) => group.labels);
  expect(labels).toEqual(labels.map(() => ({ "cqrs/side": side })));
});

test.each(SIDES)("the %s cluster is named after its stack and its side unless told otherwise", (side, Cluster) => {
  const stack = new TerraformStack(Testing.app(), "shop");
  new Cluster(stack, "Cluster", { ...base, name: undefined });
  expect(resourceOf(JSON.parse(Testing.synth(stack)), "aws_eks_cluster").name).toBe(`shop-${side}`);
});

test("a name that is made of the stack's is checked as if it were given", () => {
  const stack = new TerraformStack(Testing.app(), "Shop");
  expect(() => new WriteCluster(stack, "Cluster", { ...base, name: undefined })).toThrow(
    "  Shop/Cluster.name: must be lower-case letters, digits and single hyphens, a letter first, at most 37 characters (EKS node group), got 'Shop-write'",
  );
});

test.each<[Partial<ClusterProps>, string]>([
  [{}, "m7i.xlarge"],
  [{ resources: { cpu: "8 cores", memory: "32GB", storage: "SSD 1TB" } }, "m7i.2xlarge"],
  [{ resources: { cpu: "4 cores", memory: "24GB", storage: "SSD 1TB" } }, "r7i.xlarge"],
  [{ resources: { cpu: "5 cores", memory: "8GB", storage: "SSD 1TB" } }, "c7i.2xlarge"],
  [{ instructionSet: "arm64" }, "m8g.xlarge"],
  [{ instructionSet: "arm64", resources: { cpu: "1 core", memory: "4GB", storage: "SSD 20GB" } }, "m8g.medium"],
  [{ instanceType: "m7a.2xlarge" }, "m7a.2xlarge"],
])("what is asked for becomes an instance type: %j is %s", (props, instanceType) => {
  expect(resourceOf(made(WriteCluster, props), "aws_launch_template").instance_type).toBe(instanceType);
});

test.each([
  ["SSD 500GB", 500],
  ["SSD 1TB", 1024],
] as const)("'%s' is a volume of %d GiB", (storage, gib) => {
  const tf = made(WriteCluster, { resources: { ...base.resources, storage } });
  expect(JSON.stringify(resourceOf(tf, "aws_launch_template").block_device_mappings)).toContain(`"volume_size":${gib}`);
});

test("everything that is wrong is told at once, under the construct's path", () => {
  const wrong = {
    ...base,
    type: "vm",
    nodes: 1.5,
    resources: { cpu: "4", memory: "16GB", storage: "500GB" },
    nodez: 3,
  };
  let said = "";
  try {
    made(WriteCluster, wrong as unknown as ClusterProps);
  } catch (error) {
    said = (error as Error).message;
  }
  expect(said.split("\n").sort()).toEqual(
    [
      "5 problems in the configuration, nothing was synthesized:",
      "  Test/Cluster.nodez: is not a key here, did you mean 'nodes', which is there too?",
      "  Test/Cluster.type: must be 'kubernetes', got 'vm'",
      "  Test/Cluster.nodes: must be a whole number from 1 to 450, got 1.5",
      "  Test/Cluster.resources.cpu: must be a number of cores such as '4 cores', got '4'",
      "  Test/Cluster.resources.storage: must be a size such as 'SSD 500GB' or 'SSD 1TB', got '500GB'",
    ].sort(),
  );
});

test("what is wrong between two keys is told beside what is wrong with a third", () => {
  expect(() =>
    made(WriteCluster, { ...base, nodes: 0, serviceCidr: "10.0.0.0/20", instanceType: "m8g.xlarge" }),
  ).toThrow(
    [
      "3 problems in the configuration, nothing was synthesized:",
      "  Test/Cluster.nodes: must be a whole number from 1 to 450, got 0",
      "  Test/Cluster.instanceType: must be a type of 'x86_64', got 'm8g.xlarge' of 'arm64'",
      "  Test/Cluster.serviceCidr: must not overlap the network's '10.0.0.0/16', got '10.0.0.0/20'",
    ].join("\n"),
  );
});

// EKS refuses the second, but only at apply.
test("two clusters of a stack have names of their own", () => {
  const both = (second: Partial<ClusterProps>) =>
    synthesizeStack((stack) => {
      new WriteCluster(stack, "Orders", base);
      new WriteCluster(stack, "Invoices", { ...base, ...second });
    });
  expect(() => both({})).toThrow(
    "  Test/Invoices/Cluster/ControlPlane.name: must be another, got 'orders', which the EKS cluster at 'Test/Orders/Cluster/ControlPlane' has",
  );
  expect(resourcesOf(both({ name: "invoices" }), "aws_eks_cluster")).toHaveLength(2);
});

test("spare nodes make the name's limit the lower, which is told under the construct's own path", () => {
  expect(() => made(WriteCluster, { name: "a".repeat(32), spareNodes: 1 })).toThrow(
    `  Test/Cluster.name: must be lower-case letters, digits and single hyphens, a letter first, at most 31 characters (EKS node group), got '${"a".repeat(32)}'`,
  );
});
