import { TerraformOutput, Token } from "cdktf";
import { NodeGroup, type NodeGroupProps } from "../../lib/kubernetes/node-group";
import { keys, network } from "../support/synthesis/surroundings";
import {
  type Arguments,
  dataSourcesOf,
  outputsOf,
  resourceOf,
  resourcesOf,
  synthesizeStack,
} from "../support/synthesis/synthesized";

const base: NodeGroupProps = {
  name: "orders",
  clusterName: "orders",
  version: "1.35",
  network,
  keys,
  nodes: 1,
  instanceType: "m7i.xlarge",
  storageGib: 500,
};
const made = (props: Partial<NodeGroupProps> = {}) =>
  synthesizeStack((stack) => void new NodeGroup(stack, "Nodes", { ...base, ...props }));
const problemOf = (props: object) => {
  try {
    made(props);
  } catch (error) {
    return (error as Error).message;
  }
};

test("its nodes' role is EC2's, and may join the cluster and fetch images, nothing else", () => {
  const tf = made();
  expect(JSON.parse(String(resourceOf(tf, "aws_iam_role").assume_role_policy)).Statement).toEqual([
    { Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" },
  ]);
  const policies = resourcesOf(tf, "aws_iam_role_policy_attachment").map(({ policy_arn }) => String(policy_arn));
  expect(policies.map((arn) => arn.replace(/^.*:policy\//, "")).sort()).toEqual([
    "AmazonEC2ContainerRegistryPullOnly",
    "AmazonEKSWorkerNodePolicy",
  ]);
  expect(resourcesOf(tf, "aws_iam_role_policy")).toEqual([]);
});

test("new nodes can come before the old ones go, as their group's name is Terraform's to complete", () => {
  expect(resourceOf(made(), "aws_eks_node_group")).toMatchObject({
    node_group_name_prefix: "orders-",
    lifecycle: { create_before_destroy: true },
  });
});

test("an update takes away a third of the nodes at most", () => {
  expect(resourceOf(made(), "aws_eks_node_group").update_config).toEqual({ max_unavailable_percentage: 33 });
});

test("a node that is broken is replaced by EKS", () => {
  expect(resourceOf(made(), "aws_eks_node_group").node_repair_config).toEqual({ enabled: true });
});

test("a change of the launch template is a new version, and the nodes take it", () => {
  const tf = made();
  const [id] = Object.keys(tf.resource?.aws_launch_template ?? {});
  expect(resourceOf(tf, "aws_launch_template").update_default_version).toBe(true);
  expect(resourceOf(tf, "aws_eks_node_group").launch_template).toEqual({
    id: `\${aws_launch_template.${id}.id}`,
    version: `\${aws_launch_template.${id}.latest_version}`,
  });
});

// EKS refuses a group whose template has them.
test.each(["image_id", "iam_instance_profile", "user_data", "network_interfaces", "key_name"])(
  "its launch template has no %s",
  (argument) => {
    expect(resourceOf(made(), "aws_launch_template")).not.toHaveProperty(argument);
  },
);

test("its volumes are gp3 at its free baseline and go with their nodes", () => {
  expect(resourceOf(made(), "aws_launch_template").block_device_mappings).toEqual([
    {
      device_name: "/dev/xvda",
      ebs: {
        volume_type: "gp3",
        volume_size: 500,
        iops: 3000,
        throughput: 125,
        encrypted: "true",
        kms_key_id: keys.volumes,
        delete_on_termination: "true",
      },
    },
  ]);
});

test("its nodes are nobody's to take back, and measured every minute", () => {
  const tf = made();
  expect(resourceOf(tf, "aws_eks_node_group").capacity_type).toBe("ON_DEMAND");
  expect(resourceOf(tf, "aws_launch_template").monitoring).toEqual({ enabled: true });
});

test("waits for its role's policies", () => {
  expect(resourceOf(made(), "aws_eks_node_group").depends_on).toEqual([
    expect.stringContaining("AmazonEKSWorkerNodePolicy"),
    expect.stringContaining("AmazonEC2ContainerRegistryPullOnly"),
  ]);
});

test.each(["cqrs/side", "node.kubernetes.io/pool", "kubelet.kubernetes.io/pool", "team", "a.example.com/b_c.d-e"])(
  "takes the label %s",
  (label) => {
    expect(resourceOf(made({ labels: { [label]: "write" } }), "aws_eks_node_group").labels).toEqual({
      [label]: "write",
    });
  },
);

// EKS refuses them, or takes them and no node joins.
test.each([
  "kubernetes.io/role",
  "node-role.kubernetes.io/worker",
  "k8s.io/role",
  "eks.amazonaws.com/nodegroup",
  "-team",
  "Team/a/b",
  "a b",
])("refuses the label %s", (label) => {
  expect(() => made({ labels: { [label]: "write" } })).toThrow(
    `  Test/Nodes.labels.${label}: must be named as Kubernetes names labels, outside the domains kubernetes.io, k8s.io and eks.amazonaws.com, got '${label}'`,
  );
});

test.each<[Partial<Record<keyof NodeGroupProps, unknown>>, string]>([
  [
    { labels: { side: "write side" } },
    "labels.side: must be a text of at most 63 letters, digits and _.-, letter or digit first and last, got 'write side'",
  ],
  [
    { name: "a".repeat(38) },
    `name: must be lower-case letters, digits and single hyphens, a letter first, at most 37 characters (EKS node group), got '${"a".repeat(38)}'`,
  ],
  [{ nodes: 451 }, "nodes: must be a whole number from 1 to 450, got 451"],
  [{ storageGib: 19 }, "storageGib: must be a whole number from 20 to 16384, got 19"],
  [{ storageGib: 16385 }, "storageGib: must be a whole number from 20 to 16384, got 16385"],
  [{ instructionSet: "arm64" }, "instanceType: must be a type of 'arm64', got 'm7i.xlarge' of 'x86_64'"],
  [{ instructionSet: "arm" }, "instructionSet: must be 'x86_64' or 'arm64', got 'arm'"],
])("refuses %j", (props, message) => {
  expect(() => made(props as Partial<NodeGroupProps>)).toThrow(`  Test/Nodes.${message}`);
});

test.each<Partial<NodeGroupProps>>([
  { nodes: 1 },
  { nodes: 450 },
  { storageGib: 20 },
  { storageGib: 16384 },
  { name: "a".repeat(37) },
])("takes %j", (props) => {
  expect(() => made(props)).not.toThrow();
});

// IAM refuses the second, but only at apply.
test("a second group of a name would need the first one's role", () => {
  const both = () =>
    synthesizeStack((stack) => {
      new NodeGroup(stack, "Nodes", base);
      new NodeGroup(stack, "Spare", base);
    });
  expect(both).toThrow(
    "  Test/Spare/Role.name: must be another, got 'orders-node', which the IAM role at 'Test/Nodes/Role' has",
  );
});

describe("zones", () => {
  type Sizes = { readonly desired_size: number; readonly min_size: number; readonly max_size: number };
  const groupsOf = (props: Partial<NodeGroupProps>) =>
    Object.entries(made({ nodes: 3, ...props }).resource?.aws_eks_node_group ?? {});
  const isSpare = (group: Arguments) => group.node_group_name_prefix === "orders-spare-";
  const fixedOf = (props: Partial<NodeGroupProps>) => groupsOf(props).filter(([, group]) => !isSpare(group));
  const spareOf = (props: Partial<NodeGroupProps>) => groupsOf(props).filter(([, group]) => isSpare(group));
  const placesOf = (groups: readonly (readonly [string, Arguments])[]) =>
    groups.map(([, { subnet_ids, scaling_config }]) => [subnet_ids, (scaling_config as Sizes).max_size]);
  const [a = "", b = "", c = ""] = network.privateSubnetIds;

  // A group over several zones gives a node back in any of them, and a pod whose volume is in another stays Pending.
  test.each<[nodes: number, groups: unknown[]]>([
    [1, [[[a], 1]]],
    [
      2,
      [
        [[a], 1],
        [[b], 1],
      ],
    ],
    [
      3,
      [
        [[a], 1],
        [[b], 1],
        [[c], 1],
      ],
    ],
    [
      5,
      [
        [[a], 2],
        [[b], 2],
        [[c], 1],
      ],
    ],
  ])("%d nodes are in groups of one zone each", (nodes, groups) => {
    expect(placesOf(fixedOf({ nodes }))).toEqual(groups);
  });

  test.each<[spareNodes: number | undefined, groups: unknown[]]>([
    [undefined, []],
    [0, []],
    [1, [[[c], 1]]],
    [
      4,
      [
        [[a], 1],
        [[b], 1],
        [[c], 2],
      ],
    ],
  ])("%p spare nodes too, the last zones first, which have fewer of the others", (spareNodes, groups) => {
    expect(placesOf(spareOf({ spareNodes }))).toEqual(groups);
  });

  test("are updated one after the other: of three groups at once, all nodes would be", () => {
    const groups = [...fixedOf({ spareNodes: 3 }), ...spareOf({ spareNodes: 3 })];
    const addresses = groups.map(([id]) => `aws_eks_node_group.${id}`);
    const waited = groups.flatMap(([, { depends_on }]) =>
      (depends_on as readonly string[]).filter((each) => each.startsWith("aws_eks_node_group")),
    );
    expect(addresses).toHaveLength(6);
    expect(waited).toEqual(addresses.slice(0, -1));
  });

  test("what needs nodes waits for those of all zones", () => {
    const tf = synthesizeStack((stack) => {
      const { resource } = new NodeGroup(stack, "Nodes", { ...base, nodes: 3 });
      new TerraformOutput(stack, "after", { value: "", dependsOn: [resource] });
    });
    expect((tf.output as Record<string, Arguments>).after?.depends_on).toEqual([
      `\${aws_eks_node_group.${fixedOf({}).at(-1)?.[0]}}`,
    ]);
  });

  test("of spare nodes none need be there, and Terraform takes back no number of the autoscaler", () => {
    for (const [, group] of spareOf({ spareNodes: 3 })) {
      expect(group).toMatchObject({
        scaling_config: { desired_size: 0, min_size: 0, max_size: 1 },
        lifecycle: { create_before_destroy: true, ignore_changes: ["scaling_config[0].desired_size"] },
      });
    }
  });

  // Nothing else changes them, and a changed `nodes` must reach EKS.
  test("of the others Terraform says how many there are", () => {
    for (const [, group] of fixedOf({ spareNodes: 3 })) {
      expect(group).toMatchObject({ scaling_config: { desired_size: 1, min_size: 1, max_size: 1 } });
      expect(group.lifecycle).toEqual({ create_before_destroy: true });
    }
  });

  test("are in all else alike, of one launch template and one role", () => {
    const kind = ({ node_group_name_prefix, scaling_config, lifecycle, subnet_ids, depends_on, ...rest }: Arguments) =>
      JSON.stringify(rest);
    const tf = made({ nodes: 3, spareNodes: 4, labels: { side: "write" }, tags: { Owner: "orders" } });
    expect(new Set(resourcesOf(tf, "aws_eks_node_group").map(kind)).size).toBe(1);
    expect(resourcesOf(tf, "aws_launch_template")).toHaveLength(1);
    expect(resourcesOf(tf, "aws_iam_role")).toHaveLength(1);
  });

  test("are reached by the scaling group that EKS makes for each", () => {
    const tf = synthesizeStack((stack) => {
      const { autoscalingGroupNames } = new NodeGroup(stack, "Nodes", { ...base, nodes: 2, spareNodes: 2 });
      new TerraformOutput(stack, "names", { value: autoscalingGroupNames });
    });
    const ids = Object.keys(tf.resource?.aws_eks_node_group ?? {});
    const nameOf = (zone: string) => {
      const id = ids.find((each) => each.startsWith(`Nodes_${zone}_`));
      return `\${aws_eks_node_group.${id}.resources[0].autoscaling_groups[0].name}`;
    };
    const zones = ["Zone1", "Zone2", "SpareZone2", "SpareZone3"];
    expect(ids).toHaveLength(zones.length);
    expect(outputsOf(tf).names).toEqual(Object.fromEntries(zones.map((zone) => [zone, nameOf(zone)])));
  });
});

describe("spare nodes", () => {
  test("make the group's name the longer, and so its beginning the shorter", () => {
    expect(() => made({ spareNodes: 1, name: "a".repeat(31) })).not.toThrow();
    expect(problemOf({ spareNodes: 1, name: "a".repeat(32) })).toBe(
      `1 problem in the configuration, nothing was synthesized:\n  Test/Nodes.name: must be lower-case letters, digits and single hyphens, a letter first, at most 31 characters (EKS node group), got '${"a".repeat(32)}'`,
    );
  });

  test.each([1, 450])("can be %d", (spareNodes) => {
    expect(problemOf({ spareNodes })).toBeUndefined();
  });

  test("are known at synth, where it is decided whether there is a group", () => {
    expect(problemOf({ spareNodes: Token.asNumber("${var.spare}") })).toBe(
      "1 problem in the configuration, nothing was synthesized:\n  Test/Nodes.spareNodes: must be a whole number from 0 to 450, known at synth, got a number token",
    );
  });

  test.each<[unknown, string]>([
    [451, "got 451"],
    [-1, "got -1"],
    [1.5, "got 1.5"],
    ["3", "got '3'"],
  ])("can't be %p", (spareNodes, got) => {
    expect(problemOf({ spareNodes })).toBe(
      `1 problem in the configuration, nothing was synthesized:\n  Test/Nodes.spareNodes: must be a whole number from 0 to 450, ${got}`,
    );
  });
});

test("takes no tags that AWS keeps for itself", () => {
  expect(() => made({ tags: { "aws:owner": "orders" } })).toThrow(
    "  Test/Nodes.tags.aws:owner: must be named by at most 128 letters, digits, spaces and _.:/=+-@, not beginning with 'aws:', got 'aws:owner'",
  );
});

test("takes no subnets whose number only Terraform knows, because each has a group", () => {
  expect(problemOf({ network: { ...network, privateSubnetIds: Token.asList({ resolve: () => [] }) } })).toBe(
    "1 problem in the configuration, nothing was synthesized:\n  Test/Nodes.network.privateSubnetIds: must be a list of 2 to 16, each an id, known at synth, got a list token",
  );
});

describe("the nodes' image", () => {
  test.each([
    ["x86_64", "m7i.xlarge"],
    ["arm64", "m8g.xlarge"],
  ] as const)("for %s is the newest of EKS when a plan is made", (instructionSet, instanceType) => {
    const tf = made({ instructionSet, instanceType });
    expect(dataSourcesOf(tf, "aws_ssm_parameter")).toEqual([
      {
        name: `/aws/service/eks/optimized-ami/1.35/amazon-linux-2023/${instructionSet}/standard/recommended/release_version`,
      },
    ]);
    expect(resourceOf(tf, "aws_eks_node_group").release_version).toMatch(
      /^\$\{data\.aws_ssm_parameter\.\w+\.insecure_value\}$/,
    );
  });

  test("is the one that is named, of spare nodes too", () => {
    const tf = made({ nodeImage: "1.35.2-20261120", spareNodes: 2 });
    const releases = resourcesOf(tf, "aws_eks_node_group").map(({ release_version }) => release_version);
    expect(releases.length).toBeGreaterThan(1);
    expect(new Set(releases)).toEqual(new Set(["1.35.2-20261120"]));
    expect(dataSourcesOf(tf, "aws_ssm_parameter")).toEqual([]);
  });

  test.each([
    ["latest", "must be 'newest' or a release such as '1.35.3-20261120', got 'latest'"],
    ["1.34.2-20261120", "must be 'newest' or a release of Kubernetes 1.35, got '1.34.2-20261120'"],
  ])("can't be %s", (nodeImage, message) => {
    expect(problemOf({ nodeImage })).toContain(`  Test/Nodes.nodeImage: ${message}`);
  });
});
