import { setTimeout as wait } from "node:timers/promises";
import { Client } from "pg";
import { PostgresReadModels } from "../../../../runtime/adapters/postgres/postgres-read-models";
import { poolOn } from "../../../support/runtime/read-models-on";
import type { RunningPostgres } from "../../../support/servers/running-postgres";
import { READ_TOTALS } from "./stream-totals";

interface TotalRow {
  readonly found_in: string;
  readonly stream: string;
  readonly total: string;
  readonly revision: string;
}

/** Gives the models' rows, as often as it is asked. */
type Read = () => Promise<readonly TotalRow[]>;

const PAUSE_MS = 5;
const NAMED = { name: "totals", text: READ_TOTALS };

/** Readers of models, each on connections of its own, who keep account of all that they read. */
export class Readers {
  reads = 0;
  /** What should never be seen, in words. */
  readonly seen: string[] = [];
  private readonly ends: (() => Promise<unknown>)[] = [];
  private readonly loops: Promise<void>[] = [];
  private isEnded = false;
  /** Where rows are from now on; whoever has asked before it may get others. */
  private table: string | undefined;
  /** Of rows, from now on. */
  private least = 0;
  /** Models that were put back are behind, and come up again. */
  private isGoingBack = false;
  private turns = 0;

  constructor(private readonly server: RunningPostgres) {}

  /** As the query API does it. */
  query(count: number): void {
    for (let reader = 0; reader < count; reader++) {
      const models = new PostgresReadModels({ primary: poolOn(this.server) });
      this.ends.push(() => models.close());
      this.loop("a query", () => models.query<TotalRow>(READ_TOTALS));
    }
  }

  /** By a statement that is prepared once, and planned before the models are others. */
  async prepared(count: number): Promise<void> {
    for (let reader = 0; reader < count; reader++) {
      const client = await this.connect();
      this.loop("a prepared statement", async () => (await client.query<TotalRow>(NAMED)).rows);
    }
  }

  /** In transactions that are open for a while: models may become others in between. */
  async transactions(count: number, mode: string): Promise<void> {
    for (let reader = 0; reader < count; reader++) {
      const client = await this.connect();
      this.loop(`a transaction, ${mode}`, async () => {
        await client.query(`begin isolation level ${mode}`);
        const first = (await client.query<TotalRow>(NAMED)).rows;
        await wait(Math.random() * 30);
        const second = (await client.query<TotalRow>(NAMED)).rows;
        await client.query("commit");
        this.check(`the end of a transaction, ${mode}`, second, sumOf(first));
        return first;
      });
    }
  }

  /** What was asked before it may be answered by the former models, what is asked from now on never. */
  areIn(table: string): void {
    this.table = table;
    if (this.isGoingBack) this.turns++;
    this.isGoingBack = false;
  }

  /** Models are about to become others. */
  mayMove(): void {
    this.table = undefined;
  }

  haveAtLeast(rows: number): void {
    this.least = rows;
  }

  mayGoBack(): void {
    this.isGoingBack = true;
    this.turns++;
    this.mayMove();
  }

  async end(): Promise<void> {
    this.isEnded = true;
    await Promise.all(this.loops);
    await Promise.all(this.ends.map((end) => end()));
  }

  private async connect(): Promise<Client> {
    const client = new Client({ connectionString: this.server.url });
    await client.connect();
    await client.query("set search_path to read_models");
    this.ends.push(() => client.end());
    return client;
  }

  private loop(name: string, read: Read): void {
    const run = async (): Promise<void> => {
      let [sum, turn] = [0, this.turns];
      while (!this.isEnded) {
        const { table, turns } = this;
        try {
          const rows = await read();
          this.reads++;
          // Asked while nothing was put back, neither before nor during it.
          const isForward = turn === turns && turns === this.turns && !this.isGoingBack;
          this.check(name, rows, isForward ? sum : 0);
          if (table !== undefined && table === this.table && rows.some(({ found_in }) => found_in !== table))
            this.saw(`${name} got rows of the former models`);
          [sum, turn] = [sumOf(rows), turns];
        } catch (error) {
          this.saw(`${name} failed: ${error}`);
        }
        // Readers are in one process with all others, who want a turn, too.
        await wait(PAUSE_MS);
      }
    };
    this.loops.push(run());
  }

  private check(name: string, rows: readonly TotalRow[], atLeast: number): void {
    if (rows.length < this.least) this.saw(`${name} got ${rows.length} rows of ${this.least}`);
    if (sumOf(rows) < atLeast) this.saw(`${name} got ${sumOf(rows)} events after ${atLeast}`);
    if (new Set(rows.map(({ found_in }) => found_in)).size > 1) this.saw(`${name} got rows of two models`);
    const wrong = rows.find(({ total, revision }) => Number(total) !== Number(revision) + 1);
    if (wrong !== undefined) this.saw(`${name} got ${wrong.stream} with ${wrong.total} events to ${wrong.revision}`);
  }

  private saw(what: string): void {
    if (this.seen.length < 20) this.seen.push(what);
  }
}

const sumOf = (rows: readonly TotalRow[]): number => rows.reduce((sum, { total }) => sum + Number(total), 0);
