import {
  coresOf,
  daysOf,
  isCores,
  isDays,
  isMemory,
  isStorage,
  memoryGibOf,
  storageGibOf,
} from "../../lib/config/quantities";

test.each([
  ["1 core", 1],
  ["1 cores", 1],
  ["4 cores", 4],
  ["192 cores", 192],
  ["9007199254740993 cores", 9_007_199_254_740_992],
])("'%s' are %d vCPUs", (quantity, cores) => {
  expect(coresOf(quantity)).toBe(cores);
});

test.each([
  ["1GB", 1],
  ["16GB", 16],
  ["1024GB", 1024],
])("'%s' are %d GiB of memory", (quantity, gib) => {
  expect(memoryGibOf(quantity)).toBe(gib);
});

test.each([
  ["SSD 20GB", 20],
  ["SSD 500GB", 500],
  ["SSD 1TB", 1024],
  ["SSD 16TB", 16_384],
])("'%s' are %d GiB of storage", (quantity, gib) => {
  expect(storageGibOf(quantity)).toBe(gib);
});

test.each([
  ["1 day", 1],
  ["30 days", 30],
  ["365 days", 365],
])("'%s' are %d days", (quantity, days) => {
  expect(daysOf(quantity)).toBe(days);
});

const NOTHING = [undefined, null, 4, 4n, "", {}, [], ["4 cores"], new String("4 cores")];

test.each([
  ...["4", "4cores", "4  cores", " 4 cores", "4 cores ", "4 cores\n", "4\u00a0cores", "\uff14 cores", "\u0664 cores"],
  ...["0 cores", "00 cores", "04 cores", "-4 cores", "+4 cores", "1.5 cores", "1,5 cores", "4e1 cores", "0x4 cores"],
  ...["4 core", "4 Cores", "4 CORES", "4 vcpus", "four cores", "NaN cores", "Infinity cores", "4 cores 8 cores"],
  ...NOTHING,
])("%p is no number of cores", (quantity) => {
  expect(coresOf(quantity)).toBeUndefined();
});

test.each([
  ...[
    "16",
    "16 GB",
    "16gb",
    "16Gb",
    "16GiB",
    "16G",
    "16MB",
    "1TB",
    "0GB",
    "016GB",
    "-16GB",
    "7.5GB",
    "1e3GB",
    "16GB\n",
  ],
  ...NOTHING,
])("%p is no size of memory", (quantity) => {
  expect(memoryGibOf(quantity)).toBeUndefined();
});

test.each([
  ...["500GB", "SSD500GB", "SSD  500GB", "SSD 500 GB", "ssd 500GB", "HDD 500GB", "SSD 500MB", "SSD 1PB", "SSD 0GB"],
  ...["SSD 0TB", "SSD 1.5TB", "SSD -1TB", "SSD 0500GB", "SSD\u00a0500GB", "SSD 500GB SSD 1TB", "SSD", "500GB SSD"],
  ...NOTHING,
])("%p is no size of storage", (quantity) => {
  expect(storageGibOf(quantity)).toBeUndefined();
});

test.each([
  ...["30", "30days", "30 day", "0 days", "030 days", "-30 days", "1.5 days", "4 weeks", "1 month", "30 Days", "P30D"],
  ...NOTHING,
])("%p is no number of days", (quantity) => {
  expect(daysOf(quantity)).toBeUndefined();
});

const bounds = { min: "SSD 20GB", max: "SSD 16TB" } as const;

test.each(["SSD 20GB", "SSD 16384GB", "SSD 16TB"])("'%s' lies within 20 GiB and 16 TiB", (quantity) => {
  expect(isStorage(bounds).problemsOf(quantity, "storage")).toEqual([]);
});

test.each(["SSD 19GB", "SSD 16385GB", "SSD 17TB", `SSD ${"9".repeat(400)}TB`])("'%s' does not", (quantity) => {
  const shown = quantity.length > 60 ? `${quantity.slice(0, 57)}...` : quantity;
  expect(isStorage(bounds).problemsOf(quantity, "storage")).toEqual([
    { path: "storage", message: `must be from 'SSD 20GB' to 'SSD 16TB', got '${shown}'` },
  ]);
});

test.each([
  [isCores, "a number of cores such as '4 cores'"],
  [isMemory, "a size such as '16GB'"],
  [isStorage(bounds), "a size such as 'SSD 500GB' or 'SSD 1TB'"],
  [isDays({ min: "1 day", max: "365 days" }), "a number of days such as '30 days'"],
])("a quantity in no form, or none at all, is answered with an example: %#", (rule, allowed) => {
  expect(rule.problemsOf("4", "at")).toEqual([{ path: "at", message: `must be ${allowed}, got '4'` }]);
  expect(rule.problemsOf(undefined, "at")).toEqual([{ path: "at", message: `is missing, must be ${allowed}` }]);
});
