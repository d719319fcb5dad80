import { overlaps, rangeOf } from "../../lib/core/cidr";
import { zoneRangesOf } from "../../lib/network/subnets";

test("a /16 gives each zone a /19 for pods and two /24", () => {
  expect([0, 1, 2].map((zone) => zoneRangesOf("10.0.0.0/16", zone))).toEqual([
    { private: "10.0.0.0/19", public: "10.0.224.0/24", data: "10.0.232.0/24" },
    { private: "10.0.32.0/19", public: "10.0.225.0/24", data: "10.0.233.0/24" },
    { private: "10.0.64.0/19", public: "10.0.226.0/24", data: "10.0.234.0/24" },
  ]);
});

test.each(["10.0.0.0/16", "10.128.0.0/17", "172.16.64.0/18", "192.168.0.0/19", "10.255.240.0/20"] as const)(
  "the nine subnets of %s lie within it and apart from each other",
  (cidr) => {
    const ranges = [0, 1, 2].flatMap((zone) => Object.values(zoneRangesOf(cidr, zone))).map(rangeOf);
    const whole = rangeOf(cidr);
    for (const [index, range] of ranges.entries()) {
      expect(range !== undefined && whole !== undefined && range.isInSubnet(whole)).toBe(true);
      for (const other of ranges.slice(0, index)) {
        expect(range !== undefined && other !== undefined && overlaps(range, other)).toBe(false);
      }
    }
  },
);

test("the smallest subnets are as large as AWS wants them", () => {
  expect(rangeOf(zoneRangesOf("10.0.0.0/20", 0).data)?.subnetMask).toBe(28);
});
