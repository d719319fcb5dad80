import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { FolderStorage } from "../../../runtime/adapters/local/folder-storage";
import { LocalKeys } from "../../../runtime/adapters/local/local-keys";
import { BACKUP_STAGES } from "../../../runtime/recovery/backup/backup";
import { BackupCatalog } from "../../../runtime/recovery/backup/backup-catalog";
import { BackupKeys } from "../../../runtime/recovery/backup/backup-keys";
import { REBUILD_STAGES } from "../../../runtime/recovery/rebuild/rebuild";
import { RESTORE_STAGES } from "../../../runtime/recovery/restore/restore";
import { checkedSegment } from "../../../runtime/recovery/verify/checked-segment";
import { openBackup } from "../../../runtime/recovery/verify/opened-backup";
import { verifyBackup } from "../../../runtime/recovery/verify/verify-backup";
import { type RecoveryRun, type RunLimits, runRecovery } from "../../support/runtime/recovery-run";
import { whyNoPostgres } from "../../support/servers/running-postgres";
import { compiled, ROOT } from "../../support/test-run/compiled";
import { bySchedule } from "../../support/test-run/nightly";
import { randomNumbers, seedOfRun } from "../../support/test-run/random-numbers";
import { ModelWatch } from "./model-watch";
import { digestsOf, type Ground, OrdersGround, schemasOf, untilForgotten } from "./orders-ground";
import type { HistorySize } from "./orders-history";

const PROGRAM = compiled(join(ROOT, "__tests__", "support", "runtime", "recovery-run.ts"));
/** Given, the moments are those of a former run. */
const SEED = seedOfRun("KILL_SEED");
/** Of each operation, one after the other, before it may run to its end. */
const KILLS = bySchedule({ always: 2, nightly: 5 });
/** What a process takes that has less of the machine than the test that was measured. */
const SLOWER = 1.5;

/**
 * More events than one segment or one write takes, than one partition has in a transaction or all of them ahead of it, and than
 * a rebuild tells of twice.
 */
const { size, limits } = bySchedule<{ readonly size: HistorySize; readonly limits: RunLimits }>({
  always: {
    size: { orders: 400, changes: 25 },
    limits: { segmentBytes: 256 * 1024, writeBytes: 64 * 1024, batch: 50, readAhead: 400, progressEvents: 800 },
  },
  nightly: { size: { orders: 1200, changes: 450 }, limits: { segmentBytes: 512 * 1024 } },
});

const why = whyNoPostgres();
const suite = why === undefined ? describe : describe.skip;
jest.setTimeout(60_000);

/** Each stage, and in the nightly run those that come more than once at their second time, too. */
const twice = <Stage extends string>(stages: readonly Stage[], ...often: readonly Stage[]) => [
  ...stages.map((stage) => ({ stage, time: 1 })),
  ...bySchedule({ always: [], nightly: often }).map((stage) => ({ stage, time: 2 })),
];

function started(run: RecoveryRun, killAt?: { readonly stage: string; readonly time: number }): ChildProcess {
  const env = { ...process.env, RUN: JSON.stringify(run), KILL_AT: killAt?.stage, KILL_TIME: `${killAt?.time}` };
  return spawn(process.execPath, [PROGRAM], { env, stdio: ["ignore", "pipe", "pipe"] });
}

/** How a process ended: by a signal, by 0, or by what it has said. */
async function endOf(child: ChildProcess): Promise<unknown> {
  const said = child.stderr?.toArray();
  const [code, signal] = await once(child, "exit");
  return signal ?? (code === 0 ? 0 : Buffer.concat((await said) ?? []).toString("utf8"));
}

async function killedAtStage(ground: Ground, run: RecoveryRun, at: { readonly stage: string; readonly time: number }) {
  expect(await endOf(started(run, at))).toBe("SIGKILL");
  await untilForgotten(ground.pool);
}

/**
 * When an operation that takes so long is killed: at a random moment in each part of it, so that kills reach all parts. Under
 * load it may have been slower when it was measured: if all ends so far are its own, more kills come earlier.
 */
function* killMoments(ends: readonly unknown[], milliseconds = 0): Generator<number> {
  const random = randomNumbers(SEED);
  for (let kill = 0; kill < KILLS; kill++) yield ((kill + random()) / KILLS) * SLOWER * milliseconds;
  for (let earlier = milliseconds / 4; earlier > 1 && !ends.includes("SIGKILL"); earlier /= 2) yield earlier;
}

/** Kills the run after these milliseconds, if it still runs. @returns how it ended */
async function killedAfter(ground: Ground, run: RecoveryRun, milliseconds: number): Promise<unknown> {
  const child = started(run);
  const ended = endOf(child);
  if (child.stdout !== null) await once(child.stdout, "data");
  await wait(milliseconds);
  child.kill("SIGKILL");
  const end = await ended;
  expect(["SIGKILL", 0]).toContain(end);
  await untilForgotten(ground.pool);
  return end;
}

suite(`killed by kill -9${why === undefined ? "" : ` (skipped: ${why})`}`, () => {
  let orders: OrdersGround;
  let ground: Ground;
  beforeAll(async () => {
    orders = await OrdersGround.start(size, limits);
  }, 120_000);
  afterAll(() => orders.stop());
  afterEach(() => ground.close());

  const finished = (run: RecoveryRun) => runRecovery(run, () => {});
  const events = () => digestsOf(ground.pool, "event_store");
  const models = () => digestsOf(ground.pool, "read_models");
  const formers = async () => (await schemasOf(ground.pool)).filter((name) => name.includes("_before_"));
  const others = async () =>
    (await schemasOf(ground.pool)).filter((name) => !name.includes("_before_") && name !== "event_store");

  /** Everything that a backup holds, in its readers' words; and that it is sound. */
  async function contentOf(run: RecoveryRun, backup: string) {
    const storage = await FolderStorage.create(run.folder);
    const wrappingKeys = LocalKeys.fromEnvironment({ NODE_ENV: "test", LOCAL_KEY: run.localKey });
    const { findings } = await verifyBackup({ storage, wrappingKeys, backup });
    expect(findings).toEqual([]);
    const lineage = await openBackup(new BackupCatalog(storage), new BackupKeys(wrappingKeys), backup, fail);
    const last = lineage.at(-1);
    if (last === undefined) throw new Error("no backup");
    const { total, chain, last: head } = last.manifest.events;
    const { checkpoints = [], tables = [] } = last.manifest.readModels ?? {};
    const digests: unknown[] = [];
    for (const { name, rows, segment } of tables) {
      const hash = createHash("sha256");
      for await (const piece of checkedSegment(storage, last.cipher, segment)) hash.update(piece);
      digests.push([name, rows, hash.digest("hex")]);
    }
    return { events: { total, chain, head }, models: { checkpoints, digests } };
  }
  const fail = (found: unknown): never => {
    throw new Error(`found ${JSON.stringify(found)}`);
  };
  const listed = async (run: RecoveryRun) => new BackupCatalog(await FolderStorage.create(run.folder)).ids();
  /** What is in the folder and belongs to no backup that is whole. */
  const unfinished = ({ folder }: RecoveryRun) => [
    ...readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((path) => basename(path).startsWith(".")),
    ...readdirSync(join(folder, "backups", "unfinished")),
  ];

  describe("a backup", () => {
    let undisturbed: unknown;
    beforeAll(async () => {
      ground = await orders.copy("with a backup");
      const run = ground.run("backup");
      undisturbed = await contentOf(run, `${(await listed(run))[0]}`);
      await ground.close();
    });
    beforeEach(async () => {
      ground = await orders.copy("without a backup");
    });

    /** Whatever is listed is whole, and nothing changes it any more. */
    async function checkListed(run: RecoveryRun, seen = new Set<string>()): Promise<void> {
      for (const backup of await listed(run)) {
        if (!seen.has(backup)) expect(await contentOf(run, backup)).toEqual(undisturbed);
        seen.add(backup);
      }
    }

    async function checkFinished(run: RecoveryRun): Promise<void> {
      await finished(run);
      await checkListed(run);
      expect(unfinished(run)).toEqual([]);
      expect(await models()).toEqual(orders.damaged);
      expect(await events()).toEqual(orders.events);
    }

    const isWhole = (stage: string) => stage === "manifest written" || stage === "backup finished";

    test.each(twice(BACKUP_STAGES, "table backed up", "segment backed up"))(
      "at '$stage', time $time, is listed when it is whole and not before, and the next run makes it whole",
      async (at) => {
        const run = ground.run("backup");
        await killedAtStage(ground, run, at);
        expect(await listed(run)).toHaveLength(isWhole(at.stage) ? 1 : 0);
        await checkListed(run);
        await checkFinished(run);
        expect(await listed(run)).toHaveLength(isWhole(at.stage) ? 2 : 1);
      },
    );

    test(`${KILLS} times at any moment (KILL_SEED=${SEED})`, async () => {
      const run = ground.run("backup");
      const ends: unknown[] = [];
      const seen = new Set<string>();
      for (const moment of killMoments(ends, orders.milliseconds.get("backup"))) {
        ends.push(await killedAfter(ground, run, moment));
        await checkListed(run, seen);
      }
      expect(ends).toContain("SIGKILL");
      await checkFinished(run);
    });
  });

  describe("a restore", () => {
    beforeEach(async () => {
      ground = await orders.copy("with a backup");
      await ground.pool.query("drop schema event_store cascade");
    });

    /** Not there, or whole. */
    async function checkStore(): Promise<boolean> {
      const isThere = (await schemasOf(ground.pool)).includes("event_store");
      if (isThere) expect(await events()).toEqual(orders.events);
      return isThere;
    }

    async function checkFinished(run: RecoveryRun): Promise<void> {
      await finished(run);
      expect(await checkStore()).toBe(true);
      expect(await schemasOf(ground.pool)).toEqual(["event_store", "read_models"]);
      expect(await listed(run)).toHaveLength(1);
    }

    test.each(twice(RESTORE_STAGES, "events restored"))(
      "at '$stage', time $time, shows all events or none, and is finished by the next run",
      async (at) => {
        const run = ground.run("restore");
        await killedAtStage(ground, run, at);
        expect(await checkStore()).toBe(at.stage === "store replaced");
        await checkFinished(run);
      },
    );

    test(`${KILLS} times at any moment (KILL_SEED=${SEED})`, async () => {
      const run = ground.run("restore");
      const ends: unknown[] = [];
      for (const moment of killMoments(ends, orders.milliseconds.get("rebuild"))) {
        // It reads the backup twice, and writes what a rebuild reads.
        ends.push(await killedAfter(ground, run, moment));
        await checkStore();
      }
      expect(ends).toContain("SIGKILL");
      await checkFinished(run);
    });
  });

  describe("a rebuild", () => {
    beforeEach(async () => {
      ground = await orders.copy("without a backup");
    });

    async function checkFinished(run: RecoveryRun): Promise<void> {
      await finished(run);
      expect(await models()).toEqual(orders.models);
      expect(await others()).toEqual(["read_models"]);
      expect(await events()).toEqual(orders.events);
      const { rows } = await ground.pool.query("select to_regclass('read_models.rebuild') as left");
      expect(rows).toEqual([{ left: null }]);
    }

    test.each(twice(REBUILD_STAGES, "events replayed", "round replayed"))(
      "at '$stage', time $time, shows the former models until it is done, and is finished by the next run",
      async (at) => {
        const run = ground.run("rebuild");
        await killedAtStage(ground, run, at);
        expect(await models()).toEqual(at.stage === "models swapped" ? orders.models : orders.damaged);
        await checkFinished(run);
        expect(await digestsOf(ground.pool, `${(await formers())[0]}`)).toEqual(orders.damaged);
        expect(await formers()).toHaveLength(at.stage === "models swapped" ? 2 : 1);
      },
    );

    test("at each stage, one after the other, shows whole models to whoever reads all the while, and no error", async () => {
      const run = ground.run("rebuild");
      const watch = new ModelWatch(run.port, run.database);
      const damaged = await watch.look();
      for (const stage of REBUILD_STAGES) await killedAtStage(ground, run, { stage, time: 1 });
      await checkFinished(run);
      const whole = await watch.look();
      await watch.end();
      expect(watch.errors).toEqual([]);
      expect([...watch.seen.keys()].sort()).toEqual([damaged, whole].sort());
      expect([...watch.seen.values()].every((looks) => looks > 10)).toBe(true);
    });

    test(`${KILLS} times at any moment (KILL_SEED=${SEED})`, async () => {
      const run = ground.run("rebuild");
      const ends: unknown[] = [];
      for (const moment of killMoments(ends, orders.milliseconds.get("rebuild"))) {
        ends.push(await killedAfter(ground, run, moment));
        expect(await models()).toEqual((await formers()).length > 0 ? orders.models : orders.damaged);
      }
      expect(ends).toContain("SIGKILL");
      await checkFinished(run);
    });

    describe("in place", () => {
      test.each(twice(REBUILD_STAGES, "events replayed", "round replayed"))(
        "at '$stage', time $time, is finished by the next run",
        async (at) => {
          const run = ground.run("rebuild --in-place");
          await killedAtStage(ground, run, at);
          await checkFinished(run);
          expect(await formers()).toEqual([]);
        },
      );

      test(`${KILLS} times at any moment (KILL_SEED=${SEED})`, async () => {
        const run = ground.run("rebuild --in-place");
        const ends: unknown[] = [];
        for (const moment of killMoments(ends, orders.milliseconds.get("rebuild --in-place")))
          ends.push(await killedAfter(ground, run, moment));
        expect(ends).toContain("SIGKILL");
        await checkFinished(run);
      });
    });
  });
});
