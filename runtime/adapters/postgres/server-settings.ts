import type { PoolClient, QueryResultRow } from "pg";
import { SettingsError } from "../../settings";

/** A setting of the server, the database or the role, on which what is stored and read depends. */
interface ReliedSetting {
  readonly name: string;
  /** In words. */
  readonly allowed: string;
  readonly isSound: (value: string) => boolean;
  /** What a statement sets it to; undefined for what is fixed when a database is made. */
  readonly wanted: string | undefined;
  /** Whether only stores rely on it whose writes nothing can make again. @default - all do */
  readonly ofSources?: boolean;
}

const is = (wanted: string) => ({ allowed: wanted, isSound: (value: string) => value === wanted, wanted });

const RELIED: readonly ReliedSetting[] = [
  // Any other lacks characters, and an event with one of them can't be written or read.
  { name: "server_encoding", ...is("UTF8"), wanted: undefined },
  // Otherwise a backslash in a literal is an escape.
  { name: "standard_conforming_strings", ...is("on") },
  // A text of a time without a zone would be another moment for each role: for a rebuild, and for what it replaces.
  {
    name: "TimeZone",
    allowed: "UTC",
    isSound: (value) => /^(?:Etc\/)?(?:UTC|UCT|GMT|Universal|Zulu|Greenwich|GMT[+-]?0)$/i.test(value),
    wanted: "UTC",
  },
  // The driver reads times in no other.
  { name: "DateStyle", allowed: "ISO", isSound: (value) => value.startsWith("ISO"), wanted: "ISO, MDY" },
  // The driver reads any other as no time at all.
  { name: "IntervalStyle", ...is("postgres") },
  // Otherwise a double is rounded when it is read, in a backup and in a comparison of tables, too.
  { name: "extra_float_digits", allowed: "1 to 3", isSound: (value) => Number(value) >= 1, wanted: "1" },
  // Otherwise a null in an array becomes the text NULL.
  { name: "array_nulls", ...is("on") },
  // Writers wait for each other, and then must see what the other one has written.
  { name: "default_transaction_isolation", ...is("read committed") },
  // What was acknowledged must not be lost in a crash. Read models can be made again.
  {
    name: "synchronous_commit",
    allowed: "on, local, remote_write or remote_apply",
    isSound: (value) => value !== "off",
    wanted: "on",
    ofSources: true,
  },
];

interface SettingRow extends QueryResultRow {
  readonly name: string;
  readonly value: string;
  readonly source: string;
  readonly database: string;
  readonly role: string;
}

const SELECT = `select name, setting as value, source, quote_ident(current_database()) as database, quote_ident(current_user) as role
  from pg_settings where name = any ($1)`;

/**
 * Looks at the settings of the session that stores rely on. A migration calls it first: a service must not start where what it
 * stores would be lost or read as something else.
 * @param kind "source" of a store of events or keys, "copy" of one that can be made again from another.
 * @throws {SettingsError} with all that are wrong, and what to do about each.
 */
export async function checkServerSettings(client: PoolClient, kind: "source" | "copy"): Promise<void> {
  const relied = RELIED.filter(({ ofSources }) => kind === "source" || ofSources !== true);
  const { rows } = await client.query<SettingRow>(SELECT, [relied.map(({ name }) => name)]);
  const problems = relied.flatMap((setting) => {
    const row = rows.find(({ name }) => name === setting.name);
    return row === undefined || setting.isSound(row.value) ? [] : [problemOf(setting, row)];
  });
  if (problems.length > 0) throw new SettingsError(problems);
}

function problemOf({ name, allowed, wanted }: ReliedSetting, { value, source, database, role }: SettingRow): string {
  const got = `database ${database}: ${name}: must be ${allowed}, got ${value}`;
  if (wanted === undefined)
    return `${got}: create another database with "create database … encoding 'UTF8' template template0" and move the data by pg_dump`;
  // Where the role has a value of its own, that of the database is not heeded.
  const byRole: Readonly<Record<string, string>> = {
    user: `alter role ${role} reset ${name}`,
    "database user": `alter role ${role} in database ${database} reset ${name}`,
  };
  return `${got}: run "${byRole[source] ?? `alter database ${database} set ${name} = '${wanted}'`}" and connect anew`;
}
