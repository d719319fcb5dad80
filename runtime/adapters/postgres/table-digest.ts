import { createHash } from "node:crypto";
import type { ClientBase } from "pg";
import { to as copyTo } from "pg-copy-streams";

/** What a table holds, byte for byte, whatever order its rows were written in. */
export interface TableDigest {
  readonly rows: number;
  /** Of its rows as COPY gives them, in the order of the primary key. */
  readonly sha256: string;
}

/** Tables of a schema with what they hold, without those that say where models stand. */
export async function tableDigests(
  client: ClientBase,
  schema: string,
  without: readonly string[],
): Promise<ReadonlyMap<string, TableDigest>> {
  const { rows: tables } = await client.query<{ name: string; columns: string[]; key: string[] | null }>(
    `select c.relname as name,
      (select array_agg(a.attname::text order by a.attname) from pg_attribute a
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as columns,
      (select array_agg(a.attname::text order by k.place)
        from pg_index i, unnest(i.indkey::int2[]) with ordinality as k (number, place)
        join pg_attribute a on a.attnum = k.number and a.attrelid = c.oid
        where i.indrelid = c.oid and i.indisprimary) as key
    from pg_class c
    where c.relnamespace = $1::regnamespace and c.relkind in ('r', 'p') and not c.relispartition and c.relname <> all ($2)
    order by c.relname`,
    [schema, without],
  );
  const digests = new Map<string, TableDigest>();
  for (const { name, columns, key } of tables) {
    const list = (names: readonly string[]) => names.map((each) => client.escapeIdentifier(each)).join(", ");
    const order = key === null ? "t::text" : list(key);
    const table = `${schema}.${client.escapeIdentifier(name)}`;
    const rows = client.query(copyTo(`copy (select ${list(columns)} from ${table} t order by ${order}) to stdout`));
    const hash = createHash("sha256");
    for await (const piece of rows) hash.update(piece);
    digests.set(name, { rows: rows.rowCount, sha256: hash.digest("hex") });
  }
  return digests;
}
