import { movedProgram } from "../../../scripts/rehearsal/moved-program";
import type { Program } from "../../../scripts/rehearsal/program";
import { stack } from "./rehearsed-stacks";

const lifecycle = { ignore_changes: ["engine_version"], postcondition: [{ condition: "${self.engine_version}" }] };
const store: Program = {
  other: stack("other"),
  store: {
    ...stack("store"),
    tf: {
      resource: {
        aws_eks_node_group: { Nodes_0123ABCD: { scaling_config: { desired_size: 0, max_size: 3 }, labels: ["a"] } },
        aws_elasticache_replication_group: { Cache_18F6EE16: { engine_version: "8.2", lifecycle } },
      },
    },
  },
};

test("has the arguments that the change leaves, those within blocks too, and all others as they were", () => {
  const moved = movedProgram(store, {
    store: { "aws_eks_node_group.Nodes": { scaling_config: { desired_size: 2 }, labels: ["b"] } },
  });
  expect(moved.other).toBe(store.other);
  expect(moved.store?.tf.resource?.aws_eks_node_group).toMatchObject({
    Nodes_0123ABCD: { scaling_config: { desired_size: 2, max_size: 3 }, labels: ["b"] },
  });
});

test("is deployed whatever the next deployment would say of it", () => {
  const moved = movedProgram(store, {
    store: { "aws_elasticache_replication_group.Cache": { engine_version: "9.1" } },
  });
  expect(moved.store?.tf.resource?.aws_elasticache_replication_group).toEqual({
    Cache_18F6EE16: { engine_version: "9.1", lifecycle: { ignore_changes: ["engine_version"] } },
  });
});

test.each([
  [{ shop: {} }, "shop: must be a stack of the app, got none of that name"],
  [
    { store: { "aws_db_instance.Cache": {} } },
    "aws_db_instance.Cache: must be a resource of the stack, got none at that address",
  ],
])("refuses %j", (leaves, message) => {
  expect(() => movedProgram(store, leaves)).toThrow(message);
});
