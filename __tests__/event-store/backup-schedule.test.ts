import type { BackupConfig } from "../../lib/config/infrastructure";
import { BackupSchedule } from "../../lib/event-store/backup-schedule";
import { resourceOf, synthesizeStack } from "../support/synthesis/synthesized";

const synthesized = (backup: BackupConfig) =>
  synthesizeStack((stack) => new BackupSchedule(stack, "Backup", { projectId: "p1", clusterId: "c1", backup }));
const job = (backup: BackupConfig) => resourceOf(synthesized(backup), "kurrentcloud_scheduled_backup");

test.each([
  ["hourly", "30 days", "0 */1 * * *", 720],
  ["hourly", "1 day", "0 */1 * * *", 24],
  ["hourly", "365 days", "0 */1 * * *", 8760],
  ["daily", "30 days", "30 3 * * *", 30],
  ["daily", "1 day", "30 3 * * *", 1],
  ["daily", "365 days", "30 3 * * *", 365],
] as const)("%s backups kept for %s run at '%s' and are %i at most", (frequency, retention, schedule, count) => {
  expect(job({ frequency, retention })).toMatchObject({ schedule, max_backup_count: count });
});

test("is the cluster's, in its project", () => {
  expect(job({ frequency: "hourly", retention: "30 days" })).toMatchObject({
    project_id: "p1",
    source_cluster_id: "c1",
  });
});

test("names each backup by its cluster and its moment", () => {
  expect(job({ frequency: "hourly", retention: "30 days" })).toMatchObject({
    description: "hourly backup",
    backup_description: "{cluster} {datetime:RFC3339}",
  });
});

test("is not guarded, for any change replaces it", () => {
  expect(job({ frequency: "hourly", retention: "30 days" })).not.toHaveProperty("lifecycle");
});

test.each([
  [{ frequency: "minutely", retention: "30 days" }, ".frequency: must be 'hourly' or 'daily', got 'minutely'"],
  [{ retention: "30 days" }, ".frequency: is missing, must be 'hourly' or 'daily'"],
  [
    { frequency: "hourly", retention: "0 days" },
    ".retention: must be a number of days such as '30 days', got '0 days'",
  ],
  [{ frequency: "hourly", retention: "366 days" }, ".retention: must be from '1 day' to '365 days', got '366 days'"],
  [{ frequency: "hourly", retention: 30 }, ".retention: must be a number of days such as '30 days', got 30"],
])("refuses %j", (backup, problem) => {
  expect(() => synthesized(backup as BackupConfig)).toThrow(
    new Error(`1 problem in the configuration, nothing was synthesized:\n  Test/Backup.backup${problem}`),
  );
});
