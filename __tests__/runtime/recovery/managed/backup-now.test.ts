import { KurrentCloud } from "../../../../runtime/adapters/kurrent-cloud/kurrent-cloud";
import { type BackupOptions, backupNow } from "../../../../runtime/recovery/managed/backup-now";
import { listBackups } from "../../../../runtime/recovery/managed/list-backups";
import { KurrentCloudStandIn } from "../../../support/servers/kurrent-cloud-stand-in";
import { CLUSTER_ID } from "../../../support/servers/kurrent-cloud-stand-in-state";

const NAME = "before release 42";

let standIn: KurrentCloudStandIn;
let cloud: KurrentCloud;
let stages: string[];
let waits: string[];
beforeEach(async () => {
  standIn = await KurrentCloudStandIn.start();
  cloud = new KurrentCloud(standIn.settings(), { limitMilliseconds: 300, tries: 2 });
  stages = [];
  waits = [];
});
afterEach(async () => {
  cloud.close();
  await standIn.stop();
});

const backup = (more: Partial<BackupOptions> = {}) =>
  backupNow(cloud, {
    ...{ clusterId: CLUSTER_ID, name: NAME, pollMilliseconds: 10 },
    report: { onStage: (stage) => stages.push(stage), onWaiting: (why) => waits.push(why) },
    ...more,
  });
/** A report that ends what is waited for as soon as it is. */
const endingWait = (end: () => void): BackupOptions["report"] => ({
  onWaiting: (why) => {
    waits.push(why);
    end();
  },
});
const made = () => [...standIn.state.backups.values()];

test("a backup is made, and waited for until it can be restored", async () => {
  expect(await backup()).toMatchObject({ status: "available", description: NAME, sizeGb: 1024 });
  expect(stages).toEqual(["looking", "beginning", "watching", "available"]);
  expect(waits).toEqual(["the backup is creating"]);
});

describe("one name is one backup", () => {
  test("another run finds what was made", async () => {
    const { id } = await backup();
    stages = [];
    expect(await backup()).toMatchObject({ id });
    expect(stages).toEqual(["looking", "watching", "available"]);
    expect(made()).toHaveLength(1);
  });

  test("another run goes on watching what is being made", async () => {
    const { id } = standIn.state.addBackup({ description: NAME, status: "creating" });
    expect(await backup()).toMatchObject({ id, status: "available" });
    expect(made()).toHaveLength(1);
  });

  test.each(["defunct", "deleted", "deleting"])("one that is %s is none, and another is made", async (status) => {
    standIn.state.addBackup({ description: NAME, status });
    expect(await backup()).toMatchObject({ status: "available" });
    expect(made()).toHaveLength(2);
  });

  test("of another cluster it is another", async () => {
    const { id } = standIn.state.addCluster({ description: "staging-events", status: "available" });
    standIn.state.addBackup({ description: NAME, sourceClusterId: id });
    await backup();
    expect(made()).toHaveLength(2);
  });

  test.each([500, "reset", "garbage", "wrong", "hanging", "lost"] as const)(
    "after %s of its beginning it is looked for, and one is made",
    async (kind) => {
      standIn.fail({ at: /POST .*backups/, kind });
      expect(await backup()).toMatchObject({ status: "available" });
      expect(made()).toHaveLength(1);
      expect(waits).toContain("there is no answer");
    },
  );

  test("a beginning whose answer came too late is found before another is asked for", async () => {
    standIn.fail({ at: /POST .*backups/, kind: "hanging" });
    // It is given up after 300 ms, and looked for at 400, 500 and 600.
    const late = () => setTimeout(() => standIn.state.addBackup({ description: NAME, status: "creating" }), 450);
    const onStage = (stage: string) => void (stage === "beginning" && late());
    await backup({ pollMilliseconds: 100, report: { onStage } });
    expect(made()).toHaveLength(1);
    expect(standIn.count(/^POST/)).toBe(1);
  });
});

describe("a cluster that is locked", () => {
  test("by another backup is waited for", async () => {
    const other = standIn.state.addBackup({ description: "hourly", status: "creating" });
    const report = endingWait(() => {
      other.status = "available";
    });
    await backup({ report });
    expect(waits).toContain("another backup of the cluster is being made, and it has one at a time");
    expect(standIn.count(/^POST/)).toBe(1);
  });

  test("by something that is not seen is waited for", async () => {
    standIn.fail({ at: /POST .*backups/, kind: 409, times: 2 });
    await backup();
    expect(waits.slice(0, 2)).toEqual(["it is locked by something else", "it is locked by something else"]);
    expect(made()).toHaveLength(1);
  });

  test("by a change of it is waited for", async () => {
    const cluster = standIn.state.clusters.get(CLUSTER_ID);
    if (cluster !== undefined) cluster.status = "resizing";
    const report = endingWait(() => {
      if (cluster !== undefined) cluster.status = "available";
    });
    await backup({ report });
    expect(waits).toContain("the cluster is resizing");
  });

  test("is not waited for longer than it may take", async () => {
    standIn.fail({ at: /POST .*backups/, kind: 409, times: 1e9 });
    const limited = backup({ limitMilliseconds: 100 });
    await expect(limited).rejects.toMatchObject({ name: "WatchingLimitError", cause: { reason: "locked" } });
  });
});

describe("what ends it", () => {
  test("a backup that its maker gives up", async () => {
    standIn.state.end = "defunct";
    await expect(backup()).rejects.toMatchObject({ name: "FailedAtMakerError", what: "backup", status: "defunct" });
  });

  test("a cluster that is no more", async () => {
    const cluster = standIn.state.clusters.get(CLUSTER_ID);
    if (cluster !== undefined) cluster.status = "deleted";
    await expect(backup()).rejects.toMatchObject({ name: "FailedAtMakerError", what: "cluster", status: "deleted" });
    expect(made()).toHaveLength(0);
  });

  test("a cluster that never was", async () => {
    await expect(backup({ clusterId: "none" })).rejects.toMatchObject({ reason: "missing" });
  });

  test.each([
    [403, "forbidden"],
    [412, "precondition"],
    [400, "invalid"],
  ])("a beginning that is refused with %d", async (kind, reason) => {
    standIn.fail({ at: /POST .*backups/, kind });
    await expect(backup()).rejects.toMatchObject({ name: "ManagedStoreRefusal", reason });
  });

  test("a backup that takes too long, and another run goes on with it", async () => {
    standIn.state.looksUntilMade = 1e9;
    await expect(backup({ limitMilliseconds: 100 })).rejects.toThrow(/^backup: must be done within 100 ms/);
    standIn.state.looksUntilMade = 0;
    await backup();
    expect(made()).toHaveLength(1);
  });

  test("whoever cancels it", async () => {
    standIn.state.looksUntilMade = 1e9;
    const stop = new AbortController();
    setTimeout(() => stop.abort(new Error("enough")), 50);
    await expect(backup({ signal: stop.signal })).rejects.toThrow("enough");
  });

  test.each(["", " a", "a ", "{datetime:utc}", "a\nb", "x".repeat(101)])("a name such as %j", async (name) => {
    await expect(backup({ name })).rejects.toThrow(RangeError);
    expect(standIn.requests).toEqual([]);
  });
});

test("passing failures while it is watched are waited out", async () => {
  standIn.fail({ at: /GET .*backups\/c/, kind: 503, times: 5 });
  expect(await backup()).toMatchObject({ status: "available" });
});

test("backups are listed with their age, the newest first, and those that failed", async () => {
  const now = new Date("2026-11-24T12:00:00Z");
  standIn.state.addBackup({ description: "older", created: "2026-11-24T10:00:00Z" });
  standIn.state.addBackup({ description: "newer", created: "2026-11-24T11:59:00Z", status: "defunct" });
  standIn.state.addBackup({ description: "another's", created: "2026-11-24T11:00:00Z", sourceClusterId: "other" });
  const listed = await listBackups(cloud, { clusterId: CLUSTER_ID, now: () => now });
  expect(listed).toMatchObject([
    { description: "newer", ageSeconds: 60, status: "defunct", sizeGb: 1024, serverVersion: "26.0" },
    { description: "older", ageSeconds: 7200, status: "available" },
  ]);
  expect(await listBackups(cloud)).toHaveLength(3);
});
