import { startLocalPostgres } from "../../examples/orders/local/postgres";
import { postgresPool } from "../../runtime/adapters/postgres/postgres-pool";
import { localPool } from "../local-pool";
import type { Result } from "./gate";
import { AT_A_TIME, BareTable, CAUGHT_UP, MeasuredStore } from "./measured-store";
import { mediansOf } from "./timing";

const ROUNDS = 5;
const MANY = [200_000, 1_000_000] as const;
const LEAST_OF_SMALLEST = 0.9;
const LEAST_OF_BARE = 0.35;
const BARE = "bare";

interface Work {
  readonly name: string;
  /** Events of the smallest store that it can be done with. */
  readonly smallest: number;
  readonly measure: (store: MeasuredStore) => Promise<number>;
  /** What the least code for it reaches. */
  readonly bare: () => Promise<number>;
}

/**
 * Whether the event store in PostgreSQL is as fast with a million events as with none: appends, streams that are read, and
 * projections that catch up. The server has its default settings: each commit waits for the disk.
 */
export async function eventStore(): Promise<readonly Result[]> {
  const postgres = await startLocalPostgres();
  const at = { host: "127.0.0.1", port: postgres.port, database: "postgres", user: "postgres", password: "" };
  const pool = localPool({ ...at, max: AT_A_TIME });
  const poolOfStore = () => postgresPool({ ...at, applicationName: "bench", maxConnections: AT_A_TIME });
  const stores: MeasuredStore[] = [];
  try {
    for (const events of [0, CAUGHT_UP, ...MANY]) {
      const store = new MeasuredStore(pool, poolOfStore, events);
      stores.push(store);
      await store.prepare();
    }
    const bare = new BareTable(pool);
    await bare.prepare();
    await pool.query("checkpoint");
    const works: readonly Work[] = [
      {
        ...{ name: "read streams", smallest: CAUGHT_UP },
        measure: (store) => store.readStreams(),
        bare: () => bare.readStreams(CAUGHT_UP),
      },
      {
        ...{ name: "catch up", smallest: CAUGHT_UP },
        measure: (store) => store.catchUp(),
        bare: () => bare.catchUp(CAUGHT_UP),
      },
      // Last, because a projection would read what they append.
      {
        ...{ name: "append", smallest: 0 },
        measure: (store) => store.append(),
        bare: () => bare.append(),
      },
    ];
    const results: Result[] = [];
    for (const work of works) results.push(...(await compared(work, stores)));
    return results;
  } finally {
    await Promise.all(stores.map((store) => store.close()));
    await pool.end();
    await postgres.stop();
  }
}

async function compared(
  { name, smallest, measure, bare }: Work,
  all: readonly MeasuredStore[],
): Promise<readonly Result[]> {
  const stores = all.filter(({ events }) => events === smallest || MANY.some((many) => many === events));
  const programs = new Map(stores.map((store) => [store.events.toLocaleString("en-US"), () => measure(store)]));
  const [least = "", most = ""] = [[...programs.keys()][0], [...programs.keys()].at(-1)];
  programs.set(BARE, bare);
  const medians = await mediansOf([...programs.keys()], (each) => programs.get(each)?.() ?? Number.NaN, ROUNDS);
  const rate = (each: string): number => medians[each] ?? Number.NaN;
  return [
    ...[...programs.keys()].map((each) => ({
      ...{ name: `${name}, ${each === BARE ? BARE : `with ${each} events`}`, value: rate(each), unit: "events/s" },
    })),
    {
      ...{ name: `${name} with ${most} events`, value: rate(most) / rate(least), unit: `times with ${least}` },
      limit: { atLeast: LEAST_OF_SMALLEST },
    },
    {
      ...{ name: `${name} with ${most} events`, value: rate(most) / rate(BARE), unit: `times ${BARE}` },
      limit: { atLeast: LEAST_OF_BARE },
    },
  ];
}
