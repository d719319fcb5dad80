import { oneOf, type Rule, rule } from "../core/rules";
import { EC2_FAMILIES } from "./ec2-families";

/** Instruction set of the nodes; every image must be built for it. */
export type InstructionSet = "x86_64" | "arm64";

export const DEFAULT_INSTRUCTION_SET: InstructionSet = "x86_64";

/** An EC2 instance type on which EKS runs nodes. */
export interface InstanceType {
  readonly name: string;
  readonly runs: InstructionSet;
  /** vCPUs and GiB; undefined where EC2's own answer is not known to us. */
  readonly cores?: number;
  readonly gib?: number;
}

/** What is known of a type; undefined where EC2 has none of the name, or none that EKS runs on today. */
export function instanceTypeOf(name: string): InstanceType | undefined {
  const [family = ""] = name.split(".");
  return typesOf(family).find((type) => type.name === name);
}

/** The types of a family, smallest first; none of a family that EC2 does not have. */
export function typesOf(family: string): readonly InstanceType[] {
  const [runs, ...sizes] = Object.hasOwn(EC2_FAMILIES, family) ? (EC2_FAMILIES[family] ?? "").split(" ") : [];
  return sizes.map((each) => {
    const [size, cores, gib] = each.split(":");
    const known = cores === undefined ? {} : { cores: Number(cores), gib: Number(gib) };
    return { name: `${family}.${size}`, runs: runs as InstructionSet, ...known };
  });
}

export const isInstructionSet: Rule = oneOf(["x86_64", "arm64"]);
export const isInstanceType: Rule = rule(
  "an EC2 instance type such as 'm7i.xlarge'",
  (value) => typeof value === "string" && instanceTypeOf(value) !== undefined,
);

const CLASS_PREFIX = "db.";
/** RDS for PostgreSQL: families of EC2 that its classes have, and what bears another name there. */
const CLASS_FAMILIES =
  /^(?:m(?:5d?|6gd?|6id?|7gd?|7i|8gd?|8i|8a|9g)|r(?:5[bd]?|6gd?|6id?|7gd?|7i|8gd?|8i|8a|9g)|x2(?:g|idn|iedn)|t3|t4g)$/;
const RENAMED: Readonly<Record<string, string>> = { x2g: "x2gd" };

/** What is known of the machine of an RDS class; undefined where RDS has none of the name for PostgreSQL. */
export function instanceClassOf(name: string): InstanceType | undefined {
  if (!name.startsWith(CLASS_PREFIX)) return undefined;
  const [family = "", size = ""] = name.slice(CLASS_PREFIX.length).split(".");
  const type = CLASS_FAMILIES.test(family) ? instanceTypeOf(`${RENAMED[family] ?? family}.${size}`) : undefined;
  return type === undefined || size.startsWith("metal") ? undefined : { ...type, name };
}

export const isInstanceClass: Rule = rule(
  "an RDS class such as 'db.m8g.xlarge'",
  (value) => typeof value === "string" && instanceClassOf(value) !== undefined,
);
