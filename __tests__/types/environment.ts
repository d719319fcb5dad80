import { production } from "../../environments/production";
import type { Environment } from "../../lib/config/environment";
import type { NetworkConfig } from "../../lib/config/network";

const { network } = production;

export const environments: Environment[] = [
  { ...production, deletionProtection: false },
  { ...production, kubernetes: { instructionSet: "arm64" } },
  // @ts-expect-error a Kubernetes version whose add-ons nobody knows
  { ...production, kubernetes: { version: "1.12" } },
  // @ts-expect-error no such instruction set
  { ...production, kubernetes: { instructionSet: "riscv64" } },
  // @ts-expect-error no such key
  { ...production, vpc: network },
  // @ts-expect-error a switch, not a text
  { ...production, deletionProtection: "false" },
  // @ts-expect-error a provider that is not ours
  { ...production, providerVersions: { azurerm: "~> 4.0" } },
];

export const networks: NetworkConfig[] = [
  { ...network, natGateways: "single" },
  // @ts-expect-error a range has a length
  { ...network, cidr: "10.0.0.0" },
  // @ts-expect-error no such choice
  { ...network, natGateways: "none" },
];

// @ts-expect-error lists stay as they were given
production.administrators.intruder = "arn:aws:iam::111122223333:role/intruder";
