import { outcomesOf } from "../../../scripts/rehearsal/change-outcomes";
import { distinctStacks } from "../../../scripts/rehearsal/distinct-stacks";
import { chain, stack } from "./rehearsed-stacks";

/** Each changes the stack at the end of the chain, which the changes rehearse separately. */
const CHANGES = ["first", "second", "third"].map((key) => ({ key, plan: ["top ~ aws_vpc.V"] }));
const stacks = distinctStacks(
  CHANGES.map(({ key }, index) => ({
    label: `${index + 1}`,
    versions: [chain(), { ...chain(), top: stack(key, "middle") }],
    stacks: ["top"],
  })),
);
const SHARED = ["base.1", "middle.1"].map((name) => ({ name, actions: [] }));
const changed = (name: string, ...actions: readonly string[]) => ({ name, actions });

test("a change that does what it names is printed with its steps", () => {
  const steps = [...SHARED, ...["top.1", "top.2", "top.3"].map((name) => changed(name, "~ aws_vpc.V"))];
  expect(outcomesOf(CHANGES, { stacks, steps, stopped: [] })).toEqual(
    CHANGES.map(({ key }, index) => ({ verdict: "as expected", lines: [`${index + 1}. ${key}`, "top ~ aws_vpc.V"] })),
  );
});

test("what differs comes first with what was expected, and then what was not reached", () => {
  const steps = [...SHARED, changed("top.1", "~ aws_vpc.V"), changed("top.3", "-/+ aws_vpc.V", "+ 1")];
  const stopped = stacks.filter(({ name }) => name !== "top.3");
  expect(outcomesOf(CHANGES, { stacks, steps, stopped }).map(({ lines }) => lines[0])).toEqual([
    "3. third: must be top ~ aws_vpc.V, got top -/+ aws_vpc.V, top + 1",
    "2. second: not rehearsed",
    "1. first",
  ]);
});

test("a change whose stack failed did nothing", () => {
  const [first] = outcomesOf(CHANGES.slice(0, 1), { stacks, steps: SHARED, stopped: [] });
  expect(first).toEqual({ verdict: "different", lines: ["1. first: must be top ~ aws_vpc.V, got nothing"] });
});
