import type { Cidr } from "../core/cidr";

/**
 * Where Cloudflare's requests come from: https://www.cloudflare.com/ips-v4, last changed on 2023-09-28, read on
 * 2026-11-23. A constant and no data source, for it says who gets in: a change is to be read before it is applied, and
 * two runs of one version are to plan the same. IPv6 is left out, for the load balancers have none.
 */
export const CLOUDFLARE_RANGES: readonly Cidr[] = [
  "103.21.244.0/22",
  "103.22.200.0/22",
  "103.31.4.0/22",
  "104.16.0.0/13",
  "104.24.0.0/14",
  "108.162.192.0/18",
  "131.0.72.0/22",
  "141.101.64.0/18",
  "162.158.0.0/15",
  "172.64.0.0/13",
  "173.245.48.0/20",
  "188.114.96.0/20",
  "190.93.240.0/20",
  "197.234.240.0/22",
  "198.41.128.0/17",
];
