import { DataAwsSecurityGroup } from "@cdktf/provider-aws/lib/data-aws-security-group";
import { CLOUDFLARE_RANGES } from "../../lib/edge/cloudflare-ranges";
import { ANYBODY, NetworkLoadBalancer, type NetworkLoadBalancerProps } from "../../lib/edge/network-load-balancer";
import { nginxValues } from "../../lib/edge/nginx";
import { resourceOf, resourcesOf, synthesizeStack } from "../support/synthesis/synthesized";

const base: NetworkLoadBalancerProps = {
  name: "production-write",
  network: { vpcId: "vpc-1", publicSubnetIds: ["subnet-1", "subnet-2"] },
  nodes: { securityGroupId: "sg-0a1b", autoscalingGroupNames: { Nodes: "eks-nodes-1" } },
  clients: [ANYBODY],
};
const made = (props: Partial<NetworkLoadBalancerProps> = {}) =>
  synthesizeStack((stack) => new NetworkLoadBalancer(stack, "Balancer", { ...base, ...props }));
const OWN_GROUP = expect.stringMatching(/^\$\{aws_security_group\./);
const TARGETS = expect.stringMatching(/^\$\{aws_lb_target_group\..+\.arn\}$/);

test("is a network load balancer on the internet, with a group of its own from its birth on", () => {
  expect(resourceOf(made(), "aws_lb")).toMatchObject({
    name: "production-write",
    load_balancer_type: "network",
    internal: false,
    subnets: ["subnet-1", "subnet-2"],
    security_groups: [OWN_GROUP],
    enable_cross_zone_load_balancing: true,
  });
});

test("neither AWS nor Terraform destroys it, nor its address", () => {
  expect(resourceOf(made(), "aws_lb")).toMatchObject({
    enable_deletion_protection: true,
    lifecycle: { prevent_destroy: true },
  });
});

test("both guards go together", () => {
  expect(resourceOf(made({ deletionProtection: false }), "aws_lb")).toMatchObject({
    enable_deletion_protection: false,
    lifecycle: { prevent_destroy: false },
  });
});

test("hears TLS alone, and leaves it to NGINX", () => {
  expect(resourcesOf(made(), "aws_lb_listener")).toEqual([
    expect.objectContaining({
      port: 443,
      protocol: "TCP",
      default_action: [{ type: "forward", target_group_arn: TARGETS }],
    }),
  ]);
});

test("sends what it hears to NGINX's port of each node, from the client's own address", () => {
  expect(resourceOf(made(), "aws_lb_target_group")).toMatchObject({
    target_type: "instance",
    protocol: "TCP",
    port: 30_043,
    preserve_client_ip: "true",
    vpc_id: "vpc-1",
  });
});

test("asks each node's NGINX for its health, at a port for that", () => {
  expect(resourceOf(made(), "aws_lb_target_group").health_check).toEqual({
    protocol: "HTTP",
    port: "30081",
    path: "/healthz",
    matcher: "200",
    interval: 10,
    healthy_threshold: 2,
    unhealthy_threshold: 2,
  });
});

test("lets requests end at a node that is about to go", () => {
  expect(resourceOf(made(), "aws_lb_target_group")).toMatchObject({
    deregistration_delay: "60",
    target_health_state: [{ enable_unhealthy_connection_termination: false, unhealthy_draining_interval: 60 }],
  });
});

test("its ports are NGINX's", () => {
  const { port, health_check } = resourceOf(made(), "aws_lb_target_group");
  expect(nginxValues({ namespace: "commands" })).toMatchObject({
    controller: {
      service: {
        httpsPort: { nodePort: port },
        customPorts: [{ nodePort: Number((health_check as { port: string }).port) }],
      },
    },
  });
});

test("whatever joins the nodes gets requests, and a new group of nodes before the old one goes", () => {
  expect(resourceOf(made(), "aws_autoscaling_attachment")).toMatchObject({
    autoscaling_group_name: "eks-nodes-1",
    lb_target_group_arn: TARGETS,
    lifecycle: { create_before_destroy: true },
  });
});

test("another target group can stand before the old one goes", () => {
  expect(resourceOf(made(), "aws_lb_target_group")).toMatchObject({
    name_prefix: "nginx-",
    lifecycle: { create_before_destroy: true },
  });
});

test("anybody may reach port 443, and no other", () => {
  expect(resourcesOf(made(), "aws_vpc_security_group_ingress_rule").filter((rule) => "cidr_ipv4" in rule)).toEqual([
    expect.objectContaining({
      security_group_id: OWN_GROUP,
      description: "From anybody",
      cidr_ipv4: "0.0.0.0/0",
      ip_protocol: "tcp",
      from_port: 443,
      to_port: 443,
    }),
  ]);
});

test("only those in the ranges may reach it, where there are some", () => {
  const rules = resourcesOf(made({ clients: CLOUDFLARE_RANGES }), "aws_vpc_security_group_ingress_rule");
  expect(rules.flatMap(({ cidr_ipv4 }) => cidr_ipv4 ?? [])).toEqual(CLOUDFLARE_RANGES);
});

test("a range that goes takes its own rule along, and no other", () => {
  const addresses = (...clients: NetworkLoadBalancerProps["clients"]) =>
    Object.keys(made({ clients }).resource?.aws_vpc_security_group_ingress_rule ?? {});
  const [first, ...rest] = addresses("104.16.0.0/13", "172.64.0.0/13");
  expect(first).toMatch(/From-104-16-0-0-13/);
  expect(addresses("172.64.0.0/13")).toEqual(rest);
});

test("nodes let the load balancer in at NGINX's ports, and it reaches nothing else", () => {
  const tf = made();
  const ports = [
    { from_port: 30_081, to_port: 30_081 },
    { from_port: 30_043, to_port: 30_043 },
  ];
  expect(resourcesOf(tf, "aws_vpc_security_group_egress_rule")).toMatchObject(
    ports.map((port) => ({ security_group_id: OWN_GROUP, referenced_security_group_id: "sg-0a1b", ...port })),
  );
  expect(
    resourcesOf(tf, "aws_vpc_security_group_ingress_rule").filter((rule) => rule.security_group_id === "sg-0a1b"),
  ).toMatchObject(ports.map((port) => ({ referenced_security_group_id: OWN_GROUP, ...port })));
  expect(resourceOf(tf, "aws_security_group")).not.toHaveProperty("egress");
});

test("two of one name are one too many", () => {
  const build = () =>
    synthesizeStack((stack) => {
      new NetworkLoadBalancer(stack, "One", base);
      new NetworkLoadBalancer(stack, "Two", base);
    });
  expect(build).toThrow(
    "  Test/Two.name: must be another, got 'production-write', which the load balancer at 'Test/One' has",
  );
});

test("nodes that only Terraform knows are taken", () => {
  const build = () =>
    synthesizeStack((stack) => {
      const { id } = new DataAwsSecurityGroup(stack, "Nodes", {});
      new NetworkLoadBalancer(stack, "Balancer", {
        ...base,
        nodes: { securityGroupId: id, autoscalingGroupNames: { Nodes: id } },
      });
    });
  expect(build).not.toThrow();
});

test("32 characters are a name", () => {
  expect(() => made({ name: "a".repeat(32) })).not.toThrow();
});

const NAME =
  "must be lower-case letters, digits and single hyphens, a letter first, at most 32 characters (load balancer)";
const RANGE = "must be '0.0.0.0/0', or a range of the internet of /8 to /32 such as '173.245.48.0/20'";
test.each<[Partial<NetworkLoadBalancerProps>, string]>([
  [{ name: "a".repeat(33) }, `name: ${NAME}, got '${"a".repeat(33)}'`],
  [{ name: "write-" }, `name: ${NAME}, got 'write-'`],
  [{ name: "internal-write" }, "name: must not begin with 'internal-', got 'internal-write'"],
  [{ clients: ["10.0.0.0/8"] }, `clients[0]: ${RANGE}, got '10.0.0.0/8'`],
  [{ clients: ["104.16.0.1/13"] }, `clients[0]: ${RANGE}, got '104.16.0.1/13'`],
  [{ clients: ["104.0.0.0/7"] }, `clients[0]: ${RANGE}, got '104.0.0.0/7'`],
  [{ clients: [ANYBODY, ANYBODY] }, "clients[1]: must be given once, got '0.0.0.0/0' twice"],
  [{ clients: [] }, `clients: must be a list of 1 to 50, each ${RANGE.slice("must be ".length)}, got an empty list`],
  [
    { nodes: { ...base.nodes, securityGroupId: "nodes" } },
    "nodes.securityGroupId: must be a security group's id such as 'sg-0a1b2c3d', got 'nodes'",
  ],
  [
    { nodes: { ...base.nodes, autoscalingGroupNames: { Nodes: "" } } },
    "nodes.autoscalingGroupNames.Nodes: must be a scaling group's name, got ''",
  ],
])("refuses %j", (props, message) => {
  expect(() => made(props)).toThrow(`  Test/Balancer.${message}`);
});
