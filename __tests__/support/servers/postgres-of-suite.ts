import type { Pool } from "pg";
import { poolOn } from "../runtime/read-models-on";
import { type RunningPostgres, startPostgres } from "./running-postgres";

/**
 * A server of a suite's own, and connections to it: there while its tests run.
 * @param settings like `autovacuum=off`
 */
export function postgresOfSuite(...settings: readonly string[]): {
  readonly server: RunningPostgres;
  readonly pool: Pool;
} {
  const own = {} as { server: RunningPostgres; pool: Pool };
  beforeAll(async () => {
    own.server = await startPostgres(...settings);
    own.pool = poolOn(own.server);
  }, 60_000);
  afterAll(async () => {
    await own.pool.end();
    await own.server.stop();
  });
  return own;
}
