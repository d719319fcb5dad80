import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateBucketCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { production } from "../environments/production";
import { wordsOf } from "./support/documents/operator-commands";
import { emptyMoto, whyNoMoto } from "./support/servers/running-moto";
import { S3_CREDENTIALS } from "./support/servers/s3-on-moto";
import { stackOf } from "./support/synthesis/synthesized";
import { synthesizedOnce } from "./support/synthesis/synthesized-once";

const PAGE = readFileSync(join(__dirname, "..", "docs", "interrupted.md"), "utf8");
const COMMANDS = [...PAGE.matchAll(/^```sh\n(.*?)^```$/gms)].flatMap(([, block = ""]) => block.trim().split("\n"));
const state = { bucket: "states-of-tests" };
const app = synthesizedOnce({ production: { ...production, state } });

test("each command of the page is a line of bash", () => {
  expect(wordsOf(COMMANDS, {})).toHaveLength(COMMANDS.length);
});

test("the stacks, addresses and releases of the page exist", () => {
  const json = JSON.stringify(app.stacks);
  const named = wordsOf(COMMANDS, {}).flatMap((words) => {
    const [program, verb, address = ""] = words;
    if (program === "terraform" && verb === "import") return [address.split(".")[1] ?? ""];
    if (program === "helm" && verb === "history") return [`"name":"${address}"`];
    return [];
  });
  expect(named).toHaveLength(4);
  expect(named.filter((name) => !json.includes(name))).toEqual([]);
  expect(app.stacks).toHaveProperty("production-read-services");
});

const hasTerraform = spawnSync("terraform", ["version"]).status === 0;
const whyNot = hasTerraform ? whyNoMoto() : "no terraform";

(whyNot === undefined ? test : test.skip)(
  `a state that a killed run has locked is unlocked as the page says${whyNot === undefined ? "" : `, skipped: ${whyNot}`}`,
  async () => {
    const endpoint = await emptyMoto();
    const region = production.region;
    const client = new S3Client({
      ...{ region, endpoint, forcePathStyle: true },
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
    });
    await client.send(
      new CreateBucketCommand({
        Bucket: state.bucket,
        CreateBucketConfiguration: { LocationConstraint: region as "eu-central-1" },
      }),
    );
    const lock = async () =>
      (await client.send(new ListObjectsV2Command({ Bucket: state.bucket }))).Contents?.map(({ Key }) => Key) ?? [];

    const folder = mkdtempSync(join(tmpdir(), "interrupted-"));
    try {
      const { s3 } = stackOf(app, "production-read-services").terraform?.backend ?? {};
      const moto = { endpoints: { s3: endpoint }, use_path_style: true, skip_credentials_validation: true };
      const skipped = { skip_requesting_account_id: true, skip_metadata_api_check: true, skip_region_validation: true };
      // The first run is killed by what it makes, and the second is not.
      const command = `test -e killed || { touch killed; kill -KILL $PPID; }`;
      const resource = { terraform_data: { It: { provisioner: [{ "local-exec": { command } }] } } };
      writeFileSync(
        join(folder, "main.tf.json"),
        JSON.stringify({ terraform: { backend: { s3: { ...s3, ...moto, ...skipped } } }, resource }),
      );
      const env = { ...process.env, ...S3_CREDENTIALS, TF_IN_AUTOMATION: "1", CHECKPOINT_DISABLE: "1" };
      const terraform = (...args: string[]) => {
        const { status, signal, stdout, stderr } = spawnSync("terraform", args, { cwd: folder, env, encoding: "utf8" });
        return { status, signal, said: `${stdout}${stderr}` };
      };
      expect(terraform("init", "-no-color")).toMatchObject({ status: 0 });
      expect(terraform("apply", "-auto-approve", "-no-color")).toMatchObject({ signal: "SIGKILL" });
      expect(await lock()).toEqual(["production/production-read-services.tfstate.tflock"]);

      const refused = terraform("apply", "-auto-approve", "-no-color");
      const [, id = ""] = /Error acquiring the state lock.*ID: +(\S+)/s.exec(refused.said) ?? [];
      expect(refused.status).toBe(1);
      const unlock = COMMANDS.find((each) => each.startsWith("terraform force-unlock")) ?? "";
      const [, verb = ""] = unlock.split(" ");
      expect(terraform(verb, "-force", id)).toMatchObject({ status: 0 });
      expect(terraform("apply", "-auto-approve", "-no-color")).toMatchObject({ status: 0 });
      expect(await lock()).toEqual(["production/production-read-services.tfstate"]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
      client.destroy();
    }
  },
  120_000,
);
