import { type Problem, shown } from "../core/problems";
import type { Relation } from "../core/rules";
import { isToken } from "../core/tokens";
import { LACKING_FAMILIES } from "./aws-regions";
import {
  DEFAULT_INSTRUCTION_SET,
  type InstanceType,
  type InstructionSet,
  instanceClassOf,
  instanceTypeOf,
  typesOf,
} from "./instance-types";
import { type Cores, coresOf, type Memory, memoryGibOf } from "./quantities";

/** What is asked of one machine. */
export interface Compute {
  readonly cpu: Cores;
  readonly memory: Memory;
}

/**
 * GiB per vCPU, smallest ratio first, and the families that have it, the preferred one first: the others take its place in
 * Regions that lack it.
 */
export interface Catalogue {
  readonly families: readonly (readonly [gibPerVcpu: number, families: readonly string[]])[];
  /** What comes before the name of an EC2 type. */
  readonly prefix: string;
  /** vCPUs of the smallest size. */
  readonly leastCores: number;
}

/**
 * EC2 families by architecture: Intel's seventh generation, which nearly every Region has, and Graviton4.
 * `instanceType` overrides the choice.
 */
export const EC2: Readonly<Record<InstructionSet, Catalogue>> = {
  x86_64: {
    prefix: "",
    leastCores: 1,
    families: [
      [2, ["c7i", "c6i"]],
      [4, ["m7i", "m6i"]],
      [8, ["r7i", "r6i"]],
      [16, ["x8i"]],
    ],
  },
  arm64: {
    prefix: "",
    leastCores: 1,
    families: [
      [2, ["c8g", "c7g", "c6g"]],
      [4, ["m8g", "m7g", "m6g"]],
      [8, ["r8g", "r7g", "r6g"]],
      [16, ["x8g"]],
    ],
  },
};

/**
 * RDS classes: Graviton, for a database has no images to rebuild. RDS publishes its classes by Region to account holders
 * alone, so that a class counts as offered where EC2 offers its family. `instanceClass` overrides the choice.
 */
export const RDS: Catalogue = {
  prefix: "db.",
  leastCores: 2,
  families: [
    [4, ["m8g", "m7g", "m6g"]],
    [8, ["r8g", "r7g", "r6g"]],
  ],
};

interface Candidate {
  readonly name: string;
  readonly cores: number;
  readonly gib: number;
}

/**
 * The least type that holds what is asked: of each family the least size that has the cores, then the least family that
 * has the memory at that size. More cores are never taken for the sake of memory: they are paid for, and idle.
 * @param region of whose families one is chosen; without it, of all.
 */
export function instanceTypeFor(compute: Compute, catalogue: Catalogue, region?: string): string | undefined {
  const { cores, gib } = asked(compute);
  return familiesIn(catalogue, region)
    .map((family) => family.find((it) => it.cores >= cores))
    .find((it) => it !== undefined && it.gib >= gib)?.name;
}

/** Says which types come nearest where none has what is asked: one by its cores, one by its memory. */
export function sizingProblems(
  compute: Compute,
  path: string,
  catalogue: Catalogue,
  region?: string,
): readonly Problem[] {
  if (instanceTypeFor(compute, catalogue, region) !== undefined) return [];
  const all = familiesIn(catalogue, region).flat();
  const { cores, gib } = asked(compute);
  const byCores = (it: Candidate) => Math.abs(it.cores - cores);
  const byMemory = (it: Candidate) => Math.abs(it.gib - gib);
  const nearest = [...new Set([closest(all, byCores, byMemory), closest(all, byMemory, byCores)])];
  const answer = `the nearest ${nearest.length === 1 ? "is" : "are"} ${nearest.join(" and ")}`;
  const where = region === undefined ? "" : ` in ${region}`;
  return [
    { path, message: `no instance type has ${shown(compute.cpu)} with ${shown(compute.memory)}${where}, ${answer}` },
  ];
}

/** What nodes are to be, and on which machines. */
export interface NodeSizing {
  readonly resources: Compute;
  readonly instanceType?: string;
  readonly instructionSet?: InstructionSet;
  /** @default - any */
  readonly region?: string;
}

/** The type of one's own choice, or the least that holds what is asked, if any does. */
export const nodeTypeOf = ({
  resources,
  instanceType,
  instructionSet = DEFAULT_INSTRUCTION_SET,
  region,
}: NodeSizing): string | undefined => instanceType ?? instanceTypeFor(resources, EC2[instructionSet], region);

/** Where the paths of an instance type and of what it must hold begin. */
export interface NodeSizingPaths {
  readonly resources: string;
  readonly instanceType: string;
}

/** Whether machines of one's own choice run the instruction set and hold what is asked; without a choice, whether any do. */
export function nodeSizingProblems(nodes: NodeSizing, paths: NodeSizingPaths): readonly Problem[] {
  const { resources, instanceType, instructionSet = DEFAULT_INSTRUCTION_SET, region } = nodes;
  if (instanceType === undefined) return sizingProblems(resources, paths.resources, EC2[instructionSet], region);
  if (isToken(instanceType)) return [];
  const problems = instructionSetProblems(instanceType, instructionSet, paths.instanceType);
  return problems.length > 0 ? problems : smallerProblems(instanceTypeOf(instanceType), resources, paths.instanceType);
}

/** What the instances of a database are to be, and of which class. */
export interface DatabaseSizing {
  readonly resources: Compute;
  readonly instanceClass?: string;
  /** @default - any */
  readonly region?: string;
}

/** Whether a class of one's own choice holds what is asked; without a choice, whether any does. */
export function databaseSizingProblems(
  { resources, instanceClass, region }: DatabaseSizing,
  paths: { readonly resources: string; readonly instanceClass: string },
): readonly Problem[] {
  if (instanceClass === undefined) return sizingProblems(resources, paths.resources, RDS, region);
  if (isToken(instanceClass)) return [];
  return smallerProblems(instanceClassOf(instanceClass), resources, paths.instanceClass);
}

export const DATABASE_SIZING: Relation<Partial<Pick<DatabaseSizing, "resources" | "instanceClass">>> = {
  between: ["resources", "instanceClass"],
  problemsOf: ({ resources, instanceClass }, path) =>
    resources === undefined
      ? []
      : databaseSizingProblems(
          { resources, instanceClass },
          { resources: `${path}.resources`, instanceClass: `${path}.instanceClass` },
        ),
};

function smallerProblems(type: InstanceType | undefined, resources: Compute, path: string): readonly Problem[] {
  const { cores, gib } = asked(resources);
  if (type?.cores === undefined || type.gib === undefined || (type.cores >= cores && type.gib >= gib)) return [];
  const got = named({ ...type, cores: type.cores, gib: type.gib });
  return [{ path, message: `must hold '${resources.cpu}' and '${resources.memory}', got ${got}` }];
}

/** A node whose image is of the other instruction set never starts. */
export function instructionSetProblems(
  instanceType: string,
  instructionSet: InstructionSet,
  path: string,
): readonly Problem[] {
  if (isToken(instanceType)) return [];
  const runs = instanceTypeOf(instanceType)?.runs;
  return runs === undefined || runs === instructionSet
    ? []
    : [{ path, message: `must be a type of '${instructionSet}', got '${instanceType}' of '${runs}'` }];
}

const named = ({ name, cores, gib }: Candidate): string =>
  `${name} (${cores} ${cores === 1 ? "core" : "cores"}, ${gib}GB)`;

const asked = ({ cpu, memory }: Compute) => ({ cores: coresOf(cpu) ?? 0, gib: memoryGibOf(memory) ?? 0 });

/** The families that a Region has, smallest ratio first, with their sizes, smallest first. Metal is chosen by name alone. */
function familiesIn({ families, prefix, leastCores }: Catalogue, region = ""): Candidate[][] {
  const lacking = Object.hasOwn(LACKING_FAMILIES, region) ? (LACKING_FAMILIES[region] ?? []) : [];
  return families.map(([, names]) =>
    typesOf(names.find((family) => !lacking.includes(family)) ?? "").flatMap(({ name, cores, gib }) =>
      cores === undefined || gib === undefined || cores < leastCores || name.includes(".metal")
        ? []
        : [{ name: `${prefix}${name}`, cores, gib }],
    ),
  );
}

/** The nearest by one distance; among equals, by the other. */
function closest(
  all: readonly Candidate[],
  first: (candidate: Candidate) => number,
  second: (candidate: Candidate) => number,
): string {
  const [best] = all.toSorted((a, b) => first(a) - first(b) || second(a) - second(b));
  return best === undefined ? "" : named(best);
}
