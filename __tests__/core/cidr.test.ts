import { blockOf, type Cidr, isPrivate, isPublic, overlaps, privateRange, rangeOf } from "../../lib/core/cidr";

const range = (cidr: Cidr) => {
  const found = rangeOf(cidr);
  if (found === undefined) throw new Error(`${cidr} is no range`);
  return found;
};

test.each(["10.0.0.0/8", "10.0.0.0/16", "192.168.1.128/25", "203.0.113.7/32", "0.0.0.0/0"])("%s is a range", (cidr) => {
  expect(rangeOf(cidr)?.correctForm()).toBe(cidr.split("/")[0]);
});

test.each([
  "10.0.0.1/16",
  "10.0.0.0/33",
  "10.0.0.0/-1",
  "10.0.0.0/1.5",
  "10.0.0.0/016",
  "10.0.0.0/",
  "010.0.0.0/16",
  "10.0.0/16",
  "10.0.0.0",
  "256.0.0.0/16",
  "10.0.0.0/16\n",
  " 10.0.0.0/16",
  "10.0.0.0/255.255.0.0",
  "fd00::/64",
  "",
  undefined,
  null,
  10,
  ["10.0.0.0/16"],
  { cidr: "10.0.0.0/16" },
])("%j is no range", (cidr) => {
  expect(rangeOf(cidr)).toBeUndefined();
});

test.each<[Cidr, boolean]>([
  ["10.0.0.0/8", true],
  ["172.16.0.0/12", true],
  ["172.31.255.0/24", true],
  ["192.168.0.0/16", true],
  ["172.32.0.0/16", false],
  ["172.0.0.0/8", false],
  ["100.64.0.0/16", false],
  ["8.8.8.0/24", false],
])("%s is private: %s", (cidr, expected) => {
  expect(isPrivate(range(cidr))).toBe(expected);
});

test.each<[Cidr, boolean]>([
  ["8.8.8.0/24", true],
  ["203.0.113.0/24", true],
  ["223.255.255.0/24", true],
  ["10.0.0.0/16", false],
  ["172.0.0.0/11", false],
  ["100.64.0.0/16", false],
  ["127.0.0.1/32", false],
  ["169.254.169.254/32", false],
  ["224.0.0.0/16", false],
  ["0.0.0.0/0", false],
])("%s is public: %s", (cidr, expected) => {
  expect(isPublic(range(cidr))).toBe(expected);
});

test.each<[Cidr, Cidr, boolean]>([
  ["10.0.0.0/16", "10.0.0.0/16", true],
  ["10.0.0.0/16", "10.0.255.0/24", true],
  ["10.0.255.0/24", "10.0.0.0/16", true],
  ["10.0.0.0/16", "10.1.0.0/16", false],
  ["10.0.0.0/17", "10.0.128.0/17", false],
])("%s and %s overlap: %s", (a, b, expected) => {
  expect(overlaps(range(a), range(b))).toBe(expected);
});

test.each<[Cidr, number, number, Cidr]>([
  ["10.0.0.0/16", 19, 0, "10.0.0.0/19"],
  ["10.0.0.0/16", 19, 7, "10.0.224.0/19"],
  ["10.0.0.0/16", 24, 255, "10.0.255.0/24"],
  ["10.128.0.0/17", 20, 2, "10.128.32.0/20"],
  ["172.16.64.0/18", 26, 255, "172.16.127.192/26"],
  ["192.168.32.0/19", 22, 7, "192.168.60.0/22"],
  ["10.255.240.0/20", 28, 255, "10.255.255.240/28"],
])("of %s cut into /%d, block %d is %s", (cidr, prefix, index, block) => {
  expect(blockOf(range(cidr), prefix, index)).toBe(block);
});

test.each([16, 17, 18, 19, 20])("the 256 blocks of a /%d fill it without a gap", (prefix) => {
  const whole = range(`10.16.0.0/${prefix}` as Cidr);
  const blocks = Array.from({ length: 256 }, (_, index) => range(blockOf(whole, prefix + 8, index)));
  const edges = blocks.map((block) => [block.startAddress().bigInt(), block.endAddress().bigInt()] as const);
  expect(edges[0]?.[0]).toBe(whole.startAddress().bigInt());
  expect(edges.at(-1)?.[1]).toBe(whole.endAddress().bigInt());
  for (const [index, [first]] of edges.slice(1).entries()) expect(first).toBe((edges[index]?.[1] ?? 0n) + 1n);
});

test.each(["10.0.0.0/15", "10.0.0.0/21", "11.0.0.0/16"])(
  "a private range has bounds, and %s is outside of them",
  (cidr) => {
    expect(privateRange({ min: 16, max: 20 }, "10.0.0.0/16").problemsOf(cidr, "cidr")).toEqual([
      { path: "cidr", message: `must be a private range of /16 to /20 such as '10.0.0.0/16', got '${cidr}'` },
    ]);
  },
);
