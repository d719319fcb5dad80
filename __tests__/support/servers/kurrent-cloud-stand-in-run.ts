import { SecretsManagerSecret } from "../../../runtime/adapters/aws/secrets-manager";
import { KurrentCloud } from "../../../runtime/adapters/kurrent-cloud/kurrent-cloud";
import type { KurrentCloudSettings } from "../../../runtime/adapters/kurrent-cloud/kurrent-cloud-settings";
import { KurrentDbUsers } from "../../../runtime/adapters/kurrentdb/kurrentdb-users";
import { backupNow } from "../../../runtime/recovery/managed/backup-now";
import { restore } from "../../../runtime/recovery/managed/restore";
import { planRestore } from "../../../runtime/recovery/managed/restore-plan";
import { type RotationOptions, rotateCredentials } from "../../../runtime/recovery/managed/rotate-credentials";

/** What a run is told, as JSON in `RUN`. */
export type Run =
  | { readonly flow: "backup"; readonly settings: KurrentCloudSettings; readonly name: string }
  | {
      readonly flow: "restore";
      readonly settings: KurrentCloudSettings;
      readonly backupId: string;
      readonly folder: string;
    }
  | {
      readonly flow: "rotate";
      readonly connectionString: string;
      readonly secretId: string;
      readonly endpoint: string;
      readonly options: Pick<RotationOptions, "again" | "rotation">;
    };

/** One run to its end. */
export async function runManaged(told: Run, onStage: (stage: string) => void = () => {}): Promise<void> {
  const watching = { pollMilliseconds: 20, report: { onStage } };
  if (told.flow === "backup") {
    const clusterId = told.settings.clusterId;
    await backupNow(new KurrentCloud(told.settings), { ...watching, clusterId, name: told.name });
  } else if (told.flow === "restore") {
    const cloud = new KurrentCloud(told.settings);
    const { backupId, folder } = told;
    const plan = await planRestore(cloud, { backupId });
    await restore(cloud, plan, { ...watching, folder, terraform: { stack: "production-event-store" } });
  } else {
    const users = new KurrentDbUsers(told.connectionString);
    const secret = await SecretsManagerSecret.create(told.secretId, { endpoint: told.endpoint });
    await rotateCredentials(users, secret, { ...watching, ...told.options, username: "admin" });
    secret.close();
  }
}

// A program of the tests: one run in a process of its own, which kills itself as by `kill -9` when the stage `KILL_AT` begins.
if (require.main === module)
  void runManaged(JSON.parse(`${process.env.RUN}`), (stage) => {
    if (stage === process.env.KILL_AT) process.kill(process.pid, "SIGKILL");
  });
