import { medianOf, mediansOf } from "../../../scripts/bench/timing";

test.each([
  [[3, 1, 2], 2],
  [[4, 1, 3, 2], 2.5],
])("the median of %j is %d", (values, median) => {
  expect(medianOf(values)).toBe(median);
});

test("programs alternate, and the medians of ten rounds count", async () => {
  const order: string[] = [];
  const medians = await mediansOf(["one", "other"], (program) => order.push(program));
  expect(order).toEqual(Array.from({ length: 10 }, () => ["one", "other"]).flat());
  expect(medians).toEqual({ one: 10, other: 11 });
});
