import { ownPartitions, partitionOf, partitionSettings } from "../../../runtime/projections/partitions";
import { SettingsError } from "../../../runtime/settings";

const sound = {
  PROJECTION_WORKERS: "5",
  PROJECTION_INDEX: "4",
  PROJECTION_PARTITIONS: "100",
  PROJECTION_PARALLELISM: "10",
};

// draft-eastlake-fnv, test vectors of FNV-1a with 32 bits; another number is another division of all events.
test.each([
  ["", 0x811c9dc5],
  ["a", 0xe40c292c],
  ["foobar", 0xbf9cf968],
])("the hash of '%s' is FNV-1a's", (stream, hash) => {
  expect(partitionOf(stream, 2 ** 32)).toBe(hash);
});

test("a stream with letters of any script has a partition", () => {
  expect(partitionOf("kunde-Łukasz-東京", 100)).toBeGreaterThanOrEqual(0);
  expect(partitionOf("kunde-Łukasz-東京", 100)).toBeLessThan(100);
});

test.each([1, 3, 5, 7])("each of 100 partitions has one of %d owners", (workers) => {
  const owned = Array.from({ length: workers }, (_, index) =>
    ownPartitions({ workers, index, partitions: 100, parallelism: 1 }),
  ).flat();
  expect([...owned].sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, number) => number));
});

test("streams are spread over partitions", () => {
  const counts = new Map<number, number>();
  for (let index = 0; index < 10_000; index++) {
    const partition = partitionOf(`order-${index}`, 10);
    counts.set(partition, (counts.get(partition) ?? 0) + 1);
  }
  for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(200);
});

test("settings come from the environment", () => {
  expect(partitionSettings(sound)).toEqual({ workers: 5, index: 4, partitions: 100, parallelism: 10 });
});

test.each([
  [{ PROJECTION_WORKERS: undefined }, "PROJECTION_WORKERS: is missing, must be a whole number from 1 to 1000"],
  [{ PROJECTION_WORKERS: "0" }, "PROJECTION_WORKERS: must be a whole number from 1 to 1000, got '0'"],
  [{ PROJECTION_INDEX: "-1" }, "PROJECTION_INDEX: must be a whole number from 0 to 999, got '-1'"],
  [{ PROJECTION_INDEX: "5" }, "PROJECTION_INDEX: must be below PROJECTION_WORKERS, 5, got '5'"],
  [{ PROJECTION_PARTITIONS: "1e2" }, "PROJECTION_PARTITIONS: must be a whole number from 1 to 10000, got '1e2'"],
  [{ PROJECTION_PARTITIONS: "4" }, "PROJECTION_PARTITIONS: must be at least PROJECTION_WORKERS, 5, got '4'"],
  [{ PROJECTION_PARALLELISM: "" }, "PROJECTION_PARALLELISM: must be a whole number from 1 to 1000, got ''"],
])("%j stops the start", (change, problem) => {
  expect(() => partitionSettings({ ...sound, ...change })).toThrow(new SettingsError([problem]));
});
