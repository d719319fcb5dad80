import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BACKUP_STAGES } from "../../../../runtime/recovery/managed/backup-now";
import { RESTORE_STAGES } from "../../../../runtime/recovery/managed/restore";
import { ROTATION_STAGES } from "../../../../runtime/recovery/managed/rotate-credentials";
import { KurrentCloudStandIn } from "../../../support/servers/kurrent-cloud-stand-in";
import { type Run, runManaged } from "../../../support/servers/kurrent-cloud-stand-in-run";
import { UsersStandIn } from "../../../support/servers/kurrent-cloud-stand-in-users";
import { emptyMoto, whyNoMoto } from "../../../support/servers/running-moto";
import { compiled, ROOT } from "../../../support/test-run/compiled";
import { bySchedule } from "../../../support/test-run/nightly";

const PROGRAM = compiled(join(ROOT, "__tests__", "support", "servers", "kurrent-cloud-stand-in-run.ts"));
const REGION = "eu-central-1";
/** What AWS's SDK reads of the process that it is in. */
const AWS = { AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test", AWS_REGION: REGION };

jest.setTimeout(60_000);

function started(run: Run, killAt?: string): ChildProcess {
  const env = { ...process.env, ...AWS, RUN: JSON.stringify(run), KILL_AT: killAt };
  return spawn(process.execPath, [PROGRAM], { env, stdio: ["ignore", "ignore", "pipe"] });
}

/** How a process ended: by a signal, or by what it said. */
async function endOf(child: ChildProcess): Promise<unknown> {
  const said = child.stderr?.toArray();
  const [, signal] = await once(child, "exit");
  return signal ?? Buffer.concat((await said) ?? []).toString("utf8");
}

/** Killed at a stage, then run again to the end: by this process, for it is not killed. */
async function killedAndRepeated(run: Run, stage: string): Promise<void> {
  expect(await endOf(started(run, stage))).toBe("SIGKILL");
  await runManaged(run);
}

describe("at Kurrent Cloud", () => {
  let standIn: KurrentCloudStandIn;
  let folder: string;
  beforeEach(async () => {
    standIn = await KurrentCloudStandIn.start();
    folder = mkdtempSync(join(tmpdir(), "restored-"));
  });
  afterEach(async () => {
    rmSync(folder, { recursive: true });
    await standIn.stop();
  });

  const backup = (): Run => ({ flow: "backup", settings: standIn.settings(), name: "before release 42" });
  const restore = (backupId: string): Run => ({ flow: "restore", settings: standIn.settings(), backupId, folder });
  const newClusters = () =>
    [...standIn.state.clusters.values()].filter(({ description }) => / from /.test(description));

  test.each(BACKUP_STAGES)("a backup that is killed as it is %s ends as one backup", async (stage) => {
    await killedAndRepeated(backup(), stage);
    expect([...standIn.state.backups.values()]).toMatchObject([{ status: "available" }]);
  });

  test("a backup that is killed while its beginning is under way ends as one backup", async () => {
    standIn.fail({ at: /POST .*backups/, kind: "lost" });
    const child = started(backup());
    while (standIn.state.backups.size === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    child.kill("SIGKILL");
    expect(await endOf(child)).toBe("SIGKILL");
    await runManaged(backup());
    expect([...standIn.state.backups.values()]).toMatchObject([{ status: "available" }]);
  });

  test.each(RESTORE_STAGES)(
    "a restore that is killed as it is %s ends as one cluster, and whole files",
    async (stage) => {
      const { id } = standIn.state.addBackup({ description: "hourly" });
      await killedAndRepeated(restore(id), stage);
      const [cluster, ...more] = newClusters();
      expect(cluster).toMatchObject({ status: "available" });
      expect(more).toEqual([]);
      expect(readdirSync(folder).sort()).toEqual(["import.tf", "next-steps.md", "restored-cluster.json"]);
      expect(readFileSync(join(folder, "import.tf"), "utf8")).toContain(`:${cluster?.id}"\n}\n`);
    },
  );
});

const why = whyNoMoto();
(why === undefined ? describe : describe.skip)(
  `a rotation with a secret as moto has it${why === undefined ? "" : `, skipped: ${why}`}`,
  () => {
    let moto: string;
    let before: NodeJS.ProcessEnv;
    let users: UsersStandIn;
    let versions: () => Promise<readonly { labels: readonly string[]; password: string }[]>;
    let rotation: (options?: Extract<Run, { flow: "rotate" }>["options"]) => Run;

    beforeAll(async () => {
      before = { ...process.env };
      Object.assign(process.env, AWS);
      moto = await emptyMoto();
    }, 90_000);
    afterAll(() => {
      for (const name of Object.keys(AWS)) delete process.env[name];
      Object.assign(process.env, before);
    });
    beforeEach(async () => {
      users = await UsersStandIn.start();
      const sdk = await import("@aws-sdk/client-secrets-manager");
      const client = new sdk.SecretsManagerClient({ region: REGION, endpoint: moto });
      const SecretId = `production/${randomUUID()}`;
      await client.send(new sdk.CreateSecretCommand({ Name: SecretId }));
      versions = async () => {
        const { Versions = [] } = await client.send(new sdk.ListSecretVersionIdsCommand({ SecretId }));
        return Promise.all(
          Versions.map(async ({ VersionId, VersionStages = [] }) => {
            const { SecretString } = await client.send(new sdk.GetSecretValueCommand({ SecretId, VersionId }));
            return { labels: VersionStages, password: JSON.parse(`${SecretString}`).password };
          }),
        );
      };
      rotation = (options = {}) => ({
        ...{
          flow: "rotate",
          connectionString: users.connectionString,
          secretId: SecretId,
          endpoint: moto,
          options,
        },
      });
    });
    afterEach(() => users.stop());

    const passwordNow = () => users.passwords.get("admin");

    test.each(ROTATION_STAGES)("that is killed as it is %s loses no password, and ends as one", async (stage) => {
      expect(await endOf(started(rotation(), stage))).toBe("SIGKILL");
      const remembered = ["changeit", ...(await versions()).map(({ password }) => password)];
      expect(remembered).toContain(passwordNow());
      await runManaged(rotation());
      expect(await versions()).toEqual([
        { labels: ["AWSPREVIOUS"], password: "changeit" },
        { labels: ["AWSCURRENT"], password: passwordNow() },
      ]);
      expect(users.changes).toEqual([passwordNow()]);
    });

    const again = bySchedule<readonly (typeof ROTATION_STAGES)[number][]>({
      // Before, between and after the changes of the secret and the store.
      always: ["proposing", "changing", "promoting", "settling"],
      nightly: ROTATION_STAGES.filter((stage) => stage !== "keeping"),
    });
    test.each(again)("that is asked for again, by a name, and killed as it is %s, is one", async (stage) => {
      await runManaged(rotation());
      await killedAndRepeated(rotation({ again: true, rotation: randomUUID() }), stage);
      expect(users.changes).toHaveLength(2);
      expect((await versions()).filter(({ labels }) => labels.includes("AWSCURRENT"))).toEqual([
        { labels: ["AWSCURRENT"], password: passwordNow() },
      ]);
    });

    test("that is killed while the change is under way ends as one password", async () => {
      users.fail(/change-password/, "lost");
      const child = started(rotation());
      while (users.changes.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
      child.kill("SIGKILL");
      await endOf(child);
      expect((await versions()).map(({ password }) => password)).toContain(passwordNow());
      await runManaged(rotation());
      expect(users.changes).toEqual([passwordNow()]);
    });
  },
);
