import { isPublic, overlaps, rangeOf } from "../../lib/core/cidr";
import { CLOUDFLARE_RANGES } from "../../lib/edge/cloudflare-ranges";

test.each(CLOUDFLARE_RANGES)("%s is a range of the internet", (cidr) => {
  const range = rangeOf(cidr);
  expect(range && isPublic(range)).toBe(true);
});

test("there are the fifteen that Cloudflare has published, none of them twice", () => {
  const ranges = CLOUDFLARE_RANGES.map((cidr) => rangeOf(cidr)).filter((range) => range !== undefined);
  expect(ranges).toHaveLength(15);
  expect(ranges.filter((range, index) => ranges.slice(0, index).some((other) => overlaps(range, other)))).toEqual([]);
});
