import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BACKUP_STAGES } from "../../../../runtime/recovery/managed/backup-now";
import { RESTORE_STAGES } from "../../../../runtime/recovery/managed/restore";
import { ROTATION_STAGES } from "../../../../runtime/recovery/managed/rotate-credentials";
import { compiled, ROOT } from "../../../support/compiled";
import { KurrentCloudStandIn } from "../../../support/kurrent-cloud-stand-in";
import type { Run } from "../../../support/kurrent-cloud-stand-in-run";
import { UsersStandIn } from "../../../support/kurrent-cloud-stand-in-users";
import { emptyMoto, whyNoMoto } from "../../../support/running-moto";

const PROGRAM = compiled(join(ROOT, "__tests__", "support", "kurrent-cloud-stand-in-run.ts"));
const REGION = "eu-central-1";
const CREDENTIALS = { AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test" };

jest.setTimeout(60_000);

function started(run: Run, killAt?: string): ChildProcess {
  const env = { ...process.env, ...CREDENTIALS, AWS_REGION: REGION, RUN: JSON.stringify(run), KILL_AT: killAt };
  return spawn(process.execPath, [PROGRAM], { env, stdio: ["ignore", "ignore", "pipe"] });
}

/** How a process ended: by its code, or by a signal. */
async function endOf(child: ChildProcess): Promise<unknown> {
  const said = child.stderr?.toArray();
  const [code, signal] = await once(child, "exit");
  const words = Buffer.concat((await said) ?? []).toString("utf8");
  return code === 0 || signal !== null ? (signal ?? code) : words;
}

/** Killed at a stage, then run again to the end. */
async function killedAndRepeated(run: Run, stage: string): Promise<void> {
  expect(await endOf(started(run, stage))).toBe("SIGKILL");
  expect(await endOf(started(run))).toBe(0);
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
    expect(await endOf(started(backup()))).toBe(0);
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
    let users: UsersStandIn;
    let versions: () => Promise<readonly { labels: readonly string[]; password: string }[]>;
    let rotation: (options?: Extract<Run, { flow: "rotate" }>["options"]) => Run;

    beforeAll(async () => {
      Object.assign(process.env, CREDENTIALS);
      moto = await emptyMoto();
    }, 90_000);
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
      expect(await endOf(started(rotation()))).toBe(0);
      expect(await versions()).toEqual([
        { labels: ["AWSPREVIOUS"], password: "changeit" },
        { labels: ["AWSCURRENT"], password: passwordNow() },
      ]);
      expect(users.changes).toEqual([passwordNow()]);
    });

    test.each(ROTATION_STAGES.filter((stage) => stage !== "keeping"))(
      "that is asked for again, by a name, and killed as it is %s, is one",
      async (stage) => {
        expect(await endOf(started(rotation()))).toBe(0);
        await killedAndRepeated(rotation({ again: true, rotation: randomUUID() }), stage);
        expect(users.changes).toHaveLength(2);
        expect((await versions()).filter(({ labels }) => labels.includes("AWSCURRENT"))).toEqual([
          { labels: ["AWSCURRENT"], password: passwordNow() },
        ]);
      },
    );

    test("that is killed while the change is under way ends as one password", async () => {
      users.fail(/change-password/, "lost");
      const child = started(rotation());
      while (users.changes.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
      child.kill("SIGKILL");
      await endOf(child);
      expect((await versions()).map(({ password }) => password)).toContain(passwordNow());
      expect(await endOf(started(rotation()))).toBe(0);
      expect(users.changes).toEqual([passwordNow()]);
    });
  },
);
