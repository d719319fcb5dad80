import { NetworkStack, type NetworkStackProps } from "../../stacks/network-stack";
import { keys } from "../support/synthesis/surroundings";
import {
  outputsOf,
  resourceOf,
  resourcesOf,
  stackOf,
  synthesizeApp,
  type TerraformJson,
} from "../support/synthesis/synthesized";

const network: NetworkStackProps["network"] = { cidr: "10.0.0.0/16", eventStoreCidr: "10.1.0.0/22" };
const made = (props: Partial<NetworkStackProps> = {}) =>
  stackOf(
    synthesizeApp(
      (app) => new NetworkStack(app, { environment: "production", region: "eu-central-1", network, keys, ...props }),
    ),
    "production-network",
  );
const zonesOf = (tf: TerraformJson) => [
  ...new Set(resourcesOf(tf, "aws_subnet").map(({ availability_zone }) => availability_zone)),
];

test("lies in the Region's zones a, b and c", () => {
  expect(zonesOf(made({ region: "us-east-2" }))).toEqual(["us-east-2a", "us-east-2b", "us-east-2c"]);
});

test("lies in the zones that are named, in their order", () => {
  const availabilityZones = ["us-east-1d", "us-east-1a", "us-east-1f"];
  const tf = made({ region: "us-east-1", network: { ...network, availabilityZones } });
  expect(resourceOf(tf, "aws_subnet", { cidr_block: "10.0.0.0/19" }).availability_zone).toBe("us-east-1d");
  expect(new Set(zonesOf(tf))).toEqual(new Set(availabilityZones));
});

test("is named by its environment", () => {
  expect(resourceOf(made(), "aws_vpc").tags).toEqual({ Name: "production" });
});

test("has one NAT gateway where the environment asks for one", () => {
  expect(resourcesOf(made({ network: { ...network, natGateways: "single" } }), "aws_nat_gateway")).toHaveLength(1);
});

test("puts out what other stacks and other tools need of it", () => {
  const outputs = outputsOf(made());
  const threeSubnets = Array(3).fill(expect.stringMatching(/^\$\{aws_subnet\..*\.id\}$/));
  expect(outputs).toEqual({
    vpc_id: expect.stringMatching(/^\$\{aws_vpc\..*\.id\}$/),
    public_subnet_ids: threeSubnets,
    private_subnet_ids: threeSubnets,
    data_subnet_ids: threeSubnets,
    private_route_table_ids: Array(3).fill(expect.stringMatching(/^\$\{aws_route_table\..*\.id\}$/)),
  });
});

test("is guarded unless the environment is not", () => {
  expect(resourceOf(made(), "aws_vpc").lifecycle).toEqual({ prevent_destroy: true });
  expect(resourceOf(made({ deletionProtection: false }), "aws_vpc").lifecycle).toEqual({ prevent_destroy: false });
});
