import { isAfter, leastOf, type Position, positionOf, positionText } from "../../../runtime/event-store/position";

const at = (major: number, minor = 0): Position => ({ major: BigInt(major), minor: BigInt(minor) });

test.each<[readonly (Position | undefined)[], Position | undefined]>([
  [[], undefined],
  [[at(5)], at(5)],
  [[at(5), at(3), at(4)], at(3)],
  [[at(3, 2), at(3, 1)], at(3, 1)],
  [[undefined, at(5)], undefined],
  [[at(5), undefined], undefined],
  [[at(5), undefined, at(3)], undefined],
  [[undefined], undefined],
])("the least of %j is where all of them begin", (positions, least) => {
  expect(leastOf(positions)).toEqual(least);
});

test("a position is after those before it, and after none at all", () => {
  expect([isAfter(at(2), at(1)), isAfter(at(1), at(1)), isAfter(at(1), at(2)), isAfter(at(1), undefined)]).toEqual([
    ...[true, false, false, true],
  ]);
});

test("a text is a position's and nothing else", () => {
  expect(positionText(positionOf("12/34"))).toBe("12/34");
  expect(() => positionOf("012/3")).toThrow("position: must be like 12/34, got 012/3");
});
