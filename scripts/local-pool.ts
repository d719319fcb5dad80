import { Pool, type PoolConfig } from "pg";

/**
 * A pool without the limits of the runtime's own, for a server that this program starts. The server may end before the last
 * connections have closed, because the end of a pool does not wait for that.
 */
export function localPool(config: PoolConfig): Pool {
  const pool = new Pool(config);
  pool.on("error", () => undefined);
  return pool;
}
