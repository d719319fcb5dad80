import { TerraformOutput, TerraformVariable, Token } from "cdktf";
import { EVENT_STORE_SIZES, type EventStoreSize } from "../../lib/config/event-store-sizes";
import { ManagedEventStore, type ManagedEventStoreProps } from "../../lib/event-store/managed-event-store";
import { Network } from "../../lib/network/network";
import { secretsIn } from "../support/synthesis/secrets";
import { keys, network } from "../support/synthesis/surroundings";
import {
  outputsOf,
  resourceOf,
  resourcesOf,
  synthesizeStack,
  type TerraformJson,
} from "../support/synthesis/synthesized";

const base: ManagedEventStoreProps = {
  name: "orders-events",
  size: "production",
  backup: { frequency: "hourly", retention: "30 days" },
  cidr: "10.1.0.0/22",
  region: "eu-central-1",
  network,
};
const synthesized = (props: Partial<ManagedEventStoreProps> = {}) =>
  synthesizeStack((stack) => {
    const store = new ManagedEventStore(stack, "Store", { ...base, ...props });
    store.allowFrom("WriteCluster", "sg-write");
  });
const one = (type: string, props: Partial<ManagedEventStoreProps> = {}) => resourceOf(synthesized(props), type);
const addressOf = (tf: TerraformJson, type: string) => `${type}.${Object.keys(tf.resource?.[type] ?? {})[0]}`;
const problems = (...lines: string[]) =>
  new Error(
    `${lines.length === 1 ? "1 problem" : `${lines.length} problems`} in the configuration, nothing was synthesized:\n` +
      lines.map((line) => `  Test/Store.${line}`).join("\n"),
  );

describe("the cluster", () => {
  test.each([
    ["development", "single-node", "c4", 100, 3000, 125],
    ["staging", "three-node-multi-zone", "m8", 250, 3000, 125],
    ["production", "three-node-multi-zone", "m32", 1024, 3000, 250],
    ["production-large", "three-node-multi-zone", "m64", 2048, 6000, 500],
  ] as const)("of size %s is %s on %s with %i GB of gp3", (size, topology, instance, disk, iops, throughput) => {
    expect(one("kurrentcloud_managed_cluster", { size })).toMatchObject({
      topology,
      instance_type: instance,
      disk_type: "gp3",
      disk_size: disk,
      disk_iops: iops,
      disk_throughput: throughput,
    });
  });

  test.each(Object.keys(EVENT_STORE_SIZES) as EventStoreSize[])(
    "of size %s is described in lower case alone, for a difference in case replaces it",
    (size) => {
      const tf = synthesized({ size });
      const texts = [
        ...["topology", "instance_type", "disk_type"].map((it) => resourceOf(tf, "kurrentcloud_managed_cluster")[it]),
        ...["resource_provider", "region"].map((it) => resourceOf(tf, "kurrentcloud_network")[it]),
        ...["peer_resource_provider", "peer_network_region"].map((it) => resourceOf(tf, "kurrentcloud_peering")[it]),
      ].map(String);
      expect(texts).toEqual(texts.map((each) => each.toLowerCase()));
    },
  );

  test("grows in place: another size of the same topology changes nothing that replaces it", () => {
    const { instance_type, disk_size, disk_iops, disk_throughput, ...production } = one("kurrentcloud_managed_cluster");
    expect(one("kurrentcloud_managed_cluster", { size: "production-large" })).toEqual({
      ...production,
      instance_type: "m64",
      disk_size: 2048,
      disk_iops: 6000,
      disk_throughput: 500,
    });
  });

  test("begins with KurrentDB 26.0 and system projections, in private", () => {
    expect(one("kurrentcloud_managed_cluster")).toMatchObject({
      server_version: "26.0",
      projection_level: "system",
      public_access: false,
    });
  });

  test("takes another version and level", () => {
    const props = { serverVersion: "24.10", projectionLevel: "user" } as const;
    expect(one("kurrentcloud_managed_cluster", props)).toMatchObject({
      server_version: "24.10",
      projection_level: "user",
    });
  });

  test("is left its version, which the provider can't change", () => {
    expect(one("kurrentcloud_managed_cluster").lifecycle).toMatchObject({ ignore_changes: ["server_version"] });
  });
});

describe("guards", () => {
  const GUARDED = ["kurrentcloud_project", "kurrentcloud_network", "kurrentcloud_managed_cluster"];

  test.each(GUARDED)("%s is not destroyed", (type) => {
    expect(one(type).lifecycle).toMatchObject({ prevent_destroy: true });
    expect(one(type, { deletionProtection: false }).lifecycle).toMatchObject({ prevent_destroy: false });
  });

  test("Kurrent protects the cluster too", () => {
    expect(one("kurrentcloud_managed_cluster").protected).toBe(true);
    expect(one("kurrentcloud_managed_cluster", { deletionProtection: false }).protected).toBe(false);
  });

  test.each(["kurrentcloud_peering", "kurrentcloud_scheduled_backup"])("%s may be replaced", (type) => {
    expect(one(type)).not.toHaveProperty("lifecycle");
  });
});

describe("the network", () => {
  test("is private, at AWS, in the VPC's Region, and keeps its first name", () => {
    expect(one("kurrentcloud_network")).toMatchObject({
      resource_provider: "aws",
      region: "eu-central-1",
      cidr_block: "10.1.0.0/22",
      public_access: false,
      lifecycle: { ignore_changes: ["name"] },
    });
  });

  test("is peered with the VPC of this account, whose range it reaches", () => {
    const tf = synthesized();
    const [caller] = Object.keys(tf.data?.aws_caller_identity ?? {});
    expect(resourceOf(tf, "kurrentcloud_peering")).toMatchObject({
      peer_resource_provider: "aws",
      peer_account_id: `\${data.aws_caller_identity.${caller}.account_id}`,
      peer_network_id: "vpc-1",
      peer_network_region: "eu-central-1",
      routes: ["10.0.0.0/16"],
    });
  });

  test("is accepted by the connection's id at AWS", () => {
    const tf = synthesized();
    expect(resourceOf(tf, "aws_vpc_peering_connection_accepter")).toMatchObject({
      vpc_peering_connection_id: `\${${addressOf(tf, "kurrentcloud_peering")}.provider_metadata["aws_peering_link_id"]}`,
      auto_accept: true,
    });
  });

  test("is reached from the private subnets alone, once it is accepted", () => {
    const tf = synthesizeStack((stack) => {
      const network = new Network(stack, "Network", {
        name: "orders",
        cidr: "10.0.0.0/16",
        availabilityZones: ["eu-central-1a", "eu-central-1b", "eu-central-1c"],
        keys,
      });
      new ManagedEventStore(stack, "Store", { ...base, network });
      new TerraformOutput(stack, "private", { value: network.privateRouteTableIds });
    });
    const routes = resourcesOf(tf, "aws_route").filter(({ destination_cidr_block }) =>
      String(destination_cidr_block).startsWith("10."),
    );
    expect(routes.map(({ route_table_id }) => route_table_id)).toEqual(outputsOf(tf).private);
    for (const route of routes) {
      expect(route).toMatchObject({
        destination_cidr_block: "10.1.0.0/22",
        vpc_peering_connection_id: `\${${addressOf(tf, "aws_vpc_peering_connection_accepter")}.id}`,
      });
    }
  });
});

describe("security groups", () => {
  test("let a client out to the store's port", () => {
    expect(resourcesOf(synthesized(), "aws_vpc_security_group_egress_rule")).toMatchObject([
      {
        security_group_id: "sg-write",
        description: "To event store orders-events",
        cidr_ipv4: "10.1.0.0/22",
        ip_protocol: "tcp",
        from_port: 2113,
        to_port: 2113,
      },
    ]);
  });

  test("let nothing in", () => {
    const types = Object.keys(synthesized().resource ?? {});
    expect(types.filter((type) => /ingress|security_group$|security_group_rule|network_acl/.test(type))).toEqual([]);
  });
});

describe("the backup", () => {
  test("runs hourly and is kept for 30 days, of this cluster", () => {
    const tf = synthesized();
    expect(resourceOf(tf, "kurrentcloud_scheduled_backup")).toMatchObject({
      schedule: "0 */1 * * *",
      max_backup_count: 720,
      source_cluster_id: `\${${addressOf(tf, "kurrentcloud_managed_cluster")}.id}`,
    });
  });

  test("is all that another retention changes", () => {
    const { kurrentcloud_scheduled_backup: before, ...rest } = synthesized().resource ?? {};
    const changed = synthesized({ backup: { frequency: "hourly", retention: "14 days" } }).resource;
    const [id = "", job] = Object.entries(before ?? {})[0] ?? [];
    expect(changed).toEqual({ ...rest, kurrentcloud_scheduled_backup: { [id]: { ...job, max_backup_count: 336 } } });
  });
});

test("says where it is, without any credential", () => {
  const tf = synthesizeStack((stack) => {
    const { projectId, clusterId, dnsName, port, cidr, connectionString } = new ManagedEventStore(stack, "Store", base);
    for (const [id, value] of Object.entries({ projectId, clusterId, dnsName, port, cidr, connectionString })) {
      new TerraformOutput(stack, id, { value });
    }
  });
  const cluster = addressOf(tf, "kurrentcloud_managed_cluster");
  expect(outputsOf(tf)).toEqual({
    projectId: `\${${addressOf(tf, "kurrentcloud_project")}.id}`,
    clusterId: `\${${cluster}.id}`,
    dnsName: `\${${cluster}.dns_name}`,
    port: 2113,
    cidr: "10.1.0.0/22",
    connectionString: `kurrentdb+discover://\${${cluster}.dns_name}:2113?nodePreference=leader`,
  });
  expect(secretsIn(tf)).toEqual([]);
});

describe("refuses", () => {
  test.each<[string, Readonly<Record<string, unknown>>, string]>([
    [
      "a size that is none",
      { size: "huge" },
      "size: must be 'development', 'staging', 'production' or 'production-large', got 'huge'",
    ],
    [
      "a name that AWS can't repeat",
      { name: "örders" },
      "name: must be letters, digits, spaces, '.', '_' and '-', at most 60 characters, got 'örders'",
    ],
    [
      "a name of 61 characters",
      { name: "a".repeat(61) },
      `name: must be letters, digits, spaces, '.', '_' and '-', at most 60 characters, got '${"a".repeat(57)}...'`,
    ],
    [
      "a range that is too small",
      { cidr: "10.1.0.0/25" },
      "cidr: must be a private range of /8 to /24 such as '10.1.0.0/22', got '10.1.0.0/25'",
    ],
    [
      "a range in the VPC's",
      { cidr: "10.0.4.0/22" },
      "cidr: must not overlap network.cidrBlock '10.0.0.0/16', got '10.0.4.0/22'",
    ],
    [
      "a range around the VPC's",
      { cidr: "10.0.0.0/8" },
      "cidr: must not overlap network.cidrBlock '10.0.0.0/16', got '10.0.0.0/8'",
    ],
    [
      "a zone as Region",
      { region: "EU-Central-1" },
      "region: must be a Region such as 'eu-central-1', outside China, got 'EU-Central-1'",
    ],
    [
      "a network without its range",
      { network: { ...network, cidrBlock: undefined } },
      "network.cidrBlock: is missing, must be a range of /8 to /28 such as '10.0.0.0/16'",
    ],
    [
      "a network without private route tables",
      { network: { ...network, privateRouteTableIds: [] } },
      "network.privateRouteTableIds: must be a list of 1 to 100, each an id, got an empty list",
    ],
    [
      "route tables whose number only Terraform knows",
      { network: { ...network, privateRouteTableIds: Token.asList({ resolve: () => [] }) } },
      "network.privateRouteTableIds: must be a list of 1 to 100, each an id, known at synth, got a list token",
    ],
    ["a patch version", { serverVersion: "26.0.3" }, "serverVersion: must be a version such as '26.0', got '26.0.3'"],
    [
      "a level that is none",
      { projectionLevel: "System" },
      "projectionLevel: must be 'off', 'system' or 'user', got 'System'",
    ],
    [
      "a key that is none",
      { deletionprotection: false },
      "deletionprotection: is not a key here, did you mean 'deletionProtection'?",
    ],
  ])("%s", (_, props, problem) => {
    expect(() => synthesized(props as Partial<ManagedEventStoreProps>)).toThrow(problems(problem));
  });

  test("all that is wrong at once", () => {
    const backup = { frequency: "hourly", retention: "2 years" } as unknown as ManagedEventStoreProps["backup"];
    expect(() => synthesized({ region: "europe", backup })).toThrow(
      problems(
        "backup.retention: must be a number of days such as '30 days', got '2 years'",
        "region: must be a Region such as 'eu-central-1', outside China, got 'europe'",
      ),
    );
  });
});

test("takes what Terraform knows only later", () => {
  const tf = synthesizeStack((stack) => {
    const variable = (id: string) => new TerraformVariable(stack, id, { type: "string" }).stringValue;
    const later = { vpcId: variable("vpc"), cidrBlock: variable("range"), privateRouteTableIds: [variable("table")] };
    new ManagedEventStore(stack, "Store", { ...base, network: later });
  });
  expect(resourceOf(tf, "kurrentcloud_peering")).toMatchObject({
    peer_network_id: "${var.vpc}",
    routes: ["${var.range}"],
  });
  expect(resourceOf(tf, "aws_route").route_table_id).toBe("${var.table}");
});

test.each([
  [
    "the team's",
    "sg-write",
    "allowFrom: must be named by at most 250 letters, digits, spaces and ._-:/()#,@[]+=&;{}!$*, got 'the team's'",
  ],
  ["Runner", "0.0.0.0/0", "allowFrom.Runner: must be a security group's id such as 'sg-0a1b2c3d', got '0.0.0.0/0'"],
])("lets out nobody as %s by '%s'", (id, group, message) => {
  const made = () =>
    synthesizeStack((stack) => {
      new ManagedEventStore(stack, "Store", base).allowFrom(id, group);
    });
  expect(made).toThrow(problems(message));
});
