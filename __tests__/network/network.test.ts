import { Network, type NetworkProps } from "../../lib/network/network";
import { keys } from "../support/synthesis/surroundings";
import { resourceOf, resourcesOf, synthesizeStack, type TerraformJson } from "../support/synthesis/synthesized";

const base: NetworkProps = {
  name: "orders",
  cidr: "10.0.0.0/16",
  availabilityZones: ["eu-central-1a", "eu-central-1b", "eu-central-1c"],
  keys,
};
const made = (props: Partial<NetworkProps> = {}) =>
  synthesizeStack((stack) => void new Network(stack, "Network", { ...base, ...props }));

test("has a public, a private and a data subnet in each of three zones", () => {
  const subnets = resourcesOf(made(), "aws_subnet").map(({ availability_zone, tags }) => [
    availability_zone,
    (tags as Record<string, string>).Name,
  ]);
  expect(subnets).toHaveLength(9);
  expect(subnets).toEqual(
    expect.arrayContaining([
      ["eu-central-1a", "orders-public-1"],
      ["eu-central-1b", "orders-private-2"],
      ["eu-central-1c", "orders-data-3"],
    ]),
  );
});

test.each([
  ["public", "kubernetes.io/role/elb"],
  ["private", "kubernetes.io/role/internal-elb"],
])("load balancers find the %s subnets by a tag", (tier, tag) => {
  const tagged = resourcesOf(made(), "aws_subnet")
    .map(({ tags }) => tags as Record<string, string>)
    .filter((tags) => tags[tag] === "1")
    .map(({ Name }) => Name);
  expect(tagged).toEqual([1, 2, 3].map((zone) => `orders-${tier}-${zone}`));
});

test("gives nothing a public address by itself", () => {
  expect(resourcesOf(made(), "aws_subnet").every((subnet) => subnet.map_public_ip_on_launch === false)).toBe(true);
});

test("names inside the network are resolved, without which private endpoints have no address", () => {
  expect(resourceOf(made(), "aws_vpc")).toMatchObject({ enable_dns_support: true, enable_dns_hostnames: true });
});

test("has a NAT gateway with a fixed address in each zone, and each zone's way out is its own", () => {
  const tf = made();
  expect(resourcesOf(tf, "aws_nat_gateway")).toHaveLength(3);
  expect(resourcesOf(tf, "aws_eip")).toHaveLength(3);
  const ways = resourcesOf(tf, "aws_route").map(({ nat_gateway_id }) => nat_gateway_id);
  expect(new Set(ways.filter(Boolean)).size).toBe(3);
});

test("has one NAT gateway for all zones where one is asked for", () => {
  const tf = made({ natGateways: "single" });
  expect(resourcesOf(tf, "aws_nat_gateway")).toHaveLength(1);
  const ways = resourcesOf(tf, "aws_route").map(({ nat_gateway_id }) => nat_gateway_id);
  expect(new Set(ways.filter(Boolean)).size).toBe(1);
  expect(ways.filter(Boolean)).toHaveLength(3);
});

test("gives the data subnets no way out", () => {
  const tf = made();
  const dataTable = Object.keys(tf.resource?.aws_route_table ?? {}).find((id) => id.includes("DataRoutes"));
  expect(dataTable).toBeDefined();
  for (const { route_table_id } of resourcesOf(tf, "aws_route")) {
    expect(route_table_id).not.toContain(dataTable);
  }
});

test("has each service's address in every private subnet, behind a firewall of its own", () => {
  const tf = made();
  const privates = Object.keys(tf.resource?.aws_subnet ?? {}).filter((id) => id.startsWith("Network_Private"));
  const [firewall] = Object.keys(tf.resource?.aws_security_group ?? {});
  const interfaces = resourcesOf(tf, "aws_vpc_endpoint").filter((it) => it.vpc_endpoint_type === "Interface");
  for (const { subnet_ids, security_group_ids } of interfaces) {
    expect(subnet_ids).toEqual(privates.map((id) => `\${aws_subnet.${id}.id}`));
    expect(security_group_ids).toEqual([`\${aws_security_group.${firewall}.id}`]);
  }
});

test("reaches S3 without a gateway from private subnets, and data subnets reach nothing", () => {
  const tf = made();
  const { route_table_ids } = resourceOf(tf, "aws_vpc_endpoint", { vpc_endpoint_type: "Gateway" });
  const tables = Object.keys(tf.resource?.aws_route_table ?? {}).filter((id) => id.includes("_Private"));
  expect(new Set(route_table_ids as string[])).toEqual(new Set(tables.map((id) => `\${aws_route_table.${id}.id}`)));
});

test("a NAT gateway waits for the way out, without which it has none", () => {
  for (const { depends_on } of resourcesOf(made(), "aws_nat_gateway")) {
    expect(depends_on).toEqual([expect.stringMatching(/^aws_internet_gateway\./)]);
  }
});

// AWS refuses to destroy a VPC that is used, but only once the gateways and the routes are gone.
test.each(["aws_vpc", "aws_subnet", "aws_eip"])(
  "an %s is not destroyed nor replaced until it is unprotected",
  (type) => {
    const guards = (tf: TerraformJson) => resourcesOf(tf, type).map(({ lifecycle }) => JSON.stringify(lifecycle));
    expect([...new Set(guards(made()))]).toEqual(['{"prevent_destroy":true}']);
    expect([...new Set(guards(made({ deletionProtection: false })))]).toEqual(['{"prevent_destroy":false}']);
  },
);

test("shuts the security group that every VPC is born with", () => {
  expect(resourceOf(made(), "aws_default_security_group")).not.toHaveProperty("ingress");
});

test("reaches S3 by route, and seven services by addresses that only the network may use", () => {
  const tf = made();
  const endpoints = resourcesOf(tf, "aws_vpc_endpoint");
  expect(endpoints.filter(({ vpc_endpoint_type }) => vpc_endpoint_type === "Gateway")).toHaveLength(1);
  const interfaces = endpoints.filter(({ vpc_endpoint_type }) => vpc_endpoint_type === "Interface");
  expect(interfaces).toHaveLength(7);
  expect(interfaces.every(({ private_dns_enabled }) => private_dns_enabled === true)).toBe(true);
  expect(resourceOf(tf, "aws_vpc_security_group_ingress_rule")).toMatchObject({
    cidr_ipv4: "10.0.0.0/16",
    from_port: 443,
  });
});

test("logs every flow, accepted or not, to a log group of its own", () => {
  const tf = made();
  expect(resourceOf(tf, "aws_flow_log")).toMatchObject({ traffic_type: "ALL", max_aggregation_interval: 60 });
  expect(resourceOf(tf, "aws_cloudwatch_log_group")).toMatchObject({ kms_key_id: keys.logs, retention_in_days: 365 });
});

test("what logs flows may write to its own log group, and waits for the right to", () => {
  const tf = made();
  const { Statement } = JSON.parse(String(resourceOf(tf, "aws_iam_role_policy").policy));
  expect(Statement).toEqual([
    {
      Effect: "Allow",
      Action: ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"],
      Resource: expect.stringMatching(/^\$\{aws_cloudwatch_log_group\..*\.arn\}:\*$/),
    },
    { Effect: "Allow", Action: "logs:DescribeLogGroups", Resource: "*" },
  ]);
  expect(resourceOf(tf, "aws_flow_log").depends_on).toEqual([expect.stringMatching(/^aws_iam_role_policy\./)]);
});

test.each<[Partial<Record<keyof NetworkProps, unknown>>, string]>([
  [{ cidr: "10.0.0.0/24" }, "cidr: must be a private range of /16 to /20 such as '10.0.0.0/16', got '10.0.0.0/24'"],
  [
    { availabilityZones: ["eu-central-1a"] },
    "availabilityZones: must be a list of 3, each a zone such as 'eu-central-1a', got a list of 1",
  ],
  [
    { availabilityZones: ["eu-central-1a", "eu-central-1b", "eu-central-1a"] },
    "availabilityZones[2]: must be given once, got 'eu-central-1a' twice",
  ],
  [
    { availabilityZones: ["eu-west-1a", "eu-west-1b", "us-east-1c"] },
    "availabilityZones: must be of one Region, got 'eu-west-1' and 'us-east-1'",
  ],
  [{ cidr: "8.8.0.0/16" }, "cidr: must be a private range of /16 to /20 such as '10.0.0.0/16', got '8.8.0.0/16'"],
  [{ deletionProtection: "no" }, "deletionProtection: must be true or false, got 'no'"],
  [{ keys: {} }, "keys.logs: is missing, must be the ARN of a KMS key"],
  [{ natGateways: "none" }, "natGateways: must be 'per-zone' or 'single', got 'none'"],
])("refuses %j", (props, message) => {
  expect(() => made(props as Partial<NetworkProps>)).toThrow(`  Test/Network.${message}`);
});
