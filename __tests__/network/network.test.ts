import { Network, type NetworkProps } from "../../lib/network/network";
import { keys } from "../support/surroundings";
import { resourceOf, resourcesOf, synthesizeStack } from "../support/synthesized";

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

test.each<[Partial<Record<keyof NetworkProps, unknown>>, string]>([
  [{ cidr: "10.0.0.0/24" }, "cidr: must be a private range of /16 to /20 such as '10.0.0.0/16', got '10.0.0.0/24'"],
  [{ availabilityZones: ["eu-central-1a"] }, "availabilityZones: must be a list of 3, each a zone, got a list of 1"],
  [{ keys: {} }, "keys: must be the ARNs of the keys 'logs', got an empty object"],
  [{ natGateways: "none" }, "natGateways: must be 'per-zone' or 'single', got 'none'"],
])("refuses %j", (props, message) => {
  expect(() => made(props as Partial<NetworkProps>)).toThrow(`  Test/Network.${message}`);
});
