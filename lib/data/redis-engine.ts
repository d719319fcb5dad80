import type { ValkeyVersion } from "../config/read-store";
import { alternatives } from "../core/problems";
import { known, type Relation, type Rule, text } from "../core/rules";
import { majorOf } from "./engine-version";

/** What speaks the Redis protocol. */
export type RedisEngine = "valkey" | "redis";
export type RedisVersion = ValkeyVersion | "7" | `7.${number}`;

/** The major versions of each engine, the newest last, with the minor version that a new cache begins with. */
const VERSIONS: Readonly<Record<RedisEngine, Readonly<Record<string, string>>>> = {
  valkey: { 8: "8.2", 9: "9.1" },
  redis: { 7: "7.1" },
};
const DEFAULT_VERSIONS = { valkey: "8", redis: "7" } as const satisfies Readonly<Record<RedisEngine, RedisVersion>>;

export const REDIS_ENGINES = Object.keys(VERSIONS);

export const isRedisVersion: Rule = known(
  text("a version such as '8', '8.2' or '9.1'", /^[1-9]\d?(?:\.(?:0|[1-9]\d?))?$/),
);

interface Engine {
  readonly engine?: RedisEngine;
  readonly engineVersion?: RedisVersion;
}

const chosen = ({ engine = "valkey", engineVersion = DEFAULT_VERSIONS[engine] }: Engine) => ({ engine, engineVersion });

export const VERSION_OF_ENGINE: Relation<Engine> = {
  between: ["engine", "engineVersion"],
  problemsOf(props, path) {
    const { engine, engineVersion } = chosen(props);
    const majors = Object.keys(VERSIONS[engine]);
    if (majors.includes(majorOf(engineVersion))) return [];
    const minor = Object.values(VERSIONS[engine]).at(-1);
    const allowed = `${alternatives(majors)}, or a minor version such as '${minor}', with engine '${engine}'`;
    return [{ path: `${path}.engineVersion`, message: `must be ${allowed}, got '${engineVersion}'` }];
  },
};

/** What a cache is made with. */
export function redisEngineOf(props: Engine) {
  const { engine, engineVersion } = chosen(props);
  const major = majorOf(engineVersion);
  const isMinor = engineVersion !== major;
  return {
    engine,
    engineVersion,
    /** Whether `engineVersion` names a minor version, which ElastiCache then leaves as it is. */
    isMinor,
    initialVersion: isMinor ? engineVersion : VERSIONS[engine][major],
    /** ElastiCache: a parameter group is made for one family of versions. */
    family: `${engine}${major}`,
  };
}
