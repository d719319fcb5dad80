import { environments } from "./support/synthesis/environments";
import { resourcesOf } from "./support/synthesis/synthesized";
import { synthesizedOnce } from "./support/synthesis/synthesized-once";

interface Relabeling {
  readonly targetLabel?: string;
  readonly replacement?: string;
}

/** Every list of relabelings that says which side a series is of. */
function sidesIn(value: unknown): Relabeling[][] {
  if (Array.isArray(value)) {
    const isOne = value.some((each) => each?.targetLabel === "side");
    return isOne ? [value as Relabeling[]] : value.flatMap(sidesIn);
  }
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(sidesIn) : [];
}

const lists = Object.entries(synthesizedOnce(environments).stacks).flatMap(([stack, tf]) =>
  resourcesOf(tf, "helm_release").flatMap(({ name, values = [] }) =>
    (values as readonly string[])
      .flatMap((text) => sidesIn(JSON.parse(text)))
      .map((relabelings) => ({ of: `${stack} ${name}`, environment: stack.split("-")[0], relabelings })),
  ),
);

test("series come from both sides' targets, the event store and AWS", () => {
  expect([...new Set(lists.map(({ of }) => of.replace(/^\S+? /, "")))].sort()).toEqual([
    "event-store-metrics",
    "kube-prometheus-stack",
    "prometheus-cloudwatch-exporter",
  ]);
});

test("a series of a side is of that side's cluster, too, by the same condition", () => {
  const expected = lists.map(({ of, environment, relabelings }) => {
    const side = relabelings.find(({ targetLabel }) => targetLabel === "side");
    return [of, { ...side, targetLabel: "cluster", replacement: `${environment}-${side?.replacement}` }];
  });
  const actual = lists.map(({ of, relabelings }) => [
    of,
    relabelings.find(({ targetLabel }) => targetLabel === "cluster"),
  ]);
  expect(actual).toEqual(expected);
});
