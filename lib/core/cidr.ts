import { Address4 } from "ip-address";
import { type Bounds, known, type Rule, rule, within } from "./rules";

/** An IPv4 range: `10.0.0.0/16`. */
export type Cidr = `${number}.${number}.${number}.${number}/${number}`;

/** RFC 1918. */
const PRIVATE = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"].map((range) => new Address4(range));

/** Whether a range lies in those that no router of the internet knows. */
export const isPrivate = (range: Address4): boolean => PRIVATE.some((it) => range.isInSubnet(it));

/** The range, where it is one and begins at its own first address. */
export function rangeOf(cidr: unknown): Address4 | undefined {
  if (typeof cidr !== "string" || !/^[\d.]+\/\d+$/.test(cidr) || !Address4.isValid(cidr)) return undefined;
  const range = new Address4(cidr);
  return range.startAddress().correctForm() === range.correctForm() ? range : undefined;
}

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
