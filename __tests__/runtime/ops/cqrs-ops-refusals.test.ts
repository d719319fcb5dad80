import { randomBytes } from "node:crypto";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Pool } from "pg";
import { opsEnvironment } from "../../support/runtime/cqrs-ops";
import { cqrsOpsBySchedule } from "../../support/runtime/cqrs-ops-in-process";
import { storeOn } from "../../support/servers/postgres-store";
import { type RunningPostgres, startPostgres, whyNoPostgres } from "../../support/servers/running-postgres";

const why = whyNoPostgres();
const suite = why === undefined ? describe : describe.skip;

suite(`cqrs-ops that can't do what it is told${why === undefined ? "" : `, skipped: ${why}`}`, () => {
  const folder = mkdtempSync(join(tmpdir(), "backups-"));
  let postgres: RunningPostgres;
  let environment: Readonly<Record<string, string>>;

  beforeAll(async () => {
    postgres = await startPostgres();
    await (await storeOn(postgres, "event_store")).close();
    environment = {
      ...opsEnvironment(postgres),
      BACKUP_FOLDER: folder,
      LOCAL_KEY: randomBytes(32).toString("base64"),
    };
  }, 60_000);
  afterAll(async () => {
    await postgres.stop();
    rmSync(folder, { recursive: true });
  });

  test.each([
    ["no command", [], "Usage: cqrs-ops", {}],
    ["another command", ["bakcup"], "error: unknown command 'bakcup'", {}],
    ["another option", ["backup", "--ful"], "error: unknown option '--ful'", {}],
    ["no whole number", ["lag", "--limit", "many"], "must be a whole number from 1 to 1000000", {}],
    ["no storage", ["list"], "BACKUP_BUCKET or BACKUP_FOLDER: one of them must be given", { BACKUP_FOLDER: undefined }],
    [
      "a store that is away",
      ["backup"],
      "ECONNREFUSED",
      { EVENT_STORE_CONNECTION_STRING: "postgres://a@127.0.0.1:1/a" },
    ],
    ["no application", ["rebuild"], "OPS_APPLICATION: must name a module", { OPS_APPLICATION: undefined }],
    ["a module that is none", ["rebuild"], "can't be loaded", { OPS_APPLICATION: "/nowhere.js" }],
    ["no partitions", ["rebuild"], "PROJECTION_PARTITIONS: must be a whole number", { PROJECTION_PARTITIONS: "0" }],
    // There is no backup: it would be said first, were it looked for first.
    ...["PROJECTION_PARTITIONS", "OPS_APPLICATION", "DATABASE_HOSTS"].map(
      (name): [string, string[], string, Readonly<Record<string, undefined>>] => [
        `no ${name}, before a backup is read`,
        ["verify", "--store", "--models"],
        `${name}: must `,
        { [name]: undefined },
      ],
    ),
    ["no backup", ["verify"], "is not there", {}],
    [
      "no such backup",
      ["restore", "--backup", "20260101T000000000Z-00000000"],
      "backup 20260101T000000000Z-00000000 is not there",
      {},
    ],
    ["no id of a backup", ["verify", "--backup", "../x"], "backup: must be like 20261124T090000000Z-0a1b2c3d", {}],
    [
      "a folder that is a file",
      ["backup"],
      `BACKUP_FOLDER: must be a folder that can be used, got "${__filename}": EEXIST`,
      { BACKUP_FOLDER: __filename },
    ],
    [
      "no port",
      ["rebuild"],
      "DATABASE_PORT: must be a whole number from 1 to 65535, got abc",
      { DATABASE_PORT: "abc" },
    ],
    [
      "no authority",
      ["rebuild"],
      "DATABASE_CA_FILE: must be a file that can be read, got /nowhere.pem: ENOENT",
      { DATABASE_CA_FILE: "/nowhere.pem" },
    ],
    [
      "what is no address, without saying it, for it may have a password",
      ["backup"],
      "EVENT_STORE_CONNECTION_STRING: must be like postgres://user:password@host:5432/database\n",
      { EVENT_STORE_CONNECTION_STRING: "postgres://a:%zz@localhost/a" },
    ],
    [
      "what it would not heed of an address",
      ["backup"],
      "EVENT_STORE_CONNECTION_STRING: must have nothing behind the database's name, got sslmode: DATABASE_CA_FILE gives TLS",
      { EVENT_STORE_CONNECTION_STRING: "postgres://a@127.0.0.1:1/a?sslmode=require" },
    ],
    ["no database of keys", ["forget"], "SUBJECT_KEYS_URL or SUBJECT_KEYS_SECRET: one of them must be given", {}],
    ...["forget", "restore"].map((command): [string, string[], string, Readonly<Record<string, string>>] => [
      `two databases of keys, of which one would not be heeded by ${command}`,
      [command],
      "SUBJECT_KEYS_URL or SUBJECT_KEYS_SECRET: only one of them must be given",
      { SUBJECT_KEYS_URL: "postgres://a@127.0.0.1:1/a", SUBJECT_KEYS_SECRET: "subject-keys" },
    ]),
  ])("ends with 2 for %s", async (_, args, message, other) => {
    const { code, progress, out } = await cqrsOpsBySchedule(args, { ...environment, ...other });
    expect({ code, text: `${progress}${out}` }).toEqual({ code: 2, text: expect.stringContaining(message) });
  });

  test.each([
    ["$x", `subject: must not begin with $, as keys do that are no person's, got "$x"`],
    ["", "subject: must have 1 to 256 characters, none of them NUL or half of a surrogate pair, got 0"],
  ])("forgets nobody of the id %j, and writes nothing", async (subject, message) => {
    const { code, out, progress } = await cqrsOpsBySchedule(["--json", "forget", "--subject", subject], {
      ...environment,
      SUBJECT_KEYS_URL: environment.EVENT_STORE_CONNECTION_STRING,
    });
    expect([code, JSON.parse(out)]).toEqual([2, { command: "forget", outcome: "could not check", error: message }]);
    expect(progress).toContain(`cqrs-ops forget: ${message}\n`);
    expect(existsSync(join(folder, "deleted-subjects"))).toBe(false);
    const pool = new Pool({ connectionString: postgres.url });
    const { rows } = await pool.query("select from pg_namespace where nspname = 'subject_keys'");
    await pool.end();
    expect(rows).toEqual([]);
  });
});
