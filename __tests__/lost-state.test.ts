import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runInNewContext } from "node:vm";
import { CreateBucketCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { production } from "../environments/production";
import { environmentProblems } from "../lib/config/environment";
import type { StateConfig } from "../lib/config/state";
import { awsProblems, cdktfProblems, whyNoAws, wordsOf } from "./support/documents/operator-commands";
import { blocksOf } from "./support/documents/runbooks";
import { addressesOf } from "./support/plans/plan";
import { emptyMoto, whyNoMoto } from "./support/servers/running-moto";
import { S3_CREDENTIALS } from "./support/servers/s3-on-moto";
import { stackOf } from "./support/synthesis/synthesized";
import { synthesizedOnce } from "./support/synthesis/synthesized-once";

const PAGES = ["access-logs", "state"].map((page) => readFileSync(join(__dirname, "..", "docs", `${page}.md`), "utf8"));
const PAGE = PAGES[1] ?? "";

/** The state that the page shows as this word. */
function stateOf(word: string): StateConfig & { readonly bucket: string; readonly keyArn: string } {
  const [, value = ""] =
    new RegExp(`^ *\`\`\`ts ${word}\\n[^]*?: StateConfig = ([^]*?);\\n *\`\`\``, "m").exec(PAGE) ?? [];
  return runInNewContext(`(${value})`);
}
const [first, replica] = [stateOf("state"), stateOf("replica")];
const REGIONS = { first: production.region, second: `${first.secondRegion}` };
const VARIABLES = {
  STATE_BUCKET: first.bucket,
  STATE_KEY_ARN: first.keyArn,
  REPLICA_BUCKET: replica.bucket,
  REPLICA_KEY_ARN: replica.keyArn,
  AWS_REGION: REGIONS.first,
  SECOND_REGION: REGIONS.second,
  BUCKET: "production-backups-1",
  LOGS_BUCKET: "production-backups-logs-1",
};
const COMMANDS = PAGES.flatMap((page) => blocksOf("sh", page))
  .flatMap((block) => block.split("\n").map((line) => line.trim()))
  .filter((line) => line !== "");
const WORDS = wordsOf(COMMANDS, VARIABLES);
const wordsBeginning = (...beginning: readonly string[]): readonly string[] => {
  const found = WORDS.find((words) => beginning.every((word, index) => words[index] === word));
  if (found === undefined) throw new Error(`docs/state.md has no command ${beginning.join(" ")}`);
  return found;
};

test("the states that the page shows are sound in production", () => {
  for (const state of [first, replica]) expect(environmentProblems("production", { ...production, state })).toEqual([]);
});

test("the stacks and addresses of the page exist", () => {
  const app = synthesizedOnce({ production: { ...production, state: first } });
  const cdktf = WORDS.filter(([program, , command]) => program === "npx" && command !== "synth");
  expect(cdktf.flatMap(([, , ...words]) => cdktfProblems(words, app))).toEqual([]);
  const targets = WORDS.flat().flatMap((word) => /^-target=(.*)$/.exec(word)?.[1] ?? []);
  expect(targets.filter((it) => !addressesOf(stackOf(app, "production-recovery")).includes(it))).toEqual([]);
  expect(targets).toHaveLength(1);
});

// Transfers by `aws s3` are carried out below.
(whyNoAws() === undefined ? test : test.skip)("the AWS CLI takes each question of both pages", () => {
  const questions = WORDS.filter(([program, service]) => program === "aws" && service !== "s3").map((words) =>
    words.slice(1),
  );
  expect(questions).toHaveLength(4);
  expect([...awsProblems(questions).values()].flat()).toEqual([]);
});

const hasTerraform = spawnSync("terraform", ["version"]).status === 0;
const whyNot = hasTerraform ? (whyNoMoto() ?? whyNoAws()) : "no terraform";

(whyNot === undefined ? test : test.skip)(
  `a team goes on from the replica, and back, as the page says${whyNot === undefined ? "" : `, skipped: ${whyNot}`}`,
  async () => {
    const endpoint = await emptyMoto();
    const credentials = { accessKeyId: "test", secretAccessKey: "test" };
    const clients = Object.values(REGIONS).map(
      (region) => new S3Client({ region, endpoint, credentials, forcePathStyle: true }),
    );
    const folder = mkdtempSync(join(tmpdir(), "lost-state-"));
    const env = { ...process.env, ...S3_CREDENTIALS, AWS_ENDPOINT_URL: endpoint, CHECKPOINT_DISABLE: "1" };
    const run = ([program = "", ...args]: readonly string[]) => {
      const { status, stdout, stderr } = spawnSync(program, args, { cwd: folder, env, encoding: "utf8" });
      return { status, said: `${stdout}${stderr}` };
    };
    const done = (words: readonly string[]): string => {
      const { status, said } = run(words);
      expect({ status, said }).toMatchObject({ status: 0 });
      return said;
    };
    /** What Terraform gets of the stack with this state, with a resource that no provider is needed for. */
    const write = (state: StateConfig, input: string) => {
      const app = synthesizedOnce({ production: { ...production, state } });
      const { s3 } = stackOf(app, "production-recovery").terraform?.backend ?? {};
      const moto = { endpoints: { s3: endpoint }, use_path_style: true, skip_credentials_validation: true };
      const skipped = { skip_requesting_account_id: true, skip_metadata_api_check: true };
      const output = { copies_bucket: { value: "${terraform_data.Copies.output}" } };
      const resource = { terraform_data: { Copies: { input } } };
      const terraform = { backend: { s3: { ...s3, ...moto, ...skipped } } };
      writeFileSync(join(folder, "main.tf.json"), JSON.stringify({ terraform, resource, output }));
    };
    try {
      for (const [index, Bucket] of [first.bucket, replica.bucket].entries()) {
        const LocationConstraint = Object.values(REGIONS)[index] as "eu-west-1";
        await clients[index]?.send(
          new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint } }),
        );
      }
      write(first, "before");
      done(["terraform", "init", "-no-color"]);
      done(["terraform", "apply", "-auto-approve", "-no-color"]);
      done(wordsBeginning("aws", "s3", "sync", `s3://${first.bucket}`));
      // The lock of a run that the loss of the Region ended: moto replicates nothing by itself.
      const id = wordsBeginning("terraform", "force-unlock")[2] ?? "";
      const lock = { ID: id, Operation: "OperationTypeApply", Who: "runner@ci-7", Created: "2026-11-30T20:11:05Z" };
      const Key = "production/production-recovery.tfstate.tflock";
      await clients[1]?.send(new PutObjectCommand({ Bucket: replica.bucket, Key, Body: JSON.stringify(lock) }));

      write(replica, "before");
      expect(run(["terraform", "init", "-input=false", "-no-color"])).toMatchObject({ status: 1 });
      done(wordsBeginning("terraform", "init", "-reconfigure"));
      expect(done(wordsBeginning("terraform", "output"))).toContain("before");
      expect(done(wordsBeginning("terraform", "state", "list"))).toContain("terraform_data.Copies");
      const locked = run(["terraform", "plan", "-no-color"]);
      expect(locked).toMatchObject({ status: 1, said: expect.stringContaining("Error acquiring the state lock") });
      done(["terraform", "force-unlock", "-force", id]);
      write(replica, "while the Region was away");
      done(["terraform", "apply", "-auto-approve", "-no-color"]);

      done(wordsBeginning("aws", "s3", "sync", `s3://${replica.bucket}`));
      write(first, "while the Region was away");
      done(wordsBeginning("terraform", "init", "-reconfigure"));
      expect(done(["terraform", "plan", "-no-color"])).toContain("No changes");
      const there = await clients[0]?.send(new ListObjectsV2Command({ Bucket: first.bucket }));
      expect(there?.Contents?.map((it) => it.Key)).toEqual(["production/production-recovery.tfstate"]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
      for (const client of clients) client.destroy();
    }
  },
  180_000,
);
