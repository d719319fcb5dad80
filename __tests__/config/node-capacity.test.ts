import { nodeCapacityOf } from "../../lib/config/node-capacity";
import { unplaced } from "../../lib/config/pod-placement";

const small = { cpu: "1 core", memory: "2GB" };

// CPU as nodes of EKS report it: 3920m (awslabs/amazon-eks-ami#387), 15890m and 63770m (2i2c-org/infrastructure#2121).
test.each([
  ["r5.xlarge", 3920],
  ["r5.4xlarge", 15_890],
  ["r5.16xlarge", 63_770],
  ["m7i.large", 1930],
])("CPU of %s: %dm", (type, cpu) => {
  expect(nodeCapacityOf(small, "x86_64", type)?.allocatable.cpu).toBe(cpu);
});

// 92.5 % of the instance's memory, less 255 MiB and 11 MiB for each pod of its interfaces, less 100 MiB.
test.each([
  ["m7i.large", 7577 - (255 + 11 * 29) - 100],
  ["m7i.xlarge", 15_155 - (255 + 11 * 58) - 100],
  ["m7i.4xlarge", 60_620 - (255 + 11 * 234) - 100],
  ["m7i.16xlarge", 242_483 - (255 + 11 * 737) - 100],
])("memory of %s: %dMi", (type, memory) => {
  expect(nodeCapacityOf(small, "x86_64", type)?.allocatable.memory).toBe(memory);
});

test.each([
  ["m7i.4xlarge", 110],
  ["m7i.8xlarge", 250],
])("%s takes %d pods", (type, pods) => {
  expect(nodeCapacityOf(small, "x86_64", type)?.maxPods).toBe(pods);
});

test("without a choice, a node is the least instance that holds the resources", () => {
  expect(nodeCapacityOf({ cpu: "4 cores", memory: "16GB" })?.instanceType).toBe("m7i.xlarge");
  expect(nodeCapacityOf({ cpu: "4 cores", memory: "16GB" }, "arm64")?.instanceType).toBe("m8g.xlarge");
});

test("a type of which only the name is known counts as what is asked of it", () => {
  const asked = { cpu: "8 cores", memory: "32GB" };
  expect(nodeCapacityOf(asked, "x86_64", "i99.2xlarge")?.allocatable).toEqual(nodeCapacityOf(asked)?.allocatable);
});

test("the type is one of the Region's, where it lacks the newest family", () => {
  const asked = { cpu: "100 cores", memory: "400GB" };
  expect(nodeCapacityOf(asked)?.instanceType).toBe("m7i.48xlarge");
  expect(nodeCapacityOf(asked, "x86_64", undefined, "me-south-1")?.instanceType).toBe("m6i.32xlarge");
});

test("unsound resources have no capacity", () => {
  expect(nodeCapacityOf({ cpu: "4", memory: "16GB" })).toBeUndefined();
});

describe("placing", () => {
  const node = { allocatable: { cpu: 1000, memory: 1000 }, maxPods: 3 };
  const pods = (name: string, cpu: number, memory: number, count: number) => ({
    ...{ name, count },
    requests: { cpu, memory },
  });
  const waiting = (...groups: ReturnType<typeof pods>[]) =>
    unplaced(groups, 2, node).map(({ name, count }) => [name, count]);

  test("as much as there is fits", () => {
    expect(waiting(pods("a", 500, 500, 4))).toEqual([]);
  });

  test("the largest waits, not the first", () => {
    expect(waiting(pods("large", 900, 100, 2), pods("small", 200, 200, 1))).toEqual([["large", 1]]);
  });

  test("memory alone, and the number of pods alone, can be what is short", () => {
    expect(waiting(pods("a", 1, 600, 3))).toEqual([["a", 1]]);
    expect(waiting(pods("a", 1, 1, 8))).toEqual([["a", 2]]);
  });
});
