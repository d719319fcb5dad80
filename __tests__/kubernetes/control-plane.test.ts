import { DataAwsIamRole } from "@cdktf/provider-aws/lib/data-aws-iam-role";
import { ControlPlane, type ControlPlaneProps } from "../../lib/kubernetes/control-plane";
import { keys, network } from "../support/synthesis/surroundings";
import { resourceOf, resourcesOf, synthesizeStack, type TerraformJson } from "../support/synthesis/synthesized";

const base: ControlPlaneProps = {
  name: "orders",
  version: "1.35",
  network,
  keys,
  administrators: { deployer: "arn:aws:iam::111122223333:role/deployer" },
  serviceCidr: "172.20.0.0/16",
};
const made = (props: Partial<ControlPlaneProps> = {}, use: (controlPlane: ControlPlane) => void = () => {}) =>
  synthesizeStack((stack) => use(new ControlPlane(stack, "ControlPlane", { ...base, ...props })));

test("its role is EKS's, and may use the key of its secrets and no other", () => {
  const tf = made();
  expect(JSON.parse(String(resourceOf(tf, "aws_iam_role").assume_role_policy)).Statement).toEqual([
    {
      Effect: "Allow",
      Principal: { Service: "eks.amazonaws.com" },
      Action: ["sts:AssumeRole", "sts:TagSession"],
      Condition: {
        StringEquals: { "aws:SourceAccount": expect.stringContaining("account_id") },
        ArnLike: { "aws:SourceArn": expect.stringMatching(/:cluster\/orders$/) },
      },
    },
  ]);
  expect(JSON.parse(String(resourceOf(tf, "aws_iam_role_policy").policy)).Statement).toEqual([
    {
      Effect: "Allow",
      Action: ["kms:Encrypt", "kms:Decrypt", "kms:ListGrants", "kms:DescribeKey"],
      Resource: keys.clusters,
    },
  ]);
});

test("stands after its log group and its role's policies, and goes before them", () => {
  expect(resourceOf(made(), "aws_eks_cluster").depends_on).toEqual([
    expect.stringMatching(/^aws_cloudwatch_log_group\./),
    expect.stringMatching(/^aws_iam_role_policy_attachment\./),
    expect.stringMatching(/^aws_iam_role_policy\./),
  ]);
});

test("its log group has the name under which EKS looks for it", () => {
  expect(resourceOf(made(), "aws_cloudwatch_log_group")).toMatchObject({
    name: "/aws/eks/orders/cluster",
    kms_key_id: keys.logs,
    retention_in_days: 365,
  });
});

test("nobody administers it for having made it", () => {
  expect(resourceOf(made(), "aws_eks_cluster").access_config).toEqual({
    authentication_mode: "API",
    bootstrap_cluster_creator_admin_permissions: false,
  });
});

test("an administrator may do everything in the whole cluster, once he is known to it", () => {
  const tf = made();
  expect(resourceOf(tf, "aws_eks_access_entry")).toMatchObject({ principal_arn: base.administrators.deployer });
  expect(resourceOf(tf, "aws_eks_access_policy_association")).toMatchObject({
    principal_arn: base.administrators.deployer,
    policy_arn: expect.stringMatching(
      /^arn:\$\{data\.aws_partition\..*\}:eks::aws:cluster-access-policy\/AmazonEKSClusterAdminPolicy$/,
    ),
    access_scope: { type: "cluster" },
    depends_on: [expect.stringMatching(/^aws_eks_access_entry\./)],
  });
});

test("says nothing of public ranges while there is no public endpoint", () => {
  expect(resourceOf(made(), "aws_eks_cluster").vpc_config).toEqual({
    subnet_ids: network.privateSubnetIds,
    endpoint_private_access: true,
    endpoint_public_access: false,
  });
});

test("is not upgraded by AWS at the end of standard support", () => {
  expect(resourceOf(made(), "aws_eks_cluster").upgrade_policy).toEqual({ support_type: "EXTENDED" });
});

test.each([
  [undefined, true],
  [true, true],
  [false, false],
])("with deletionProtection %p, EKS and Terraform guard it: %p", (deletionProtection, guarded) => {
  expect(resourceOf(made({ deletionProtection }), "aws_eks_cluster")).toMatchObject({
    deletion_protection: guarded,
    lifecycle: { prevent_destroy: guarded },
  });
});

test("lets nobody but its nodes reach the private endpoint, until told to", () => {
  expect(resourcesOf(made(), "aws_vpc_security_group_ingress_rule")).toEqual([]);
});

/** Addresses of what EKS and EC2 know by a principal or a source, not by our name for it. */
const keyedAddresses = (tf: TerraformJson) =>
  ["aws_eks_access_entry", "aws_eks_access_policy_association", "aws_vpc_security_group_ingress_rule"].flatMap((type) =>
    Object.keys(tf.resource?.[type] ?? {}).map((id) => `${type}.${id}`),
  );

test("a renamed administrator or runner stays at its address, because AWS refuses a second of the same", () => {
  const arn = "arn:aws:iam::111122223333:role/deployer";
  const named = (administrator: string, runner: string) =>
    keyedAddresses(made({ administrators: { [administrator]: arn } }, (it) => it.allowFrom(runner, "sg-1")));
  expect(named("deployer", "Runner")).toHaveLength(3);
  expect(named("platform", "Pipeline")).toEqual(named("deployer", "Runner"));
});

test("another administrator or runner of the same name has another address", () => {
  const of = (role: string, group: string) =>
    keyedAddresses(
      made({ administrators: { it: `arn:aws:iam::111122223333:role/${role}` } }, (plane) =>
        plane.allowFrom("It", group),
      ),
    );
  const second = of("b", "sg-2");
  expect(of("a", "sg-1").filter((address) => second.includes(address))).toEqual([]);
});

test("a principal that only Terraform knows is at the address of its name", () => {
  const tf = synthesizeStack((stack) => {
    const { arn } = new DataAwsIamRole(stack, "Role", { name: "deployer" });
    new ControlPlane(stack, "ControlPlane", { ...base, administrators: { deployer: arn } });
  });
  expect(Object.keys(tf.resource?.aws_eks_access_entry ?? {})).toEqual([expect.stringContaining("deployer")]);
});

test("refuses a runner that is let in twice", () => {
  const twice = (it: ControlPlane) => ["Runner", "Pipeline"].map((id) => it.allowFrom(id, "sg-1"));
  expect(() => made({}, twice)).toThrow(
    "  Test/ControlPlane.allowFrom.Pipeline: must differ from all before it, got 'sg-1'",
  );
});

test("lets a runner's security group reach the private endpoint", () => {
  const tf = made({}, (controlPlane) => controlPlane.allowFrom("Runner", "sg-1"));
  expect(resourceOf(tf, "aws_vpc_security_group_ingress_rule")).toMatchObject({
    security_group_id: expect.stringMatching(/^\$\{aws_eks_cluster\..*\.vpc_config\[0\]\.cluster_security_group_id\}$/),
    description: "From Runner",
    referenced_security_group_id: "sg-1",
    ip_protocol: "tcp",
    from_port: 443,
    to_port: 443,
  });
});

test("does not let in whom no description can name", () => {
  expect(() => made({}, (controlPlane) => controlPlane.allowFrom("the team's", "sg-1"))).toThrow(
    "  Test/ControlPlane.allowFrom: must be named by at most 250 letters, digits, spaces and ._-:/()#,@[]+=&;{}!$*, got 'the team's'",
  );
});

test("lets in no range where a group is asked for", () => {
  expect(() => made({}, (controlPlane) => controlPlane.allowFrom("Runner", "0.0.0.0/0"))).toThrow(
    "  Test/ControlPlane.allowFrom.Runner: must be a security group's id such as 'sg-0a1b2c3d', got '0.0.0.0/0'",
  );
});

// EKS refuses it, but only at apply.
test("services have no address of the network's", () => {
  expect(() => made({ network: { ...network, cidrBlock: "172.16.0.0/12" } })).toThrow(
    "  Test/ControlPlane.serviceCidr: must not overlap the network's '172.16.0.0/12', got '172.20.0.0/16'",
  );
});

test("a network whose range is not known is left to EKS to judge", () => {
  expect(() => made({ network: { privateSubnetIds: network.privateSubnetIds } })).not.toThrow();
});

test.each<[Partial<Record<keyof ControlPlaneProps, unknown>>, string]>([
  [{ version: "1.33" }, "version: must be '1.34', '1.35' or '1.36', got '1.33'"],
  [
    { serviceCidr: "172.20.0.0/25" },
    "serviceCidr: must be a private range of /12 to /24 such as '172.20.0.0/16', got '172.20.0.0/25'",
  ],
  [
    { apiAccess: { cidrs: ["0.0.0.0/0"] } },
    "apiAccess.cidrs[0]: must be a public range of /16 to /32 such as '203.0.113.0/24', got '0.0.0.0/0'",
  ],
  [
    { administrators: { deployer: "arn:aws:sts::111122223333:assumed-role/deployer/me" } },
    "administrators.deployer: must be the ARN of an IAM role or user, got 'arn:aws:sts::111122223333:assumed-role/deployer/me'",
  ],
  [{ keys: { clusters: keys.clusters } }, "keys.logs: is missing, must be the ARN of a KMS key"],
])("refuses %j", (props, message) => {
  expect(() => made(props as Partial<ControlPlaneProps>)).toThrow(`  Test/ControlPlane.${message}`);
});
