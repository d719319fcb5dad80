import { IngestLoadBalancer, type IngestLoadBalancerProps } from "../../lib/monitoring/ingest-load-balancer";
import { resourceOf, resourcesOf, synthesizeStack } from "../support/synthesis/synthesized";

const base: IngestLoadBalancerProps = {
  name: "production-monitoring",
  network: { vpcId: "vpc-1", privateSubnetIds: ["subnet-a", "subnet-b", "subnet-c"] },
  nodes: { securityGroupId: "sg-read", autoscalingGroupNames: { Nodes: "nodes" } },
  clients: { WriteCluster: "sg-write" },
  ports: { Prometheus0: { listener: 9090, node: 30_050 }, Elasticsearch: { listener: 9200, node: 30_060 } },
};
const balancer = (props: Partial<IngestLoadBalancerProps> = {}) =>
  synthesizeStack((stack) => new IngestLoadBalancer(stack, "Ingest", { ...base, ...props }));

test("is reached from within alone", () => {
  expect(resourceOf(balancer(), "aws_lb")).toMatchObject({
    internal: true,
    load_balancer_type: "network",
    subnets: ["subnet-a", "subnet-b", "subnet-c"],
    security_groups: [expect.stringContaining("aws_security_group.Ingest_SecurityGroup")],
  });
});

test("lets in none but its clients' nodes, each port by itself", () => {
  const rules = resourcesOf(balancer(), "aws_vpc_security_group_ingress_rule").filter(
    ({ referenced_security_group_id }) => referenced_security_group_id === "sg-write",
  );
  expect(rules.map(({ from_port, to_port, cidr_ipv4 }) => ({ from_port, to_port, cidr_ipv4 }))).toEqual([
    { from_port: 9200, to_port: 9200, cidr_ipv4: undefined },
    { from_port: 9090, to_port: 9090, cidr_ipv4: undefined },
  ]);
});

test("opens the nodes to itself alone", () => {
  const tf = balancer();
  const opened = resourcesOf(tf, "aws_vpc_security_group_ingress_rule").filter(
    ({ security_group_id }) => security_group_id === "sg-read",
  );
  expect(opened.map(({ from_port }) => from_port)).toEqual([30_060, 30_050]);
  for (const { referenced_security_group_id } of opened) {
    expect(referenced_security_group_id).toContain("aws_security_group.Ingest_SecurityGroup");
  }
});

test("has a target group and a listener for each port, and every scaling group in each", () => {
  const tf = balancer({
    nodes: { securityGroupId: "sg-read", autoscalingGroupNames: { Nodes: "nodes", Spare: "spare" } },
  });
  expect(resourcesOf(tf, "aws_lb_target_group").map(({ port }) => port)).toEqual([30_060, 30_050]);
  expect(resourcesOf(tf, "aws_lb_listener").map(({ port }) => port)).toEqual([9200, 9090]);
  expect(resourcesOf(tf, "aws_autoscaling_attachment")).toHaveLength(4);
});

test.each<[Partial<IngestLoadBalancerProps>, string]>([
  [
    { ports: { Prometheus0: { listener: 9090, node: 9090 } } },
    "Ingest.ports.Prometheus0.node: must be a whole number from 30000 to 32767, got 9090",
  ],
  [{ clients: { WriteCluster: "10.0.0.0/16" } }, "Ingest.clients.WriteCluster: must be a security group's id"],
])("refuses %j", (props, message) => {
  expect(() => balancer(props)).toThrow(message);
});
