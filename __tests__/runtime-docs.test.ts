import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Pool } from "pg";
import type { Statement } from "../lib/security/policy";
import { SUBJECT } from "../lib/workloads/field-key-access";
import { loadApplication } from "../runtime/ops/application";
import { type RunningPostgres, startPostgres, whyNoPostgres } from "./support/servers/running-postgres";
import { compiled, ROOT } from "./support/test-run/compiled";

const DOCUMENT = readFileSync(join(ROOT, "docs", "runtime.md"), "utf8");
const CHAIRS = join(__dirname, "examples", "chairs");
const PLATFORM_USER = "65532:65532";

const blockOf = (word: string): string =>
  new RegExp(`^ *\`\`\`${word}\\n([\\s\\S]*?)^ *\`\`\``, "m").exec(DOCUMENT)?.[1] ?? "";

// They are compiled with all that is ours.
test.each(["ops", "main"])("the code of %s.ts in docs/runtime.md is what is compiled", (name) => {
  const file = readFileSync(join(CHAIRS, `${name}.ts`), "utf8");
  expect(blockOf(`ts ${name}`)).toBe(/\/\/ #region .*\n([\s\S]*)\/\/ #endregion/.exec(file)?.[1]);
});

test("its application is one that cqrs-ops takes", async () => {
  const { projections, tables } = await loadApplication(join(CHAIRS, "ops.ts"));
  expect([projections.map(({ name }) => name), tables.length]).toEqual([["chairs"], 1]);
});

test("its role of rewrapDataKeys may rewrap data keys of subjects, and read none", () => {
  const statements: readonly Statement[] = JSON.parse(blockOf("json rewrap"));
  expect(statements.map(({ Action }) => Action)).toEqual(["kms:ReEncryptFrom", "kms:ReEncryptTo"]);
  expect(new Set(statements.map(({ Resource }) => Resource)).size).toBe(2);
  for (const { Condition } of statements) {
    expect(Condition).toEqual({ Null: { [`kms:EncryptionContext:${SUBJECT}`]: "false" } });
  }
});

const why = whyNoPostgres();
(why === undefined ? describe : describe.skip)(`on a PostgreSQL${why ? `, skipped: ${why}` : ""}`, () => {
  let postgres: RunningPostgres;
  beforeAll(async () => {
    postgres = await startPostgres();
  }, 60_000);
  afterAll(() => postgres.stop());

  test("its program makes a row of its event, and ends", async () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [compiled(join(CHAIRS, "main.ts"))], {
      cwd: ROOT,
      env: { ...process.env, DATABASE_PORT: `${postgres.port}` },
      encoding: "utf8",
    });
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/^\[\{"sku":"[0-9a-f-]+","color":"red"\}\]$/m);
    const pool = new Pool({ connectionString: postgres.url });
    const { rows } = await pool.query("select color from read_models.chairs");
    await pool.end();
    expect(rows).toEqual([{ color: "red" }]);
  }, 60_000);
});

describe("its image of cqrs-ops", () => {
  const dockerfile = blockOf("dockerfile ops");
  const { bin, peerDependencies, version } = JSON.parse(readFileSync(join(ROOT, "runtime", "package.json"), "utf8"));

  test("runs the package's tool, as the platform's user", () => {
    expect(dockerfile).toContain(`ENTRYPOINT ["node", "node_modules/@cdktf-cqrs/runtime/${bin["cqrs-ops"]}"]`);
    expect(dockerfile).toContain(`USER ${PLATFORM_USER}\n`);
  });

  test("has the clients that the tool may load", () => {
    const [, installed = ""] = /^npm install (\.\/vendor[\s\S]*?[^\\])\n/m.exec(DOCUMENT) ?? [];
    const named = installed
      .replaceAll("\\", " ")
      .split(/\s+/)
      .map((name) => name.replace(/(?<=.)@[\d.]+$/, ""));
    // Of services alone: a cache, and the token for it.
    const others = ["@redis/client", "@smithy/signature-v4", "@aws-crypto/sha256-js"];
    const wanted = Object.keys(peerDependencies).filter((name) => !others.includes(name));
    expect(named.sort()).toEqual([`./vendor/cdktf-cqrs-runtime-${version}.tgz`, ...wanted].sort());
  });
});
