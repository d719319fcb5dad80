import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { APPLICATION, cqrsOps } from "../../support/runtime/cqrs-ops";
import { cqrsOpsBySchedule, cqrsOpsInProcess } from "../../support/runtime/cqrs-ops-in-process";

const PACKAGE = join(__dirname, "..", "..", "..", "runtime", "package.json");
/** Nothing is asked of what these name: what is wrong is said before that. */
const ENVIRONMENT = {
  BACKUP_FOLDER: __dirname,
  LOCAL_KEY: Buffer.alloc(32, 1).toString("base64"),
  EVENT_STORE_CONNECTION_STRING: "postgres://a@127.0.0.1:1/a",
};

const said = async (args: readonly string[], other: Readonly<Record<string, string | undefined>>) => {
  const { code, progress } = await cqrsOpsBySchedule(args, { ...ENVIRONMENT, ...other });
  const [line] = progress.split("\n");
  return { code, line };
};

test("all settings of the database that are missing are named at once", async () => {
  expect(await said(["rollback"], { DATABASE_PORT: "5432", DATABASE_USER: "" })).toEqual({
    code: 2,
    line: "cqrs-ops rollback: DATABASE_HOSTS: must be given; DATABASE_NAME: must be given; DATABASE_USER: must be given",
  });
});

test.each([
  [
    "no key at all",
    { LOCAL_KEY: undefined },
    "BACKUP_KMS_KEY_ID: must be given, or LOCAL_KEY, which works with NODE_ENV development and test alone",
  ],
  [
    "a local key where services run",
    { NODE_ENV: "production" },
    "NODE_ENV must be development or test for a local key: services use KMS, by BACKUP_KMS_KEY_ID",
  ],
  [
    "keys of KMS that are none",
    { BACKUP_KMS_KEY_ID: "alias/backups", BACKUP_FORMER_KMS_KEY_IDS: "1" },
    "BACKUP_KMS_KEY_ID must be the ARN of a key, got an alias, which could be moved to another; BACKUP_FORMER_KMS_KEY_IDS must be the ARN of a key",
  ],
])("%s: the settings of backups' keys are named", async (_, other, problem) => {
  expect(await said(["verify"], other)).toEqual({ code: 2, line: `cqrs-ops verify: ${problem}` });
});

const DATABASE = { DATABASE_HOSTS: "localhost", DATABASE_PORT: "1", DATABASE_NAME: "a", DATABASE_USER: "a" };
test.each([
  [{ DATABASE_HOSTS: "db.example" }, "DATABASE_CA_FILE: must be given for a host that is not this machine"],
  [{ DATABASE_HOSTS: "," }, "DATABASE_HOSTS: must be hosts with commas between, the primary first, got ,"],
  [{ DATABASE_CA_FILE: PACKAGE }, "DATABASE_CA_FILE: must be a certificate in PEM; DATABASE_PASSWORD: must be given"],
  [
    { EVENT_STORE_CONNECTION_STRING: "postgres://127.0.0.1:0" },
    "database in EVENT_STORE_CONNECTION_STRING: must be given; user in EVENT_STORE_CONNECTION_STRING: must be given; port in EVENT_STORE_CONNECTION_STRING: must be 1 to 65535, got 0",
  ],
  [
    { EVENT_STORE_CONNECTION_STRING: "postgres://a@db.example/a" },
    "DATABASE_CA_FILE: must be given for a host that is not this machine",
  ],
])("settings of PostgreSQL are named as they were given: %j", async (other, problem) => {
  expect(await said(["rollback"], { ...DATABASE, ...other })).toEqual({
    code: 2,
    line: `cqrs-ops rollback: ${problem}`,
  });
});

test.each([["list"], ["verify"], ["restore"], ["drill"], ["forget"]])(
  "%s makes no folder of a name that was mistyped",
  async (command) => {
    const mistyped = join(__dirname, "bakcups");
    const settings = { BACKUP_FOLDER: mistyped, PROJECTION_PARTITIONS: "4", OPS_APPLICATION: APPLICATION };
    expect(await said([command], settings)).toEqual({
      code: 2,
      line: `cqrs-ops ${command}: BACKUP_FOLDER: must be a folder that is there, got ${JSON.stringify(mistyped)}: ENOENT`,
    });
    expect(existsSync(mistyped)).toBe(false);
  },
);

test.each([
  ["/proc/backups/of/orders", "ENOENT"],
  [join(__filename, "backups"), "ENOTDIR"],
])("a folder that can't be made is said to be none: %s", async (folder, why) => {
  expect(await said(["backup"], { BACKUP_FOLDER: folder })).toEqual({
    code: 2,
    line: `cqrs-ops backup: BACKUP_FOLDER: must be a folder that can be used, got ${JSON.stringify(folder)}: ${why}`,
  });
});

test("a file is no folder of backups", async () => {
  expect((await said(["list"], { BACKUP_FOLDER: __filename })).line).toMatch(/ that is there, got "\S+": ENOTDIR$/);
});

test.each([["backup"], ["restore"], ["verify", "--store"]])(
  "%s says which stores there may be, and nothing of an address that may have a password",
  async (...args) => {
    expect(await said(args, { EVENT_STORE_CONNECTION_STRING: "mysql://a:secret@127.0.0.1/a" })).toEqual({
      code: 2,
      line: `cqrs-ops ${args[0]}: EVENT_STORE_CONNECTION_STRING: must begin with postgres://, kurrentdb:// or esdb://, or with +discover before the colon`,
    });
  },
);

test.each([
  [["backup", "--zzz"], "backup", "unknown option '--zzz'"],
  [["zzz"], "cqrs-ops", "unknown command 'zzz'"],
  [["managed", "restore"], "managed restore", "required option '--backup <id>' not specified"],
  [
    ["lag", "--limit", "x"],
    "lag",
    "option '--limit <events>' argument 'x' is invalid. must be a whole number from 1 to 1000000",
  ],
  [[], "cqrs-ops", "a command must be given"],
  [["managed"], "managed", "a command must be given"],
])("what is no command is said in JSON, too, where that is asked for: %j", async (args, command, error) => {
  for (const all of [
    ["--json", ...args],
    [...args, "--json"],
  ]) {
    const { code, out } = await cqrsOpsBySchedule(all, ENVIRONMENT);
    expect([code, out && JSON.parse(out)]).toEqual([2, { command, outcome: "could not check", error }]);
  }
  expect((await cqrsOpsBySchedule(args, ENVIRONMENT)).out).toBe("");
});

test.each([
  ["BACKUP_FOLDER", ["backup"]],
  ["BACKUP_FOLDER", ["list"]],
  ["BACKUP_FOLDER", ["verify"]],
  ["BACKUP_FOLDER", ["restore"]],
  ["BACKUP_FOLDER", ["forget"]],
  ["OPS_APPLICATION", ["rebuild"]],
  ["DATABASE_HOSTS", ["rollback"]],
  ["OPS_APPLICATION", ["drill"]],
  ["OPS_APPLICATION", ["lag"]],
  ["url", ["health", "nowhere"]],
  ["EVENT_STORE_CREDENTIALS_SECRET", ["credentials"]],
  ["KURRENT_CLOUD_CLUSTER_ID", ["managed", "backup", "--name", "a"]],
  ["KURRENT_CLOUD_CLUSTER_ID", ["managed", "list"]],
  ["KURRENT_CLOUD_CLUSTER_ID", ["managed", "restore", "--backup", "a", "--folder", "b", "--stack", "c"]],
])("as a process, and within one, the tool names %s for %j, and ends with 2", async (setting, args) => {
  const process = await cqrsOps(["--json", ...args], {});
  expect([process.code, JSON.parse(process.out).error]).toEqual([2, expect.stringContaining(setting)]);
  const { code, out } = await cqrsOpsInProcess(["--json", ...args], {});
  expect([code, out]).toEqual([2, process.out]);
});

test("a rebuild in place keeps no former models, and takes no number of them", async () => {
  expect(await said(["rebuild", "--in-place", "--keep", "3"], {})).toEqual({
    code: 2,
    line: "error: option '--keep <count>' cannot be used with option '--in-place'",
  });
});

test("it says its version, which is its package's", async () => {
  const { version } = JSON.parse(readFileSync(PACKAGE, "utf8"));
  expect(await cqrsOps(["--version"], {})).toEqual({ code: 0, out: `${version}\n`, progress: "" });
});
