import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fieldsOf } from "../../../examples/orders/stores";
import { FolderStorage } from "../../../runtime/adapters/local/folder-storage";
import { type BackupStorage, BackupStorageError } from "../../../runtime/recovery/backup/backup-storage";
import { ledgerEntries } from "../../../runtime/recovery/subjects/ledger";
import { whyNoMoto } from "../../support/servers/running-moto";
import { type RunningPostgres, startPostgres, whyNoPostgres } from "../../support/servers/running-postgres";
import { S3_SETTINGS, S3OnMoto } from "../../support/servers/s3-on-moto";

const why = whyNoPostgres();

(why === undefined ? describe : describe.skip)(
  `whom the reference service forgets${why ? `, skipped: ${why}` : ""}`,
  () => {
    let server: RunningPostgres;
    let environment: Readonly<Record<string, string>>;
    const folder = mkdtempSync(join(tmpdir(), "ledger-"));
    beforeAll(async () => {
      server = await startPostgres();
      const { user, host, port, database } = server;
      environment = {
        NODE_ENV: "test",
        LOCAL_KEY: randomBytes(32).toString("base64"),
        SUBJECT_KEYS_URL: `postgres://${user}@${host}:${port}/${database}`,
      };
    }, 60_000);
    afterAll(async () => {
      await server.stop();
      rmSync(folder, { recursive: true });
    });

    /** Forgets somebody who has a key, as a service that is told this. */
    async function forget(subject: string, told: Readonly<Record<string, string>>): Promise<void> {
      const { keys, close } = await fieldsOf({ ...environment, ...told }, "test");
      try {
        await keys.newest(subject);
        await keys.forget(subject);
        expect(await keys.isForgotten(subject)).toBe(true);
      } finally {
        await close();
      }
    }
    async function subjectsIn(storage: BackupStorage): Promise<readonly (string | undefined)[]> {
      const subjects: (string | undefined)[] = [];
      for await (const { subject } of ledgerEntries(storage)) subjects.push(subject);
      return subjects.sort();
    }

    test("is written down in a folder, once", async () => {
      for (const subject of ["customer-1", "customer-2", "customer-1"])
        await forget(subject, { DELETED_SUBJECTS_FOLDER: folder });
      expect(await subjectsIn(await FolderStorage.create(folder))).toEqual(["customer-1", "customer-2"]);
    });

    test("is written down nowhere without a place for it", async () => {
      await forget("customer-3", {});
      expect(await subjectsIn(await FolderStorage.create(folder))).not.toContain("customer-3");
    });

    test("is not done while it can't be written down", async () => {
      const { keys, close } = await fieldsOf({ ...environment, DELETED_SUBJECTS_FOLDER: join(folder, "gone") }, "test");
      rmSync(join(folder, "gone"), { recursive: true });
      await expect(keys.forget("customer-4")).rejects.toThrow(BackupStorageError);
      expect(await keys.isForgotten("customer-4")).toBe(false);
      await close();
    });

    const whyNot = whyNoMoto();
    (whyNot === undefined ? test : test.skip)(
      `is written down in a bucket${whyNot ? `, skipped: ${whyNot}` : ""}`,
      async () => {
        const moto = await S3OnMoto.start();
        try {
          const { bucket, region } = S3_SETTINGS;
          const told = { DELETED_SUBJECTS_BUCKET: bucket, AWS_REGION: region, AWS_ENDPOINT_URL: moto.url };
          for (const subject of ["customer-5", "customer-5"]) await forget(subject, told);
          expect(await subjectsIn(await moto.storage({}, { prefix: "" }))).toEqual(["customer-5"]);
        } finally {
          await moto.stop();
        }
      },
      60_000,
    );
  },
);
