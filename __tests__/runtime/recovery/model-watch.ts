import { setTimeout as wait } from "node:timers/promises";
import { PostgresReadModels } from "../../../runtime/adapters/postgres/postgres-read-models";
import { poolOn } from "../../support/runtime/read-models-on";

/** All rows of the orders' models, in one look. */
const LOOK = `select md5(concat(
  (select string_agg(o::text, ',' order by order_id) from orders o),
  (select string_agg(i::text, ',' order by sku) from inventory i),
  (select string_agg(r::text, ',' order by sku, order_id) from reservations r))) as rows`;
const PAUSE_MS = 5;

/** Somebody who reads the models all the time, as the query API would. */
export class ModelWatch {
  /** In how many forms the models were seen, each told by its rows, with how often it was. */
  readonly seen = new Map<string, number>();
  readonly errors: unknown[] = [];
  private readonly models: PostgresReadModels;
  private readonly watching: Promise<void>;
  private isEnded = false;

  constructor(port: number, database: string) {
    const at = { host: "127.0.0.1", user: "postgres" };
    this.models = new PostgresReadModels({ primary: poolOn({ ...at, port, database }) });
    this.watching = this.watch();
  }

  async look(): Promise<string> {
    return `${(await this.models.query<{ rows: string }>(LOOK))[0]?.rows}`;
  }

  async end(): Promise<void> {
    this.isEnded = true;
    await this.watching;
    await this.models.close();
  }

  private async watch(): Promise<void> {
    while (!this.isEnded) {
      try {
        const rows = await this.look();
        this.seen.set(rows, (this.seen.get(rows) ?? 0) + 1);
      } catch (error) {
        this.errors.push(error);
      }
      await wait(PAUSE_MS);
    }
  }
}
