import { PARALLELISM, PARTITIONS, WORKERS } from "../../lib/contract/limits";
import { SettingsError } from "../settings";

/** Which partitions a worker owns, and how many of them it works on at a time. */
export interface PartitionSettings {
  readonly workers: number;
  /** This worker's number, from 0 on. */
  readonly index: number;
  readonly partitions: number;
  readonly parallelism: number;
}

/** FNV-1a, 32 bits: draft-eastlake-fnv gives both numbers. */
const OFFSET_BASIS = 0x811c9dc5;
const PRIME = 0x01000193;

const LAST_ASCII = 0x7f;

const utf8 = new TextEncoder();

/**
 * The partition of a stream: FNV-1a of its name in UTF-8, modulo the partitions. All events of a stream are in one, and so in
 * order. Another hash or another number would be another division, for which read models are built anew.
 */
export function partitionOf(stream: string, partitions: number): number {
  let hash = OFFSET_BASIS;
  for (let index = 0; index < stream.length; index++) {
    const unit = stream.charCodeAt(index);
    // Most names are ASCII, whose characters are their bytes.
    if (unit > LAST_ASCII) return hashOf(utf8.encode(stream)) % partitions;
    hash = Math.imul(hash ^ unit, PRIME);
  }
  return (hash >>> 0) % partitions;
}

function hashOf(bytes: Uint8Array): number {
  let hash = OFFSET_BASIS;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, PRIME);
  return hash >>> 0;
}

/** The partitions that a worker owns: each has one owner. */
export const ownPartitions = ({ workers, index, partitions }: PartitionSettings): readonly number[] =>
  Array.from({ length: partitions }, (_, number) => number).filter((number) => number % workers === index);

const BOUNDS = {
  PROJECTION_WORKERS: WORKERS,
  PROJECTION_INDEX: { min: 0, max: WORKERS.max - 1 },
  PROJECTION_PARTITIONS: PARTITIONS,
  PROJECTION_PARALLELISM: PARALLELISM,
} as const;

/**
 * From `PROJECTION_WORKERS`, `PROJECTION_INDEX`, `PROJECTION_PARTITIONS` and `PROJECTION_PARALLELISM`, as the platform gives
 * them to its pods.
 * @throws {SettingsError} with everything that is missing or wrong.
 */
export function partitionSettings(environment: NodeJS.ProcessEnv): PartitionSettings {
  const problems: string[] = [];
  const number = (name: keyof typeof BOUNDS): number => {
    const { min, max } = BOUNDS[name];
    const value = environment[name];
    const isSound = value !== undefined && /^\d{1,5}$/.test(value) && Number(value) >= min && Number(value) <= max;
    const got = value === undefined ? "is missing, must be" : "must be";
    if (!isSound)
      problems.push(
        `${name}: ${got} a whole number from ${min} to ${max}${value === undefined ? "" : `, got '${value}'`}`,
      );
    return Number(value);
  };
  const settings = {
    workers: number("PROJECTION_WORKERS"),
    index: number("PROJECTION_INDEX"),
    partitions: number("PROJECTION_PARTITIONS"),
    parallelism: number("PROJECTION_PARALLELISM"),
  };
  if (problems.length === 0 && settings.index >= settings.workers)
    problems.push(`PROJECTION_INDEX: must be below PROJECTION_WORKERS, ${settings.workers}, got '${settings.index}'`);
  if (problems.length === 0 && settings.partitions < settings.workers)
    problems.push(
      `PROJECTION_PARTITIONS: must be at least PROJECTION_WORKERS, ${settings.workers}, got '${settings.partitions}'`,
    );
  if (problems.length > 0) throw new SettingsError(problems);
  return settings;
}
