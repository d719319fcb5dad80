import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KurrentCloud } from "../../../../runtime/adapters/kurrent-cloud/kurrent-cloud";
import type { ClusterShape } from "../../../../runtime/recovery/managed/managed-clusters";
import { type RestoreOptions, restore } from "../../../../runtime/recovery/managed/restore";
import { CLUSTER_ADDRESS } from "../../../../runtime/recovery/managed/restore-files";
import { planInWords, planRestore, type RestoreWish } from "../../../../runtime/recovery/managed/restore-plan";
import { addressesOf, approvedContent } from "../../../support/plans/plan";
import { KurrentCloudStandIn } from "../../../support/servers/kurrent-cloud-stand-in";
import { CLUSTER_ID, NETWORK_ID, PROJECT_ID } from "../../../support/servers/kurrent-cloud-stand-in-state";
import type { TerraformJson } from "../../../support/synthesis/synthesized";

let standIn: KurrentCloudStandIn;
let cloud: KurrentCloud;
let folder: string;
let backupId: string;
let stages: string[];
beforeEach(async () => {
  standIn = await KurrentCloudStandIn.start();
  cloud = new KurrentCloud(standIn.settings(), { limitMilliseconds: 300, tries: 2 });
  folder = mkdtempSync(join(tmpdir(), "restored-"));
  ({ id: backupId } = standIn.state.addBackup({ description: "hourly", created: "2026-11-24T10:00:00Z" }));
  stages = [];
});
afterEach(async () => {
  cloud.close();
  rmSync(folder, { recursive: true });
  await standIn.stop();
});

const planned = (wish: Partial<RestoreWish> = {}) => planRestore(cloud, { backupId, ...wish });
const restored = async (more: Partial<RestoreOptions> = {}, wish: Partial<RestoreWish> = {}) =>
  restore(cloud, await planned(wish), {
    ...{ folder, terraform: { stack: "production-event-store" }, pollMilliseconds: 10 },
    report: { onStage: (stage) => stages.push(stage) },
    ...more,
  });
const clusters = () => [...standIn.state.clusters.values()];
const written = (name: string) => readFileSync(join(folder, name), "utf8");
const problemsOf = (wish: Partial<RestoreWish>) =>
  planned(wish).then(
    () => [],
    (error) => error.problems,
  );
const SHAPE: ClusterShape = {
  ...{ networkId: NETWORK_ID, topology: "single-node", instanceType: "c4", diskType: "gp3", diskSizeGb: 1024 },
  ...{ diskIops: 3000, diskThroughput: 125, serverVersion: "26.0", projectionLevel: "off" },
  ...{ publicAccess: false, protected: false },
};

describe("a plan", () => {
  test("is a cluster as the backup's was, by a name with the backup's id", async () => {
    const { cluster, source, begun } = await planned();
    expect(cluster).toMatchObject({ description: `production-events from ${backupId}`, backupId, instanceType: "m32" });
    expect(source).toMatchObject({ id: CLUSTER_ID });
    expect(begun).toBeUndefined();
  });

  test("is said in words before anything is made", async () => {
    expect(planInWords(await planned())).toEqual([
      `Backup ${backupId} 'hourly' of 2026-11-24T10:00:00.000Z: 1024 GB, version 26.0.`,
      `A new cluster 'production-events from ${backupId}' is made of it.`,
      "It is three-node-multi-zone m32 with gp3 of 1024 GB, 3000 IOPS, 250 MB/s, version 26.0, projections system.",
      `It is in network ${NETWORK_ID}, aws eu-central-1, private.`,
      "What was written after the backup is not in it. Users and their passwords are those of the backup.",
      `The cluster ${CLUSTER_ID} 'production-events' stays as it is, and is paid for, until somebody deletes it.`,
    ]);
    expect(standIn.count(/^POST/)).toBe(0);
  });

  test("takes the version of the backup, whatever the cluster was upgraded to since", async () => {
    ({ id: backupId } = standIn.state.addBackup({ description: "old", serverVersion: "24.10" }));
    expect((await planned()).cluster.serverVersion).toBe("24.10");
  });

  test("takes all of the shape from the wish where the cluster is no more", async () => {
    standIn.state.clusters.clear();
    const plan = await planned({ shape: SHAPE });
    expect(plan.cluster).toMatchObject(SHAPE);
    expect(planInWords(plan).at(-1)).toBe("The cluster that the backup was made of is no more.");
  });

  test("says all that is missing where the cluster is no more", async () => {
    standIn.state.clusters.clear();
    expect(await problemsOf({ shape: { networkId: NETWORK_ID, topology: "single-node" } })).toEqual(
      ["instanceType", "diskType", "diskSizeGb", "projectionLevel", "publicAccess", "protected"].map(
        (key) => `${key}: must be given, for the cluster that the backup was made of is no more`,
      ),
    );
  });

  test.each<[Partial<ClusterShape>, string]>([
    [{ diskSizeGb: 512 }, "diskSizeGb: must be 1024 to 4096, got 512"],
    [{ diskIops: undefined }, "diskIops: must be 3000 to 16000, got undefined"],
    [{ diskThroughput: 100 }, "diskThroughput: must be 125 to 1000, got 100"],
    [{ topology: "Single-Node" }, "topology: must be one of single-node, three-node-multi-zone, got 'Single-Node'"],
    [{ instanceType: "m7" }, "instanceType: must be one of f1, c4, m8, m16, m32, m64, m128, got 'm7'"],
    [{ projectionLevel: "all" }, "projectionLevel: must be one of off, system, user, got 'all'"],
    [{ publicAccess: true }, "aclId: must be given for a public cluster"],
    [{ networkId: "other" }, "networkId: must be a network of the project, got another"],
  ])("refuses %j", async (shape, problem) => {
    expect(await problemsOf({ shape })).toEqual([problem]);
  });

  test("refuses a network elsewhere", async () => {
    standIn.state.networks.set("far", { id: "far", provider: "aws", region: "us-east-1", status: "available" });
    expect(await problemsOf({ shape: { networkId: "far" } })).toEqual([
      "networkId: must be in aws eu-central-1, where the backup is, got aws us-east-1",
    ]);
  });

  test.each(["creating", "defunct", "deleting"])("refuses a backup that is %s", async (status) => {
    standIn.state.looksUntilMade = 9;
    ({ id: backupId } = standIn.state.addBackup({ description: "other", status }));
    expect(await problemsOf({})).toEqual([`backup: must be available, is ${status}`]);
  });

  test("refuses a name that Terraform would not take over", async () => {
    expect(await problemsOf({ name: "a\nb" })).toEqual([
      "name: must be letters, digits, ' ', '.', '_' and '-', at most 60",
    ]);
  });

  test("refuses to go on with a cluster that is another", async () => {
    standIn.state.addCluster({ description: `production-events from ${backupId}`, instanceType: "m64" });
    expect(await problemsOf({})).toEqual([
      "instanceType: must be m64, as the cluster that an earlier run has begun, got m32; or give another name",
    ]);
  });

  test("of a backup that is not there is refused", async () => {
    await expect(planned({ backupId: "none" })).rejects.toMatchObject({ reason: "missing" });
  });
});

describe("a restore", () => {
  test("makes a new cluster of the backup, and leaves the other one alone", async () => {
    const before = { ...standIn.state.clusters.get(CLUSTER_ID) };
    const { cluster, connectionString } = await restored();
    expect(cluster).toMatchObject({ status: "available", diskSizeGb: 1024, networkId: NETWORK_ID });
    expect(connectionString).toBe(
      `kurrentdb+discover://${cluster.id}.mesdb.eventstore.cloud:2113?nodePreference=leader`,
    );
    expect(standIn.state.clusters.get(CLUSTER_ID)).toEqual(before);
    expect(stages).toEqual(["looking", "beginning", "watching", "writing", "restored"]);
  });

  test("writes what a person needs next", async () => {
    const { cluster, files } = await restored();
    expect(readdirSync(folder).sort()).toEqual(["import.tf", "next-steps.md", "restored-cluster.json"]);
    expect([...files].sort()).toEqual(readdirSync(folder).map((name) => join(folder, name)));
    expect(written("import.tf")).toContain(`  to = ${CLUSTER_ADDRESS}\n  id = "${PROJECT_ID}:${cluster.id}"`);
    expect(JSON.parse(written("restored-cluster.json"))).toMatchObject({
      ...{ backupId, formerClusterId: CLUSTER_ID, clusterId: cluster.id, host: `${cluster.id}.mesdb.eventstore.cloud` },
      terraform: { stack: "production-event-store", importId: `${PROJECT_ID}:${cluster.id}` },
    });
    expect(written("next-steps.md")).toContain(
      `terraform -chdir=cdktf.out/stacks/production-event-store import '${CLUSTER_ADDRESS}' '${PROJECT_ID}:${cluster.id}'`,
    );
  });

  test("with the same name is the same, and another name is another", async () => {
    const { cluster } = await restored();
    expect((await restored()).cluster.id).toBe(cluster.id);
    expect(clusters()).toHaveLength(2);
    await restored({}, { name: "rehearsal" });
    expect(clusters()).toHaveLength(3);
  });

  test("says of a cluster that was begun that it goes on with it", async () => {
    const { id } = standIn.state.addCluster({ description: `production-events from ${backupId}` });
    expect(planInWords(await planned())[1]).toMatch(`The cluster ${id} `);
    expect((await restored()).cluster.id).toBe(id);
  });

  test.each([500, "reset", "garbage", "hanging", "lost"] as const)(
    "after %s of its beginning it is looked for, and one cluster is made",
    async (kind) => {
      standIn.fail({ at: /POST .*clusters/, kind });
      await restored();
      expect(clusters()).toHaveLength(2);
    },
  );

  test("ends with a cluster that its maker gives up, and another run makes another", async () => {
    standIn.state.end = "defunct";
    await expect(restored()).rejects.toMatchObject({ name: "FailedAtMakerError", what: "cluster", status: "defunct" });
    expect(readdirSync(folder)).toEqual([]);
    standIn.state.end = "available";
    expect((await planned()).begun).toBeUndefined();
    await restored();
  });

  test.each([
    [403, "forbidden"],
    [412, "precondition"],
  ])("ends with a refusal, %d", async (kind, reason) => {
    standIn.fail({ at: /POST .*clusters/, kind });
    await expect(restored()).rejects.toMatchObject({ name: "ManagedStoreRefusal", reason });
  });

  test("ends within its limit, and when it is cancelled", async () => {
    standIn.state.looksUntilMade = 1e9;
    await expect(restored({ limitMilliseconds: 100 })).rejects.toThrow(/^cluster: must be done within 100 ms/);
    await expect(restored({ signal: AbortSignal.timeout(100) })).rejects.toMatchObject({ name: "TimeoutError" });
    expect(clusters()).toHaveLength(2);
  });

  test.each([{ stack: "a b" }, { stack: "a", address: "aws_vpc.Network" }, { stack: "a", address: "x'; rm" }])(
    "does not begin with %j",
    async (terraform) => {
      await expect(restored({ terraform })).rejects.toThrow(RangeError);
      expect(clusters()).toHaveLength(1);
    },
  );

  test("writes nothing where it can't write everything", async () => {
    const file = join(folder, "file");
    writeFileSync(file, "");
    await expect(restored({ folder: join(file, "below") })).rejects.toMatchObject({ code: "ENOTDIR" });
    expect(readdirSync(folder)).toEqual(["file"]);
  });

  test("replaces what a killed run has left", async () => {
    writeFileSync(join(folder, ".import.tf.tmp"), "half of it");
    chmodSync(join(folder, ".import.tf.tmp"), 0o600);
    await restored();
    expect(readdirSync(folder)).toHaveLength(3);
  });
});

test.each(["production", "staging"])("the address and the connection are those of our stack in %s", (environment) => {
  const approved = approvedContent(environment, "event-store") as TerraformJson;
  expect(addressesOf(approved)).toContain(CLUSTER_ADDRESS);
  expect(approved.output?.connection_string?.value).toBe(
    `kurrentdb+discover://\${${CLUSTER_ADDRESS}.dns_name}:2113?nodePreference=leader`,
  );
});
