import { type Benchmark, runBenchmarks } from "../../../scripts/bench/gate";

const printed: string[] = [];
beforeEach(() => {
  printed.length = 0;
  for (const method of ["log", "error"] as const) {
    jest.spyOn(console, method).mockImplementation((...line) => {
      printed.push(line.join(" "));
    });
  }
});
afterEach(() => jest.restoreAllMocks());

/** A fake: each time that it runs, it measures the next value, of which at most 1 is allowed. */
function measuring(...values: readonly number[]): Benchmark & { readonly left: () => number } {
  const left = [...values];
  const benchmark = async () => [{ name: "cost", value: left.shift() ?? 0, unit: "times", limit: { atMost: 1 } }];
  return Object.assign(benchmark, { left: () => left.length });
}

test("a benchmark within its limits runs once", async () => {
  const cheap = measuring(1, 1);
  expect(await runBenchmarks({ cheap })).toEqual([]);
  expect(cheap.left()).toBe(1);
});

test("only what is beyond a limit is measured again, once, and all others still run", async () => {
  const [busy, dear, cheap] = [measuring(2, 1, 1), measuring(2, 3, 1), measuring(1, 1)];
  expect(await runBenchmarks({ busy, dear, cheap })).toEqual(["dear: beyond a limit"]);
  expect([busy, dear, cheap].map(({ left }) => left())).toEqual([1, 1, 1]);
  expect(printed.filter((line) => line.includes("MISSED"))).toHaveLength(3);
});

test("a benchmark that throws fails without a second try, and the others still run", async () => {
  const broken = jest.fn().mockRejectedValue(new Error("no PostgreSQL"));
  const dear = measuring(2, 2);
  expect(await runBenchmarks({ broken, dear })).toEqual(["broken: failed", "dear: beyond a limit"]);
  expect(broken).toHaveBeenCalledTimes(1);
  expect(printed).toContain("Error: no PostgreSQL");
});

test.each([
  ["more than is allowed", { value: 1.1, limit: { atMost: 1 } }],
  ["less than is needed", { value: 0.9, limit: { atLeast: 1 } }],
  ["no number", { value: Number.NaN, limit: { atMost: 1 } }],
])("%s is beyond a limit", async (_, result) => {
  const benchmark = async () => [{ name: "cost", unit: "times", ...result }];
  expect(await runBenchmarks({ benchmark })).toEqual(["benchmark: beyond a limit"]);
});
