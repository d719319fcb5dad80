import { eventsOption } from "../../scripts/events-option";

afterEach(() => jest.restoreAllMocks());

/** What the option is, or how the process ends. */
function given(...args: readonly string[]): readonly unknown[] {
  const error = jest.spyOn(console, "error").mockReturnValue(undefined);
  jest.spyOn(process, "exit").mockImplementation((code) => {
    throw code;
  });
  try {
    return [eventsOption(20_000, args)];
  } catch (code) {
    return [code, error.mock.calls.flat()];
  }
}

test("is the default, or what is given", () => {
  expect(given()).toEqual([20_000]);
  expect(given("--events", "10000")).toEqual([10_000]);
});

test.each(["x", "9999", "1e5.5", "", "20000.5"])("%j is refused with exit code 2", (events) => {
  const message = `--events: must be a whole number of 10000 or more, got ${JSON.stringify(events)}`;
  expect(given(`--events=${events}`)).toEqual([2, [message]]);
});

test("another option is refused with exit code 2", () => {
  expect(given("--evnts", "10000")).toEqual([2, [expect.stringContaining("'--evnts'")]]);
});
