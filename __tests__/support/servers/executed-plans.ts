import { Pool } from "pg";
import type { RunningPostgres } from "./running-postgres";

/** How PostgreSQL has read a table or an index once. */
export interface TableRead {
  /** The statement, also one within a function. */
  readonly statement: string;
  /** As EXPLAIN names it: `Seq Scan`, `Index Only Scan`. */
  readonly scan: string;
  readonly table: string;
  /** Rows that it has looked at, also those that it has thrown away. */
  readonly rows: number;
}

interface PlanNode {
  readonly "Node Type": string;
  readonly "Relation Name"?: string;
  readonly "Actual Rows": number;
  readonly "Actual Loops": number;
  readonly "Rows Removed by Filter"?: number;
  readonly Plans?: readonly PlanNode[];
}

const AUTO_EXPLAIN = {
  session_preload_libraries: "auto_explain",
  "auto_explain.log_min_duration": "0",
  "auto_explain.log_analyze": "on",
  "auto_explain.log_timing": "off",
  "auto_explain.log_nested_statements": "on",
  "auto_explain.log_format": "json",
  // To the client, not to the server's log.
  "auto_explain.log_level": "notice",
};

/** Connections on which PostgreSQL tells the plan of everything that it executes. */
export class ExecutedPlans {
  readonly reads: TableRead[] = [];

  /** @param mode PostgreSQL's `plan_cache_mode`: `auto` makes generic plans from the sixth execution on */
  poolOn({ host, port, database, user }: RunningPostgres, mode: "auto" | "force_generic_plan"): Pool {
    const settings = Object.entries({ ...AUTO_EXPLAIN, plan_cache_mode: mode });
    const options = settings.map(([name, value]) => `-c ${name}=${value}`).join(" ");
    const pool = new Pool({ host, port, database, user, options });
    pool.on("connect", (client) =>
      client.on("notice", ({ message = "" }) => {
        const [, json] = /plan:\n([\s\S]+)$/.exec(message) ?? [];
        if (json !== undefined) this.add(JSON.parse(json));
      }),
    );
    return pool;
  }

  private add(told: { readonly "Query Text": string; readonly Plan: PlanNode }): void {
    const visit = (node: PlanNode): void => {
      const { "Node Type": scan, "Relation Name": table, "Actual Loops": loops } = node;
      if (table !== undefined && scan !== "ModifyTable") {
        const rows = (node["Actual Rows"] + (node["Rows Removed by Filter"] ?? 0)) * loops;
        this.reads.push({ statement: told["Query Text"], scan, table, rows });
      }
      for (const child of node.Plans ?? []) visit(child);
    };
    visit(told.Plan);
  }
}
