import { SUBNET_BITS } from "../config/subnet-addresses";
import { blockOf, type Cidr, rangeOf } from "../core/cidr";

/** Ranges of one zone. */
export interface ZoneRanges {
  /** An eighth of the network: pods take their addresses here. */
  readonly private: Cidr;
  /** A 256th: NAT gateways and load balancers. */
  readonly public: Cidr;
  /** A 256th: databases and caches. */
  readonly data: Cidr;
}

/** Eighths of the network that are private subnets, from the first on; the small subnets lie in the last one. */
const SMALL_BLOCKS_BEGIN_AT = 224;
const DATA_AFTER_PUBLIC = 8;

/** Cuts a network's range into three zones'. A zone's ranges depend on its position alone. */
export function zoneRangesOf(cidr: Cidr, zone: number): ZoneRanges {
  const range = rangeOf(cidr);
  if (range === undefined) throw new TypeError(`${cidr} is no range`);
  const large = range.subnetMask + SUBNET_BITS.private;
  const small = range.subnetMask + SUBNET_BITS.data;
  return {
    private: blockOf(range, large, zone),
    public: blockOf(range, small, SMALL_BLOCKS_BEGIN_AT + zone),
    data: blockOf(range, small, SMALL_BLOCKS_BEGIN_AT + DATA_AFTER_PUBLIC + zone),
  };
}
