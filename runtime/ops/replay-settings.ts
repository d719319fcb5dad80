import { PARALLELISM, PARTITIONS } from "../../lib/contract/limits";
import { SettingsError } from "../settings";

/** How events are replayed. */
export interface ReplaySettings {
  /** As the projections' pods have them. */
  readonly partitions: number;
  readonly parallelism: number;
  /** For as many partitions as are worked on at a time, and one. */
  readonly connections: number;
}

const BOUNDS = { PROJECTION_PARTITIONS: PARTITIONS.max, PROJECTION_PARALLELISM: PARALLELISM.max } as const;
/** The seed's. */
const DEFAULT_PARALLELISM = "10";

/** From `PROJECTION_PARTITIONS`, and `PROJECTION_PARALLELISM`, which is 10. @throws {SettingsError} */
export function replaySettings(environment: NodeJS.ProcessEnv): ReplaySettings {
  const problems: string[] = [];
  const number = (name: keyof typeof BOUNDS, text: string | undefined): number => {
    const value = Number(text);
    if (text === undefined || !/^\d{1,5}$/.test(text) || value < 1 || value > BOUNDS[name])
      problems.push(`${name}: must be a whole number from 1 to ${BOUNDS[name]}, got ${text ?? "nothing"}`);
    return value;
  };
  const partitions = number("PROJECTION_PARTITIONS", environment.PROJECTION_PARTITIONS);
  const parallelism = number("PROJECTION_PARALLELISM", environment.PROJECTION_PARALLELISM ?? DEFAULT_PARALLELISM);
  if (problems.length > 0) throw new SettingsError(problems);
  return { partitions, parallelism, connections: parallelism + 1 };
}
