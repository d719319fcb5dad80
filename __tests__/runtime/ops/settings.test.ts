import { cqrsOps } from "../../support/cqrs-ops";

/** Nothing is asked of what these name: what is wrong is said before that. */
const ENVIRONMENT = {
  BACKUP_FOLDER: __dirname,
  LOCAL_KEY: Buffer.alloc(32, 1).toString("base64"),
  EVENT_STORE_CONNECTION_STRING: "postgres://a@127.0.0.1:1/a",
};

const said = async (args: readonly string[], other: Readonly<Record<string, string | undefined>>) => {
  const { code, progress } = await cqrsOps(args, { ...ENVIRONMENT, ...other });
  const [line] = progress.split("\n");
  return { code, line };
};

test("all settings of the database that are missing are named at once", async () => {
  expect(await said(["rollback"], { DATABASE_PORT: "5432", DATABASE_USER: "" })).toEqual({
    code: 2,
    line: "cqrs-ops rollback: DATABASE_HOSTS: must be given; DATABASE_NAME: must be given; DATABASE_USER: must be given",
  });
});
