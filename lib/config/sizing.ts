import { Token } from "cdktf";
import { type Problem, shown } from "../core/problems";
import { DEFAULT_INSTRUCTION_SET, type InstructionSet, instanceTypeOf } from "./instance-types";
import { type Cores, coresOf, type Memory, memoryGibOf } from "./quantities";

/** What is asked of one machine. */
export interface Compute {
  readonly cpu: Cores;
  readonly memory: Memory;
}

/** Instance families in which each size is a multiple of one ratio of memory to vCPUs. */
export interface Catalogue {
  /** GiB per vCPU and the family's name, smallest ratio first. */
  readonly families: readonly (readonly [gibPerVcpu: number, family: string])[];
  /** vCPUs and the size's name, smallest first. */
  readonly sizes: readonly (readonly [vcpus: number, size: string])[];
}

const SIZES = [
  [2, "large"],
  [4, "xlarge"],
  [8, "2xlarge"],
  [16, "4xlarge"],
  [32, "8xlarge"],
  [48, "12xlarge"],
  [64, "16xlarge"],
  [96, "24xlarge"],
  [192, "48xlarge"],
] as const;

/**
 * EC2 families by architecture: Intel's seventh generation, which nearly every Region has, and Graviton4.
 * x8i and x8g (16 GiB a vCPU) are not in every Region; `instanceType` overrides the choice.
 */
export const EC2: Readonly<Record<InstructionSet, Catalogue>> = {
  x86_64: {
    families: [
      [2, "c7i"],
      [4, "m7i"],
      [8, "r7i"],
      [16, "x8i"],
    ],
    sizes: SIZES,
  },
  arm64: {
    families: [
      [2, "c8g"],
      [4, "m8g"],
      [8, "r8g"],
      [16, "x8g"],
    ],
    sizes: [[1, "medium"], ...SIZES],
  },
};

/** RDS classes: Graviton4, for a database has no images to rebuild. */
export const RDS: Catalogue = {
  families: [
    [4, "db.m8g"],
    [8, "db.r8g"],
  ],
  sizes: SIZES,
};

interface Candidate {
  readonly name: string;
  readonly cores: number;
  readonly gib: number;
}

/**
 * The least type that holds what is asked: the least size that has the cores, then the least family that has the memory
 * at that size. More cores than that size's are never taken for the sake of memory: they are paid for, and idle.
 */
export function instanceTypeFor(compute: Compute, catalogue: Catalogue): string | undefined {
  const { cores, gib } = asked(compute);
  const least = catalogue.sizes.find(([vcpus]) => vcpus >= cores)?.[0];
  return candidates(catalogue).find((it) => it.cores === least && it.gib >= gib)?.name;
}

/** Says which types come nearest where none has what is asked: one by its cores, one by its memory. */
export function sizingProblems(compute: Compute, path: string, catalogue: Catalogue): readonly Problem[] {
  if (instanceTypeFor(compute, catalogue) !== undefined) return [];
  const { cores, gib } = asked(compute);
  const byCores = (it: Candidate) => Math.abs(it.cores - cores);
  const byMemory = (it: Candidate) => Math.abs(it.gib - gib);
  const nearest = [
    ...new Set([closest(candidates(catalogue), byCores, byMemory), closest(candidates(catalogue), byMemory, byCores)]),
  ];
  const answer = `the nearest ${nearest.length === 1 ? "is" : "are"} ${nearest.join(" and ")}`;
  return [{ path, message: `no instance type has ${shown(compute.cpu)} with ${shown(compute.memory)}, ${answer}` }];
}

/** What nodes are to be, and on which machines. */
export interface NodeSizing {
  readonly resources: Compute;
  readonly instanceType?: string;
  readonly instructionSet?: InstructionSet;
}

/** Where the paths of an instance type and of what it must hold begin. */
export interface NodeSizingPaths {
  readonly resources: string;
  readonly instanceType: string;
}

/** Whether machines of one's own choice run the instruction set and hold what is asked; without a choice, whether any do. */
export function nodeSizingProblems(nodes: NodeSizing, paths: NodeSizingPaths): readonly Problem[] {
  const { resources, instanceType, instructionSet = DEFAULT_INSTRUCTION_SET } = nodes;
  if (instanceType === undefined) return sizingProblems(resources, paths.resources, EC2[instructionSet]);
  if (Token.isUnresolved(instanceType)) return [];
  const problems = instructionSetProblems(instanceType, instructionSet, paths.instanceType);
  if (problems.length > 0) return problems;
  const { cores, gib } = asked(resources);
  const type = instanceTypeOf(instanceType);
  if (type?.cores === undefined || type.gib === undefined || (type.cores >= cores && type.gib >= gib)) return [];
  return [
    {
      path: paths.instanceType,
      message: `must hold '${resources.cpu}' and '${resources.memory}', got ${named({ ...type, cores: type.cores, gib: type.gib })}`,
    },
  ];
}

/** A node whose image is of the other instruction set never starts. */
export function instructionSetProblems(
  instanceType: string,
  instructionSet: InstructionSet,
  path: string,
): readonly Problem[] {
  if (Token.isUnresolved(instanceType)) return [];
  const runs = instanceTypeOf(instanceType)?.runs;
  return runs === undefined || runs === instructionSet
    ? []
    : [{ path, message: `must be a type of '${instructionSet}', got '${instanceType}' of '${runs}'` }];
}

const named = ({ name, cores, gib }: Candidate): string =>
  `${name} (${cores} ${cores === 1 ? "core" : "cores"}, ${gib}GB)`;

const asked = ({ cpu, memory }: Compute) => ({ cores: coresOf(cpu) ?? 0, gib: memoryGibOf(memory) ?? 0 });

function candidates({ families, sizes }: Catalogue): Candidate[] {
  return families.flatMap(([ratio, family]) =>
    sizes.map(([cores, size]) => ({ name: `${family}.${size}`, cores, gib: cores * ratio })),
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
