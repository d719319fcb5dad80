import { Token } from "cdktf";
import { freeHours, isDailyWindow, isWeeklyWindow, overlapProblems, windowBefore } from "../../lib/core/windows";
import { minutesOf } from "../support/runtime/windows";

const DAILY = "a daily window such as '02:00-03:00', in UTC, of 30 minutes to 12 hours";
const WEEKLY = "a weekly window such as 'sun:04:00-sun:05:00', in UTC, of 30 minutes to 12 hours";

test.each(["02:00-02:30", "00:00-12:00", "23:45-00:15", "18:00-06:00"])("'%s' is a daily window", (window) => {
  expect(isDailyWindow(30).problemsOf(window, "backupWindow")).toEqual([]);
});

test.each([
  "02:00-02:29",
  "00:00-12:01",
  "03:00-02:00",
  "02:00-02:00",
  "24:00-01:00",
  "02:60-03:30",
  "2:00-3:00",
  "sun:02:00-sun:03:00",
  " 02:00-03:00",
  "",
])("'%s' is no daily window", (window) => {
  expect(isDailyWindow(30).problemsOf(window, "backupWindow")).toEqual([
    { path: "backupWindow", message: `must be ${DAILY}, got '${window}'` },
  ]);
});

test.each(["sun:04:00-sun:04:30", "mon:00:00-mon:12:00", "sun:23:45-mon:00:15", "sat:20:00-sun:08:00"])(
  "'%s' is a weekly window",
  (window) => {
    expect(isWeeklyWindow(30).problemsOf(window, "maintenanceWindow")).toEqual([]);
  },
);

test.each([
  "sun:04:00-sun:04:29",
  "mon:00:00-mon:12:01",
  "sun:05:00-sun:04:00",
  "sun:04:00-mon:05:00",
  "Sun:04:00-Sun:05:00",
  "sunday:04:00-sunday:05:00",
  "sun:04:00-05:00",
  "04:00-05:00",
])("'%s' is no weekly window", (window) => {
  expect(isWeeklyWindow(30).problemsOf(window, "maintenanceWindow")).toEqual([
    { path: "maintenanceWindow", message: `must be ${WEEKLY}, got '${window}'` },
  ]);
});

test("a window is as long as its service wants at least", () => {
  expect(isDailyWindow(60).problemsOf("02:00-02:59", "snapshotWindow")).toHaveLength(1);
  expect(isDailyWindow(60).problemsOf("02:00-03:00", "snapshotWindow")).toEqual([]);
});

test("a token is no window: nothing could be said about its overlap", () => {
  expect(isWeeklyWindow(30).problemsOf(Token.asString({ resolve: () => "" }), "maintenanceWindow")).toHaveLength(1);
});

test.each([
  ["sun:02:30-sun:03:30", "02:00-03:00"],
  ["sun:01:30-sun:02:30", "02:00-03:00"],
  ["sun:01:00-sun:04:00", "02:00-03:00"],
  ["sun:02:15-sun:02:45", "02:00-03:00"],
  ["sun:02:00-sun:03:00", "02:00-03:00"],
  ["sun:23:30-mon:00:30", "00:00-01:00"],
  ["mon:00:00-mon:01:00", "23:30-00:30"],
  ["sun:23:00-sun:23:59", "23:30-00:30"],
  ["wed:23:30-thu:00:30", "23:45-00:15"],
])("a weekly window %s overlaps a daily one %s", (weekly, daily) => {
  expect(overlapProblems(weekly, daily, "backupWindow", "Stack/Database")).toEqual([
    {
      path: "Stack/Database.maintenanceWindow",
      message: `must not overlap backupWindow '${daily}', got '${weekly}'`,
    },
  ]);
});

test.each([
  ["sun:03:00-sun:04:00", "02:00-03:00"],
  ["sun:01:00-sun:02:00", "02:00-03:00"],
  ["sun:23:00-mon:00:00", "00:00-01:00"],
  ["mon:00:30-mon:01:00", "23:30-00:30"],
])("a weekly window %s may lie beside a daily one %s", (weekly, daily) => {
  expect(overlapProblems(weekly, daily, "backupWindow", "Stack/Database")).toEqual([]);
});

test.each([
  ["sun:04:00-sun:05:00", "02:00-03:00", 1, "sun:03:30-sun:04:00"],
  ["sun:04:00-sun:05:00", "02:00-03:00", 3, "sun:01:30-sun:02:00"],
  ["mon:00:15-mon:01:15", "12:00-13:00", 1, "sun:23:45-mon:00:15"],
  ["mon:00:15-mon:01:15", "23:45-00:15", 1, "sun:23:15-sun:23:45"],
])("before %s, beside %s, window %i is %s", (weekly, daily, position, window) => {
  expect(windowBefore(weekly, daily, position)).toBe(window);
});

test.each([
  ["sun:04:00-sun:05:00", "02:00-03:00"],
  ["mon:00:00-mon:00:30", "00:30-01:00"],
  ["sun:23:45-mon:00:15", "00:15-12:15"],
  ["wed:06:00-wed:18:00", "18:00-06:00"],
  ["wed:06:10-wed:17:55", "17:59-05:59"],
])("fifteen replicas' windows overlap neither each other nor %s nor %s", (weekly, daily) => {
  const windows = Array.from({ length: 15 }, (_, index) => windowBefore(weekly, daily, index + 1));
  const taken = [weekly, daily, ...windows].flatMap(minutesOf);
  expect(new Set(taken).size).toBe(taken.length);
});

const without = (...hours: number[]) =>
  Array.from({ length: 24 }, (_, hour) => hour).filter((hour) => !hours.includes(hour));

test.each<[string, string, readonly number[], readonly number[]]>([
  // A day of the week, Monday, and Sunday.
  ["02:00-03:00", "sun:04:00-sun:05:00", [1, 2], [1, 2, 3, 4]],
  ["02:30-03:00", "sun:10:15-sun:11:15", [1, 2], [1, 2, 9, 10, 11]],
  // Over midnight, and over the end of the week.
  ["00:00-01:00", "sun:23:30-mon:00:30", [0, 23], [0, 22, 23]],
])("beside %s each day and %s, a job begins in any other hour", (daily, weekly, monday, sunday) => {
  const hours = freeHours({ daily, weekly });
  expect(hours).toHaveLength(7);
  expect(hours[0]).toEqual(without(...monday));
  expect(hours[6]).toEqual(without(...sunday));
});

test("where there is no window, each hour is free", () => {
  expect(freeHours({})).toEqual(Array(7).fill(without()));
});
