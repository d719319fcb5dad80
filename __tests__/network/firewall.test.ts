import { DataAwsVpc } from "@cdktf/provider-aws/lib/data-aws-vpc";
import { Firewall, type FirewallProps } from "../../lib/network/firewall";
import { resourceOf, resourcesOf, synthesizeStack } from "../support/synthesis/synthesized";

const base: FirewallProps = { name: "orders", description: "Store of orders", vpcId: "vpc-1", port: 5432 };
const made = (use: (firewall: Firewall) => void = () => {}, props: Partial<FirewallProps> = {}) =>
  synthesizeStack((stack) => use(new Firewall(stack, "Firewall", { ...base, ...props })));

test("is shut until somebody is let in", () => {
  const tf = made();
  expect(resourcesOf(tf, "aws_vpc_security_group_ingress_rule")).toEqual([]);
  expect(resourceOf(tf, "aws_security_group")).not.toHaveProperty("ingress");
});

test("lets nothing out", () => {
  const tf = made();
  expect(resourceOf(tf, "aws_security_group")).not.toHaveProperty("egress");
  expect(resourcesOf(tf, "aws_vpc_security_group_egress_rule")).toEqual([]);
});

test("a new group can stand before the old one goes, as its name is Terraform's to complete", () => {
  expect(resourceOf(made(), "aws_security_group")).toMatchObject({
    name_prefix: "orders-",
    lifecycle: { create_before_destroy: true },
  });
});

test("lets in a security group by a name, at its one port", () => {
  const tf = made((firewall) => firewall.allowFrom("ReadCluster", "sg-1"));
  const rule = resourceOf(tf, "aws_vpc_security_group_ingress_rule");
  expect(rule).toMatchObject({
    description: "From ReadCluster",
    referenced_security_group_id: "sg-1",
    ip_protocol: "tcp",
    from_port: 5432,
    to_port: 5432,
  });
  expect(rule).not.toHaveProperty("cidr_ipv4");
});

test("lets in a range by a name, at its one port", () => {
  const tf = made((firewall) => firewall.allowFromCidr("Office", "203.0.113.0/24"));
  const rule = resourceOf(tf, "aws_vpc_security_group_ingress_rule");
  expect(rule).toMatchObject({ description: "From Office", cidr_ipv4: "203.0.113.0/24", from_port: 5432 });
  expect(rule).not.toHaveProperty("referenced_security_group_id");
});

test("each who is let in has a rule of its own", () => {
  const tf = made((firewall) => {
    firewall.allowFrom("One", "sg-1");
    firewall.allowFrom("Two", "sg-2");
  });
  expect(Object.keys(tf.resource?.aws_vpc_security_group_ingress_rule ?? {})).toEqual([
    expect.stringContaining("From-sg-1"),
    expect.stringContaining("From-sg-2"),
  ]);
});

test("who is let in under another name stays at the rule's address, because EC2 refuses a second rule of the same", () => {
  const named = (group: string, range: string) => {
    const tf = made((firewall) => {
      firewall.allowFrom(group, "sg-1");
      firewall.allowFromCidr(range, "203.0.113.0/24");
    });
    return Object.keys(tf.resource?.aws_vpc_security_group_ingress_rule ?? {});
  };
  expect(named("Api", "Office")).toHaveLength(2);
  expect(named("QueryApi", "Berlin")).toEqual(named("Api", "Office"));
});

test("refuses to let in the same twice", () => {
  const twice = (firewall: Firewall) => ["One", "Two"].map((id) => firewall.allowFromCidr(id, "203.0.113.0/24"));
  expect(() => made(twice)).toThrow(
    "  Test/Firewall.allowFromCidr.Two: must differ from all before it, got '203.0.113.0/24'",
  );
});

test("a range that only Terraform knows is let in", () => {
  const tf = made((firewall) => firewall.allowFromCidr("Peer", new DataAwsVpc(firewall, "Peer", {}).cidrBlock));
  expect(resourceOf(tf, "aws_vpc_security_group_ingress_rule").cidr_ipv4).toMatch(
    /^\$\{data\.aws_vpc\..*\.cidr_block\}$/,
  );
});

test.each(["0.0.0.0/0", "0.0.0.0/1", "8.0.0.0/7", "10.0.0.1/16", "10.0.0.0", "::/0"])("does not let in %s", (cidr) => {
  expect(() => made((firewall) => firewall.allowFromCidr("Office", cidr))).toThrow(
    `  Test/Firewall.allowFromCidr.Office: must be a private range of /8 to /32 or a public one of /16 to /32, such as '10.0.0.0/16', got '${cidr}'`,
  );
});

test.each(["orders", "0.0.0.0/0", "sg-", ""])("lets in nobody by '%s', which is no group's id", (group) => {
  expect(() => made((firewall) => firewall.allowFrom("Runner", group))).toThrow(
    `  Test/Firewall.allowFrom.Runner: must be a security group's id such as 'sg-0a1b2c3d', got '${group}'`,
  );
});

// EC2 refuses such a rule's description, but only at apply.
test("refuses a name that no description takes", () => {
  expect(() => made((firewall) => firewall.allowFrom("the team's", "sg-1"))).toThrow(
    "  Test/Firewall.allowFrom: must be named by at most 250 letters, digits, spaces and ._-:/()#,@[]+=&;{}!$*, got 'the team's'",
  );
});

test.each<[Partial<FirewallProps>, string]>([
  [{ name: "sg" }, "name: must not be 'sg' nor begin with 'sg-', as ids of security groups do, got 'sg'"],
  [{ name: "sg-orders" }, "name: must not be 'sg' nor begin with 'sg-', as ids of security groups do, got 'sg-orders'"],
  [{ port: 0 }, "port: must be a whole number from 1 to 65535, got 0"],
  [{ port: 65536 }, "port: must be a whole number from 1 to 65535, got 65536"],
  [{ description: "the team's" }, "description: must be a text of at most 255 characters, got 'the team's'"],
])("refuses %j", (props, message) => {
  expect(() => made(undefined, props)).toThrow(`  Test/Firewall.${message}`);
});

test.each([1, 65535])("takes port %d", (port) => {
  expect(() => made(undefined, { port })).not.toThrow();
});
