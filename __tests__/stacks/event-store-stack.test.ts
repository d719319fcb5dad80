import { EventStoreStack, type EventStoreStackProps } from "../../stacks/event-store-stack";
import { secretsIn } from "../support/synthesis/secrets";
import { network } from "../support/synthesis/surroundings";
import { resourceOf, resourcesOf, stackOf, synthesizeApp } from "../support/synthesis/synthesized";

const base: EventStoreStackProps = {
  environment: "production",
  region: "eu-central-1",
  eventStore: {
    type: "managed",
    provider: "EventStore Cloud",
    size: "production",
    backup: { frequency: "hourly", retention: "30 days" },
  },
  cidr: "10.1.0.0/22",
  network,
  clients: { WriteCluster: "sg-write", ReadCluster: "sg-read" },
};
const synthesized = (props: Partial<EventStoreStackProps> = {}) =>
  stackOf(
    synthesizeApp((app) => new EventStoreStack(app, { ...base, ...props })),
    "production-event-store",
  );

test("the event store is named by its environment", () => {
  expect(resourceOf(synthesized(), "kurrentcloud_project").name).toBe("production-events");
});

test("the provider gets its credentials from the environment of whoever deploys", () => {
  const tf = synthesized();
  expect(tf.provider?.kurrentcloud).toEqual([{}]);
  expect(secretsIn(tf)).toEqual([]);
});

test("the provider's version may be moved", () => {
  const tf = synthesized({ providerVersions: { kurrentcloud: "~> 3.1" } });
  expect(tf.terraform?.required_providers?.kurrentcloud).toEqual({
    source: "kurrent-io/kurrentcloud",
    version: "~> 3.1",
  });
});

test("each client may connect, and nobody else", () => {
  const rules = resourcesOf(synthesized(), "aws_vpc_security_group_egress_rule");
  expect(rules.map((rule) => rule.security_group_id).sort()).toEqual(["sg-read", "sg-write"]);
});

test("without clients nobody may connect", () => {
  expect(resourcesOf(synthesized({ clients: {} }), "aws_vpc_security_group_egress_rule")).toEqual([]);
});

test("taken down it is unguarded", () => {
  const cluster = resourceOf(synthesized({ deletionProtection: false }), "kurrentcloud_managed_cluster");
  expect(cluster).toMatchObject({ protected: false, lifecycle: { prevent_destroy: false } });
});

test("puts out what others need, each described", () => {
  const outputs = Object.entries(synthesized().output ?? {});
  expect(outputs.map(([name]) => name).sort()).toEqual([
    "cidr",
    "cluster_id",
    "connection_string",
    "dns_name",
    "port",
    "project_id",
  ]);
  for (const [, output] of outputs) expect(output.description).toEqual(expect.stringMatching(/\S/));
});
