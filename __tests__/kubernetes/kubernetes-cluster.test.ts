import { ADDON_VERSIONS } from "../../lib/config/kubernetes";
import { KubernetesCluster, type KubernetesClusterProps } from "../../lib/kubernetes/kubernetes-cluster";
import { keys, network } from "../support/synthesis/surroundings";
import { type Arguments, resourceOf, resourcesOf, synthesizeStack } from "../support/synthesis/synthesized";

const base: KubernetesClusterProps = {
  name: "orders",
  network,
  keys,
  administrators: { deployer: "arn:aws:iam::111122223333:role/deployer" },
  nodes: 1,
  instanceType: "m7i.xlarge",
  storageGib: 500,
};
const made = (props: Partial<KubernetesClusterProps> = {}) =>
  synthesizeStack((stack) => void new KubernetesCluster(stack, "Cluster", { ...base, ...props }));

const addon = (name: string, tf = made()) => resourceOf(tf, "aws_eks_addon", { addon_name: name });
const waitsFor = (resource: Arguments): string => JSON.stringify(resource.depends_on);

describe("what stands before what", () => {
  test.each(["kube-proxy", "vpc-cni", "eks-pod-identity-agent"])("nodes wait for %s", (name) => {
    expect(waitsFor(resourceOf(made(), "aws_eks_node_group"))).toContain(`aws_eks_addon.Cluster_${name}`);
  });

  test.each(["coredns", "aws-ebs-csi-driver", "eks-node-monitoring-agent"])("%s waits for nodes to run on", (name) => {
    expect(waitsFor(addon(name))).toContain("aws_eks_node_group.Cluster_Nodes");
  });

  test("the network add-on waits for what gives it its identity", () => {
    expect(waitsFor(addon("vpc-cni"))).toContain("aws_eks_addon.Cluster_eks-pod-identity-agent");
  });

  test("the control plane waits for its log group, which EKS would otherwise make without our key", () => {
    expect(waitsFor(resourceOf(made(), "aws_eks_cluster"))).toContain("aws_cloudwatch_log_group.");
  });
});

describe("the control plane", () => {
  test("is 1.35, reached from within, its secrets encrypted and its logs kept", () => {
    expect(resourceOf(made(), "aws_eks_cluster")).toMatchObject({
      version: "1.35",
      deletion_protection: true,
      bootstrap_self_managed_addons: false,
      vpc_config: { endpoint_private_access: true, endpoint_public_access: false },
      encryption_config: { provider: { key_arn: keys.clusters }, resources: ["secrets"] },
      enabled_cluster_log_types: ["api", "audit", "authenticator", "controllerManager", "scheduler"],
      kubernetes_network_config: { service_ipv4_cidr: "172.20.0.0/16" },
    });
  });

  test("is reached from outside by whom `apiAccess` names, and by nobody else", () => {
    const tf = made({ apiAccess: { cidrs: ["203.0.113.0/24"] } });
    expect(resourceOf(tf, "aws_eks_cluster").vpc_config).toMatchObject({
      endpoint_private_access: true,
      endpoint_public_access: true,
      public_access_cidrs: ["203.0.113.0/24"],
    });
  });

  test("has each administrator as an entry of its own, by a principal that is part of the address", () => {
    const tf = made({
      administrators: { one: "arn:aws:iam::111122223333:role/one", two: "arn:aws:iam::111122223333:role/two" },
    });
    expect(Object.keys(tf.resource?.aws_eks_access_entry ?? {})).toEqual([
      expect.stringContaining("Administrator-111122223333-role--one"),
      expect.stringContaining("Administrator-111122223333-role--two"),
    ]);
    expect(resourcesOf(tf, "aws_eks_access_policy_association")).toHaveLength(2);
  });
});

describe("the nodes", () => {
  test("have their size and their volume in the launch template, so that a change rolls over them", () => {
    const tf = made();
    const template = resourceOf(tf, "aws_launch_template");
    expect(template).toMatchObject({
      instance_type: "m7i.xlarge",
      block_device_mappings: [
        {
          device_name: "/dev/xvda",
          ebs: { volume_type: "gp3", volume_size: 500, encrypted: "true", kms_key_id: keys.volumes },
        },
      ],
      metadata_options: { http_tokens: "required", http_put_response_hop_limit: 1 },
    });
    const group = resourceOf(tf, "aws_eks_node_group");
    expect(group).toMatchObject({
      launch_template: { version: expect.stringContaining("latest_version}") },
      scaling_config: { desired_size: 1, min_size: 1, max_size: 1 },
      subnet_ids: network.privateSubnetIds.slice(0, 1),
    });
    for (const argument of ["instance_types", "disk_size", "remote_access"]) expect(group).not.toHaveProperty(argument);
  });

  test("name no security group: EKS then adds the cluster's, which the stores let in", () => {
    expect(resourceOf(made(), "aws_launch_template")).not.toHaveProperty("vpc_security_group_ids");
  });

  test("run arm64 where asked to", () => {
    const tf = made({ instructionSet: "arm64", instanceType: "m8g.xlarge" });
    expect(resourceOf(tf, "aws_eks_node_group").ami_type).toBe("AL2023_ARM_64_STANDARD");
  });

  test("have an instance type that runs their image", () => {
    expect(() => made({ instanceType: "m8g.xlarge" })).toThrow(
      "  Test/Cluster.instanceType: must be a type of 'x86_64', got 'm8g.xlarge' of 'arm64'",
    );
  });

  test("can have spare ones beside them, which wait for the same", () => {
    const [spare, nodes] = resourcesOf(made({ spareNodes: 1 }), "aws_eks_node_group");
    expect(spare).toMatchObject({ scaling_config: { desired_size: 0, min_size: 0, max_size: 1 } });
    expect(spare?.depends_on).toEqual(expect.arrayContaining(nodes?.depends_on as string[]));
  });

  test("have no spare ones unless asked for", () => {
    expect(resourcesOf(made(), "aws_eks_node_group")).toHaveLength(1);
  });

  test("give out the scaling groups of both", () => {
    synthesizeStack((stack) => {
      const { nodeGroup } = new KubernetesCluster(stack, "Cluster", { ...base, spareNodes: 2 });
      expect(Object.keys(nodeGroup.autoscalingGroupNames)).toEqual(["Zone1", "SpareZone2", "SpareZone3"]);
    });
  });

  test("carry the tags that the provider's default tags do not give them", () => {
    const tf = made({ tags: { Owner: "orders" } });
    expect(resourceOf(tf, "aws_launch_template").tag_specifications).toEqual(
      ["instance", "volume", "network-interface"].map((resource_type) => ({
        resource_type,
        tags: { Owner: "orders", Name: "orders" },
      })),
    );
  });

  test("give those tags to the pods' volumes by the driver, which has no configuration without them", () => {
    const { configuration_values } = addon("aws-ebs-csi-driver", made({ tags: { Owner: "orders" } }));
    expect(JSON.parse(String(configuration_values))).toEqual({ controller: { extraVolumeTags: { Owner: "orders" } } });
    expect(addon("aws-ebs-csi-driver")).not.toHaveProperty("configuration_values");
  });
});

describe("add-ons", () => {
  test.each(Object.entries(ADDON_VERSIONS))("of Kubernetes %s are pinned", (version, versions) => {
    const tf = made({ version: version as KubernetesClusterProps["version"] });
    const pinned = resourcesOf(tf, "aws_eks_addon").map(({ addon_name, addon_version }) => [addon_name, addon_version]);
    expect(Object.fromEntries(pinned)).toEqual(versions);
  });

  // Older drivers do not give volumes the tag that the policy asks for, so that they could not attach them.
  test.each(Object.entries(ADDON_VERSIONS))(
    "of Kubernetes %s: the volumes' driver tags volumes by cluster",
    (_, versions) => {
      const [, minor = 0] = /^v1\.(\d+)\./.exec(versions["aws-ebs-csi-driver"]) ?? [];
      expect(Number(minor)).toBeGreaterThanOrEqual(58);
    },
  );

  test("can be of a version of one's own choice", () => {
    const tf = made({ addonVersions: { coredns: "v1.14.4-eksbuild.1" } });
    expect(addon("coredns", tf).addon_version).toBe("v1.14.4-eksbuild.1");
    expect(addon("kube-proxy", tf).addon_version).toBe(ADDON_VERSIONS["1.35"]["kube-proxy"]);
  });

  test("give pods a node's addresses by prefixes, and enforce network policies", () => {
    expect(JSON.parse(String(addon("vpc-cni").configuration_values))).toEqual({
      enableNetworkPolicy: "true",
      env: { ENABLE_PREFIX_DELEGATION: "true", WARM_PREFIX_TARGET: "1" },
    });
  });

  test("that call AWS have a role by pod identity, and the volumes' driver may use their key", () => {
    const tf = made();
    expect(addon("vpc-cni", tf)).toMatchObject({ pod_identity_association: [{ service_account: "aws-node" }] });
    expect(addon("aws-ebs-csi-driver", tf)).toMatchObject({
      pod_identity_association: [{ service_account: "ebs-csi-controller-sa" }],
    });
    const attached = Object.entries(tf.resource?.aws_iam_role_policy_attachment ?? {}).map(
      ([id, { policy_arn }]) => `${id} ${policy_arn}`,
    );
    expect(attached).toContainEqual(expect.stringMatching(/vpc-cni.* .*:policy\/AmazonEKS_CNI_Policy$/));
    expect(attached).toContainEqual(
      expect.stringMatching(/ebs-csi-driver.* .*:policy\/AmazonEBSCSIDriverEKSClusterScopedPolicy$/),
    );
    const policies = Object.entries(tf.resource?.aws_iam_role_policy ?? {});
    const [, driver] = policies.find(([id]) => id.includes("ebs-csi-driver")) ?? [];
    expect(JSON.parse(String(driver?.policy)).Statement).toEqual([
      {
        Effect: "Allow",
        Action: ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"],
        Resource: keys.volumes,
      },
      {
        Effect: "Allow",
        Action: "kms:CreateGrant",
        Resource: keys.volumes,
        Condition: { Bool: { "kms:GrantIsForAWSResource": "true" } },
      },
    ]);
  });
});

test("no two of its roles have one name, and none is longer than IAM takes from the longest name", () => {
  const names = resourcesOf(made({ name: "a".repeat(37) }), "aws_iam_role").map(({ name }) => String(name));
  expect(new Set(names).size).toBe(names.length);
  expect(Math.max(...names.map((name) => name.length))).toBeLessThanOrEqual(64);
});

test.each<[Partial<Record<keyof KubernetesClusterProps, unknown>>, string]>([
  [{ nodes: 0 }, "nodes: must be a whole number from 1 to 450, got 0"],
  [{ spareNodes: 451 }, "spareNodes: must be a whole number from 0 to 450, got 451"],
  [
    { spareNodes: 1, name: "a".repeat(32) },
    `name: must be lower-case letters, digits and single hyphens, a letter first, at most 31 characters (EKS node group), got '${"a".repeat(32)}'`,
  ],
  [{ version: "1.29" }, "version: must be '1.34', '1.35' or '1.36', got '1.29'"],
  [{ instanceType: "big" }, "instanceType: must be an EC2 instance type such as 'm7i.xlarge', got 'big'"],
  [{ network: {} }, "network.privateSubnetIds: is missing, must be a list of 2 to 16, each an id"],
  [{ administrators: {} }, "administrators: must name at least one role, or nobody could reach the cluster, got none"],
  [
    { name: "a".repeat(38) },
    `name: must be lower-case letters, digits and single hyphens, a letter first, at most 37 characters (EKS node group), got '${"a".repeat(38)}'`,
  ],
  ...["Team=a", "kubernetes.io/cluster/a", "ebs.csi.aws.com/cluster", "CSIVolumeName"].map((key): [object, string] => [
    { tags: { [key]: "a" } },
    `tags.${key}: must be named without '=' and as no tag of the volumes' driver, got '${key}'`,
  ]),
  ...["v1.57.2-eksbuild.1", "v0.99.0-eksbuild.1"].map((version): [object, string] => [
    { addonVersions: { "aws-ebs-csi-driver": version } },
    `addonVersions.aws-ebs-csi-driver: must be v1.58.0 or newer, which tags volumes by cluster, got '${version}'`,
  ]),
  [{ storageGib: 8 }, "storageGib: must be a whole number from 20 to 16384, got 8"],
])("refuses %j", (props, message) => {
  expect(() => made(props as Partial<KubernetesClusterProps>)).toThrow(`  Test/Cluster.${message}`);
});
