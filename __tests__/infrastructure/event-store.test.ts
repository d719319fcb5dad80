import { EventStore, type EventStoreProps } from "../../lib/infrastructure/event-store";
import { network } from "../support/synthesis/surroundings";
import { resourceOf, synthesizeStack } from "../support/synthesis/synthesized";

const base: EventStoreProps = {
  type: "managed",
  provider: "EventStore Cloud",
  size: "production",
  backup: { frequency: "hourly", retention: "30 days" },
  cidr: "10.1.0.0/22",
  region: "eu-central-1",
  network,
};
const synthesized = (props: Partial<EventStoreProps> = {}) =>
  synthesizeStack((stack) => new EventStore(stack, "EventStore", { ...base, ...props }));

test("the seed's words make three nodes in three zones, backed up hourly for 30 days", () => {
  const tf = synthesized();
  expect(resourceOf(tf, "kurrentcloud_managed_cluster")).toMatchObject({
    topology: "three-node-multi-zone",
    instance_type: "m32",
    disk_size: 1024,
  });
  expect(resourceOf(tf, "kurrentcloud_scheduled_backup")).toMatchObject({
    schedule: "0 */1 * * *",
    max_backup_count: 720,
  });
});

test("both names of the provider mean the same", () => {
  expect(synthesized({ provider: "Kurrent Cloud" })).toEqual(synthesized({ provider: "EventStore Cloud" }));
});

test("is named by its stack", () => {
  expect(resourceOf(synthesized(), "kurrentcloud_project").name).toBe("Test-events");
});

test.each(["kurrentcloud_project", "kurrentcloud_network", "kurrentcloud_peering", "kurrentcloud_managed_cluster"])(
  "%s takes a name of one's own",
  (type) => {
    expect(resourceOf(synthesized({ name: "orders" }), type).name).toBe("orders");
  },
);

test.each<[keyof EventStoreProps, Partial<EventStoreProps>, object]>([
  ["serverVersion", { serverVersion: "24.10" }, { server_version: "24.10" }],
  ["projectionLevel", { projectionLevel: "off" }, { projection_level: "off" }],
  ["deletionProtection", { deletionProtection: false }, { protected: false }],
])("passes %s on", (_, props, args) => {
  expect(resourceOf(synthesized(props), "kurrentcloud_managed_cluster")).toMatchObject(args);
});

test("another backup changes the job alone", () => {
  const { kurrentcloud_scheduled_backup: before, ...rest } = synthesized().resource ?? {};
  const backup = { frequency: "daily", retention: "14 days" } as const;
  const { kurrentcloud_scheduled_backup: after, ...same } = synthesized({ backup }).resource ?? {};
  expect(same).toEqual(rest);
  expect(after).not.toEqual(before);
  expect(Object.keys(after ?? {})).toEqual(Object.keys(before ?? {}));
});

test.each<[Partial<Record<keyof EventStoreProps, unknown>>, string]>([
  [{ type: "self-hosted" }, "type: must be 'managed', got 'self-hosted'"],
  [{ provider: "AWS" }, "provider: must be 'EventStore Cloud' or 'Kurrent Cloud', got 'AWS'"],
  [{ provider: undefined }, "provider: is missing, must be 'EventStore Cloud' or 'Kurrent Cloud'"],
  [{ size: "large" }, "size: must be 'development', 'staging', 'production' or 'production-large', got 'large'"],
  [
    { backup: { frequency: "minutely", retention: "30 days" } },
    "backup.frequency: must be 'hourly' or 'daily', got 'minutely'",
  ],
  [{ cidr: "10.0.0.0/22" }, "cidr: must not overlap network.cidrBlock '10.0.0.0/16', got '10.0.0.0/22'"],
  [{ cidr: "8.8.8.0/24" }, "cidr: must be a private range of /8 to /24 such as '10.1.0.0/22', got '8.8.8.0/24'"],
])("refuses %j", (props, problem) => {
  expect(() => synthesized(props as Partial<EventStoreProps>)).toThrow(
    new Error(`1 problem in the configuration, nothing was synthesized:\n  Test/EventStore.${problem}`),
  );
});
