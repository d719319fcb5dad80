import type { Pool } from "pg";
import { postgresPool } from "../../../../runtime/adapters/postgres/postgres-pool";
import { PostgresSubjectKeys } from "../../../../runtime/adapters/postgres/postgres-subject-keys";
import { SubjectKeysUnavailableError } from "../../../../runtime/keys/subject-keys";
import { type RunningPostgres, startPostgres, whyNoPostgres } from "../../../support/servers/running-postgres";
import { subjectKeysContract } from "../../keys/subject-keys-contract";

const why = whyNoPostgres();

(why === undefined ? describe : describe.skip)(`with PostgreSQL${why === undefined ? "" : `, skipped: ${why}`}`, () => {
  let server: RunningPostgres;
  let pool: Pool;
  let keys: PostgresSubjectKeys;
  const poolAt = (port: number) =>
    postgresPool({
      ...{ host: server.host, port, database: server.database, user: server.user },
      ...{ password: "", applicationName: "test" },
    });

  beforeAll(async () => {
    server = await startPostgres();
    pool = poolAt(server.port);
    keys = new PostgresSubjectKeys({ pool });
    // As many pods do that start at once.
    await Promise.all(Array.from({ length: 5 }, () => keys.migrate()));
  }, 60_000);
  afterAll(async () => {
    await pool.end();
    await server.stop();
  });

  describe("subjects' keys", () => {
    subjectKeysContract(() => keys);
  });

  test("what was wrapped of a forgotten subject is in no row", async () => {
    const key = {
      id: "gone",
      subject: "ada",
      generation: 1,
      wrapped: { wrappedBy: "k", bytes: Buffer.from("secret") },
    };
    await keys.putIfAbsent(key);
    await keys.delete("ada");
    const { rows } = await pool.query("select * from subject_keys.keys where subject = 'ada'");
    expect(rows).toEqual([]);
  });

  test("a change that fails leaves nothing begun behind it", async () => {
    const broken = {
      id: "broken",
      subject: "bob",
      generation: 2 ** 40,
      wrapped: { wrappedBy: "k", bytes: Buffer.of(1) },
    };
    await expect(keys.putIfAbsent(broken)).rejects.toThrow(SubjectKeysUnavailableError);
    expect(await keys.putIfAbsent({ ...broken, generation: 1 })).toMatchObject({ id: "broken" });
  });

  test("a schema's name can't be a statement", () => {
    expect(() => new PostgresSubjectKeys({ pool, schema: "a; drop table b" })).toThrow(RangeError);
  });

  test("a server that isn't there is told without its address", async () => {
    const nowhere = poolAt(1);
    const it = new PostgresSubjectKeys({ pool: nowhere });
    await expect(it.newest("ada")).rejects.toThrow(/^the store of data keys can't be reached$/);
    await expect(it.delete("ada")).rejects.toThrow(SubjectKeysUnavailableError);
    await nowhere.end();
  });
});
