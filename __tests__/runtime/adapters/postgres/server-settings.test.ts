import { Client, type Pool } from "pg";
import { PostgresEventStore } from "../../../../runtime/adapters/postgres/postgres-event-store";
import { PostgresReadModels } from "../../../../runtime/adapters/postgres/postgres-read-models";
import { PostgresSubjectKeys } from "../../../../runtime/adapters/postgres/postgres-subject-keys";
import { poolOn } from "../../../support/runtime/read-models-on";
import { type RunningPostgres, startPostgres, whyNoPostgres } from "../../../support/servers/running-postgres";

const why = whyNoPostgres();

const MIGRATIONS: Readonly<Record<string, (pool: Pool) => Promise<void>>> = {
  "an event store": (pool) => new PostgresEventStore({ pool }).migrate(),
  "read models": (primary) => new PostgresReadModels({ primary }).migrate(),
  "subject keys": (pool) => new PostgresSubjectKeys({ pool }).migrate(),
};

/** As a statement says it; what is wrong, and what is to be done. */
const WRONG: readonly (readonly [setting: string, problem: string])[] = [
  ["standard_conforming_strings = off", "standard_conforming_strings: must be on, got off"],
  ["timezone = 'Europe/Berlin'", "TimeZone: must be UTC, got Europe/Berlin"],
  // As London has it in winter alone.
  ["timezone = 'Europe/London'", "TimeZone: must be UTC, got Europe/London"],
  ["datestyle = 'SQL, DMY'", "DateStyle: must be ISO, got SQL, DMY"],
  ["intervalstyle = 'sql_standard'", "IntervalStyle: must be postgres, got sql_standard"],
  ["extra_float_digits = 0", "extra_float_digits: must be 1 to 3, got 0"],
  ["extra_float_digits = -15", "extra_float_digits: must be 1 to 3, got -15"],
  ["array_nulls = off", "array_nulls: must be on, got off"],
  [
    "default_transaction_isolation = 'serializable'",
    "default_transaction_isolation: must be read committed, got serializable",
  ],
  [
    "default_transaction_isolation = 'repeatable read'",
    "default_transaction_isolation: must be read committed, got repeatable read",
  ],
];

(why === undefined ? describe : describe.skip)(`settings of a server${why ? `, skipped: ${why}` : ""}`, () => {
  let server: RunningPostgres;
  let sql: Client;
  let databases = 0;
  beforeAll(async () => {
    server = await startPostgres();
    sql = new Client(server.url);
    await sql.connect();
  }, 60_000);
  afterAll(async () => {
    await sql.end();
    await server.stop();
  });

  const newDatabase = async (options = "") => {
    const name = `settings_${++databases}`;
    await sql.query(`create database ${name} ${options}`);
    return name;
  };
  const migrated = async (migrate: (pool: Pool) => Promise<void>, database: string, user = server.user) => {
    const pool = poolOn({ ...server, database, user });
    try {
      await migrate(pool);
      return "migrated";
    } catch (error) {
      return error;
    } finally {
      await pool.end();
    }
  };

  describe.each(Object.entries(MIGRATIONS))("%s", (_, migrate) => {
    test("refuses another encoding than UTF-8", async () => {
      const database = await newDatabase("encoding 'LATIN1' locale 'C' template template0");
      expect(await migrated(migrate, database)).toMatchObject({
        name: "SettingsError",
        message: `database ${database}: server_encoding: must be UTF8, got LATIN1: create another database with "create database … encoding 'UTF8' template template0" and move the data by pg_dump`,
      });
    });

    test.each(WRONG)("refuses %s, and works after what it says to do", async (setting, problem) => {
      const database = await newDatabase();
      await sql.query(`alter database ${database} set ${setting}`);
      const refused = await migrated(migrate, database);
      expect(refused).toMatchObject({
        name: "SettingsError",
        message: expect.stringContaining(`database ${database}: ${problem}: run "alter database`),
      });
      const [, remedy = ""] = /run "(.+)" and connect anew/.exec(`${refused}`) ?? [];
      await sql.query(remedy);
      expect(await migrated(migrate, database)).toBe("migrated");
    });

    test("says all at once, and resets what a role has of its own", async () => {
      const database = await newDatabase();
      const role = `role_${databases}`;
      await sql.query(`create role ${role} superuser login;
        alter role ${role} set timezone = 'Asia/Tokyo';
        alter role ${role} in database ${database} set default_transaction_isolation = 'serializable'`);
      const refused = await migrated(migrate, database, role);
      const { problems } = refused as { problems: readonly string[] };
      expect(problems).toHaveLength(2);
      for (const problem of problems) await sql.query(/run "(.+)" and connect anew/.exec(problem)?.[1] ?? "");
      expect(await migrated(migrate, database, role)).toBe("migrated");
    });

    test.each(["Etc/UTC", "GMT", "etc/utc"])("takes %s for UTC", async (zone) => {
      const database = await newDatabase();
      await sql.query(`alter database ${database} set timezone = '${zone}'`);
      expect(await migrated(migrate, database)).toBe("migrated");
    });
  });

  test("commits that a crash can lose are refused for what nothing can make again", async () => {
    const database = await newDatabase();
    await sql.query(`alter database ${database} set synchronous_commit = off`);
    const { "read models": models, ...sources } = MIGRATIONS;
    for (const migrate of Object.values(sources)) {
      expect(`${await migrated(migrate, database)}`).toContain(
        "synchronous_commit: must be on, local, remote_write or remote_apply, got off",
      );
    }
    expect(await migrated(models ?? (async () => {}), database)).toBe("migrated");
  });
});
