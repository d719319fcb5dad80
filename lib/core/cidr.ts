import { Address4 } from "ip-address";
import { type Bounds, known, type Rule, rule, within } from "./rules";

/** An IPv4 range: `10.0.0.0/16`. */
export type Cidr = `${bigint}.${bigint}.${bigint}.${bigint}/${bigint}`;

/** RFC 1918. */
const PRIVATE = ranges("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16");
/** IANA: neither these are anybody's on the internet. Those of documentation are let through, for examples are. */
const SPECIAL = ranges("0.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3");

/** Whether a range lies in those that no router of the internet knows. */
export const isPrivate = (range: Address4): boolean => PRIVATE.some((it) => range.isInSubnet(it));

/** Whether somebody on the internet may have every address of a range. */
export const isPublic = (range: Address4): boolean => ![...PRIVATE, ...SPECIAL].some((it) => overlaps(range, it));

/** The range, where it is written as one that begins at its own first address, without a zero too many. */
export function rangeOf(cidr: unknown): Address4 | undefined {
  if (typeof cidr !== "string" || !Address4.isValid(cidr)) return undefined;
  const range = new Address4(cidr);
  return `${range.startAddress().correctForm()}/${range.subnetMask}` === cidr ? range : undefined;
}

/** A range of whatever width. */
export const isRange = (example: Cidr): Rule =>
  rule(`a range such as '${example}'`, (value) => rangeOf(value) !== undefined);

/** A private range whose prefix length lies within `prefix`. */
export const privateRange = (prefix: Bounds, example: Cidr): Rule =>
  known(
    rule(`a private range of /${prefix.min} to /${prefix.max} such as '${example}'`, (value) => {
      const range = rangeOf(value);
      return range !== undefined && within(prefix, range.subnetMask) && isPrivate(range);
    }),
  );

export const overlaps = (a: Address4, b: Address4): boolean => a.isInSubnet(b) || b.isInSubnet(a);

/** The `index`th block of `prefix` length in a range. */
export function blockOf(range: Address4, prefix: number, index: number): Cidr {
  const first = Number(range.startAddress().bigInt()) + index * 2 ** (32 - prefix);
  return `${Address4.fromInteger(first).correctForm()}/${prefix}` as Cidr;
}

function ranges(...cidrs: readonly Cidr[]): readonly Address4[] {
  return cidrs.map((cidr) => new Address4(cidr));
}
