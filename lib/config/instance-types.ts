import { oneOf, type Rule, rule } from "../core/rules";

/** Instruction set of the nodes; every image must be built for it. */
export type InstructionSet = "x86_64" | "arm64";

export const DEFAULT_INSTRUCTION_SET: InstructionSet = "x86_64";

/** An EC2 instance type, as far as we know it. */
export interface InstanceType {
  readonly name: string;
  readonly runs: InstructionSet;
  /** vCPUs and GiB; undefined for families whose sizes follow no rule. */
  readonly cores?: number;
  readonly gib?: number;
}

interface Family {
  readonly runs: InstructionSet;
  readonly gibPerCore: number;
  /** vCPUs by size. */
  readonly sizes: Readonly<Record<string, number>>;
}

const TO_16X = { large: 2, xlarge: 4, "2xlarge": 8, "4xlarge": 16, "8xlarge": 32, "12xlarge": 48, "16xlarge": 64 };
const TO_24X = { ...TO_16X, "24xlarge": 96, metal: 96 };
const TO_32X = { ...TO_16X, "24xlarge": 96, "32xlarge": 128, metal: 128 };
const AMD = { ...TO_16X, "24xlarge": 96, "32xlarge": 128, "48xlarge": 192 };
const INTEL_7 = { ...TO_16X, "24xlarge": 96, "48xlarge": 192, "metal-24xl": 96, "metal-48xl": 192 };
const INTEL_8 = { ...AMD, "96xlarge": 384, "metal-48xl": 192, "metal-96xl": 384 };
const GRAVITON = { medium: 1, ...TO_16X, metal: 64 };
const GRAVITON_4 = { medium: 1, ...TO_16X, "24xlarge": 96, "48xlarge": 192, "metal-24xl": 96, "metal-48xl": 192 };
const C5 = {
  large: 2,
  xlarge: 4,
  "2xlarge": 8,
  "4xlarge": 16,
  "9xlarge": 36,
  "12xlarge": 48,
  "18xlarge": 72,
  "24xlarge": 96,
  metal: 96,
};

/** Sizes by what follows the letter c, m or r of a family's name; what is a variation is in brackets. */
const GENERATIONS: readonly (readonly [letters: string, name: RegExp, runs: InstructionSet, sizes: Family["sizes"]])[] =
  [
    ["c", /^5d?$/, "x86_64", C5],
    ["mr", /^5(?:d|n|dn|b)?$/, "x86_64", TO_24X],
    ["cmr", /^5ad?$/, "x86_64", { ...TO_16X, "24xlarge": 96 }],
    ["cmr", /^6i(?:d|n|dn)?$/, "x86_64", TO_32X],
    ["cmr", /^6a$/, "x86_64", { ...AMD, metal: 192 }],
    ["cmr", /^7i$/, "x86_64", INTEL_7],
    ["cmr", /^[78]i-flex$/, "x86_64", TO_16X],
    ["cmr", /^[78]a$/, "x86_64", { medium: 1, ...AMD, "metal-48xl": 192 }],
    ["cmr", /^8id?$/, "x86_64", INTEL_8],
    ["cmr", /^[67]g(?:d|n)?$/, "arm64", GRAVITON],
    ["cmr", /^8g(?:d|n|b)?$/, "arm64", GRAVITON_4],
  ];
const GIB_PER_CORE: Readonly<Record<string, number>> = { c: 2, m: 4, r: 8 };

/** vCPUs and GiB of the families that are paid for by bursts, the same in all of them. */
const BURSTABLE: Readonly<Record<string, readonly [cores: number, gib: number]>> = {
  small: [2, 2],
  medium: [2, 4],
  large: [2, 8],
  xlarge: [4, 16],
  "2xlarge": [8, 32],
};
const BURSTABLE_FAMILIES: Readonly<Record<string, InstructionSet>> = { t3: "x86_64", t3a: "x86_64", t4g: "arm64" };

/** Families for what no platform of ours asks for, whose sizes are the user's to know. */
const SPECIAL: Readonly<Record<InstructionSet, RegExp>> = {
  x86_64:
    /^(?:c5n|m5zn|r7iz|z1d|d3(?:en)?|i3(?:en)?|i4i|i7ie?|x2i(?:dn|edn|ezn)|x8(?:i|aedz)|g4(?:dn|ad)|g[56]e?|g6f|gr6f?|p[45](?:d|de|e|en)?|p6-b\d00|f2|vt1|dl1|dl2q|inf[12]|trn[12]n?|hpc(?:6a|6id|7a|8a)|u-\d+tb1|u7i[a-z]*-\d+tb)$/,
  arm64: /^(?:i4g|im4gn|is4gen|i8g|i8ge|x2gd|x8g|g5g|hpc7g)$/,
};
const ANY_SIZE = /^(?:medium|large|(?:[2-9]|[1-9]\d{1,2})?xlarge|metal(?:-[1-9]\d*xl)?)$/;

/** What is known of a type; undefined where EC2 has none of the name, or none that EKS runs on today. */
export function instanceTypeOf(name: string): InstanceType | undefined {
  const [family = "", size = "", ...rest] = name.split(".");
  if (rest.length > 0) return undefined;
  return burstable(name, family, size) ?? general(name, family, size) ?? special(name, family, size);
}

function burstable(name: string, family: string, size: string): InstanceType | undefined {
  const runs = own(BURSTABLE_FAMILIES, family);
  const [cores, gib] = own(BURSTABLE, size) ?? [];
  return runs === undefined || cores === undefined ? undefined : { name, runs, cores, gib };
}

function general(name: string, family: string, size: string): InstanceType | undefined {
  const letter = family.charAt(0);
  const generation = GENERATIONS.find(([letters, rest]) => letters.includes(letter) && rest.test(family.slice(1)));
  const cores = generation && own(generation[3], size);
  const ratio = own(GIB_PER_CORE, letter);
  return generation === undefined || cores === undefined || ratio === undefined
    ? undefined
    : { name, runs: generation[2], cores, gib: cores * ratio };
}

function special(name: string, family: string, size: string): InstanceType | undefined {
  const runs = (["x86_64", "arm64"] as const).find((each) => SPECIAL[each].test(family));
  return runs !== undefined && ANY_SIZE.test(size) ? { name, runs } : undefined;
}

const own = <T>(table: Readonly<Record<string, T>>, key: string): T | undefined =>
  Object.hasOwn(table, key) ? table[key] : undefined;

export const isInstructionSet: Rule = oneOf(["x86_64", "arm64"]);
export const isInstanceType: Rule = rule(
  "an EC2 instance type such as 'm7i.xlarge'",
  (value) => typeof value === "string" && instanceTypeOf(value) !== undefined,
);
