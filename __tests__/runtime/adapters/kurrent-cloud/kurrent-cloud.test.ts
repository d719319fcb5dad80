import { KurrentCloud, type KurrentCloudOptions } from "../../../../runtime/adapters/kurrent-cloud/kurrent-cloud";
import {
  ManagedStoreRefusal,
  ManagedStoreUnavailableError,
} from "../../../../runtime/recovery/managed/managed-clusters";
import { KurrentCloudStandIn } from "../../../support/servers/kurrent-cloud-stand-in";
import { CLUSTER_ID, NETWORK_ID } from "../../../support/servers/kurrent-cloud-stand-in-state";

/** Quick to give up, so that the tests are. */
const HASTY: KurrentCloudOptions = { limitMilliseconds: 300, tries: 2 };
const NEW_BACKUP = { clusterId: CLUSTER_ID, description: "before the release" };
const SECRETS = /account-secret|refresh-secret|token-\d/;

let standIn: KurrentCloudStandIn;
let cloud: KurrentCloud;
beforeEach(async () => {
  standIn = await KurrentCloudStandIn.start();
  cloud = new KurrentCloud(standIn.settings(), HASTY);
});
afterEach(async () => {
  cloud.close();
  await standIn.stop();
});

/** What is said of an error, to anybody who prints all of it. */
const everything = (error: unknown): string => {
  const { message, stack, cause } = error as Error;
  return `${message} ${stack} ${JSON.stringify(error)} ${cause === undefined ? "" : everything(cause)}`;
};
const failureOf = async (work: Promise<unknown>): Promise<unknown> => {
  try {
    await work;
  } catch (error) {
    return error;
  }
  throw new Error("it did not fail");
};

describe("what is asked", () => {
  test("a cluster is read as Kurrent has it", async () => {
    const { created, ...cluster } = await cloud.cluster(CLUSTER_ID);
    expect(created).toEqual(expect.any(Date));
    expect(cluster).toEqual({
      ...{ id: CLUSTER_ID, description: "production-events", status: "available", provider: "aws" },
      ...{ region: "eu-central-1", networkId: NETWORK_ID, topology: "three-node-multi-zone", instanceType: "m32" },
      ...{ diskType: "gp3", diskSizeGb: 1024, diskIops: 3000, diskThroughput: 250, serverVersion: "26.0" },
      ...{ projectionLevel: "system", publicAccess: false, aclId: undefined, protected: true },
    });
  });

  test("a backup is begun, and found by its id and in the list", async () => {
    const id = await cloud.createBackup(NEW_BACKUP);
    expect(await cloud.backup(id)).toMatchObject({ id, description: "before the release", status: "creating" });
    expect((await cloud.backups()).map((backup) => backup.id)).toEqual([id]);
  });

  test("a cluster of a backup is begun with all that was asked for", async () => {
    const { id: backupId } = standIn.state.addBackup({ description: "hourly" });
    const { id: _, status, created, provider, region, description, ...shape } = await cloud.cluster(CLUSTER_ID);
    const id = await cloud.createCluster({ ...shape, description: "restored", backupId });
    expect(await cloud.cluster(id)).toMatchObject({ ...shape, description: "restored" });
  });

  test("passwords that Kurrent made are read, and missing where it made none or forgot them", async () => {
    expect(await cloud.firstPasswords(CLUSTER_ID)).toBeUndefined();
    standIn.state.firstPasswords.set(CLUSTER_ID, { admin: "one", ops: "two" });
    expect(await cloud.firstPasswords(CLUSTER_ID)).toEqual({ admin: "one", ops: "two" });
    standIn.state.firstPasswords.set(CLUSTER_ID, "cleared");
    expect(await cloud.firstPasswords(CLUSTER_ID)).toBeUndefined();
  });

  test("an id can't lead to another path", async () => {
    await failureOf(cloud.cluster("../../networks/a?b=c"));
    expect(standIn.requests[0]).toMatch(/\/clusters\/\.\.%2F\.\.%2Fnetworks%2Fa%3Fb%3Dc$/);
  });
});

describe("signing in", () => {
  test("a service account sends what it has, and nothing more", async () => {
    await cloud.clusters();
    expect(standIn.signIns).toEqual([
      { grant_type: "client_credentials", client_id: "client_01STANDIN", client_secret: "account-secret" },
    ]);
  });

  test("a person signs in by their refresh token", async () => {
    await new KurrentCloud(standIn.person(), HASTY).clusters();
    expect(standIn.signIns).toMatchObject([{ grant_type: "refresh_token", refresh_token: "refresh-secret" }]);
  });

  test("many that ask at once sign in once, and so do those that come later", async () => {
    await Promise.all(Array.from({ length: 20 }, () => cloud.clusters()));
    await cloud.backups();
    expect(standIn.signIns).toHaveLength(1);
  });

  test("a token is renewed before it ends", async () => {
    standIn.tokenSeconds = 100;
    const patient = new KurrentCloud(standIn.settings());
    await patient.clusters();
    const now = performance.now.bind(performance);
    let passed = 70_000;
    const clock = jest.spyOn(performance, "now").mockImplementation(() => now() + passed);
    await patient.clusters();
    expect(standIn.signIns).toHaveLength(1);
    passed = 81_000;
    await patient.clusters();
    clock.mockRestore();
    patient.close();
    expect(standIn.signIns).toHaveLength(2);
    expect(standIn.requests).toHaveLength(3);
  });

  test("a token that can't be renewed is used until it ends", async () => {
    standIn.tokenSeconds = 100;
    await cloud.clusters();
    standIn.fail({ at: /token/, kind: 503, times: 10, headers: { "retry-after": "0" } });
    const now = performance.now.bind(performance);
    let passed = 90_000;
    const clock = jest.spyOn(performance, "now").mockImplementation(() => now() + passed);
    try {
      await cloud.clusters();
      passed = 101_000;
      expect(await failureOf(cloud.clusters())).toBeInstanceOf(ManagedStoreUnavailableError);
    } finally {
      clock.mockRestore();
    }
  });

  test("with a token that was taken back it is signed in anew, even for what is not repeated", async () => {
    await cloud.clusters();
    standIn.takeBackTokens();
    await cloud.createBackup(NEW_BACKUP);
    expect(standIn.signIns).toHaveLength(2);
    expect(standIn.state.backups.size).toBe(1);
  });

  test("a token that is never taken is a refusal, after one more", async () => {
    standIn.fail({ at: /GET/, kind: 401, times: 9 });
    const error = await failureOf(cloud.clusters());
    expect(error).toMatchObject({ name: "ManagedStoreRefusal", reason: "unauthorized", status: 401 });
    expect(standIn.requests).toHaveLength(2);
  });

  test.each([{ clientId: "a", clientSecret: "account-secret-that-is-wrong" }, { refreshToken: "refresh-secret-old" }])(
    "a wrong secret is refused, and not repeated",
    async (signIn) => {
      const error = await failureOf(new KurrentCloud(standIn.settings(signIn), HASTY).clusters());
      expect(error).toMatchObject({ reason: "unauthorized", status: 401 });
      expect(standIn.signIns).toHaveLength(1);
      expect(everything(error)).not.toMatch(SECRETS);
    },
  );

  test.each([500, 429, "reset", "garbage", "wrong", "hanging"] as const)(
    "%s of whoever signs in is tried again",
    async (kind) => {
      standIn.fail({ at: /token/, kind, headers: { "retry-after": "0" } });
      await expect(cloud.clusters()).resolves.toHaveLength(1);
    },
  );

  test("whoever stops waiting for a token does not take it from those that wait on", async () => {
    standIn.fail({ at: /token/, kind: 503, afterMs: 200, headers: { "retry-after": "0" } });
    const asked = performance.now();
    const stop = new AbortController();
    const [left, stays] = [cloud.clusters({ signal: stop.signal }), cloud.clusters()];
    stop.abort(new Error("enough"));
    await expect(left).rejects.toThrow("enough");
    expect(performance.now() - asked).toBeLessThan(150);
    await expect(stays).resolves.toHaveLength(1);
  });

  test("closing ends a sign-in", async () => {
    standIn.fail({ at: /token/, kind: "hanging" });
    const patient = new KurrentCloud(standIn.settings());
    const asked = failureOf(patient.clusters());
    patient.close();
    expect(await asked).toMatchObject({ message: "closed" });
  });
});

describe("what is answered", () => {
  test.each([
    [400, "invalid"],
    [403, "forbidden"],
    [404, "missing"],
    [409, "locked"],
    [412, "precondition"],
    [423, "locked"],
  ])("%d is a refusal, and not repeated", async (status, reason) => {
    standIn.fail({ at: /GET/, kind: status, times: 9 });
    const error = await failureOf(cloud.backups());
    expect(error).toBeInstanceOf(ManagedStoreRefusal);
    expect(error).toMatchObject({ status, reason, detail: "As told: the stand-in was told so" });
    expect((error as Error).message).toBe(`list backups: refused with ${status} (${reason})`);
    expect(standIn.requests).toHaveLength(1);
  });

  test("an organization that is another's is forbidden", async () => {
    const other = new KurrentCloud({ ...standIn.settings(), organizationId: "other" }, HASTY);
    expect(await failureOf(other.clusters())).toMatchObject({ reason: "forbidden" });
  });

  test.each([500, 502, 503, 408, 429, 301, "reset", "garbage", "wrong", "hanging"] as const)(
    "%s of what is read is tried again",
    async (kind) => {
      standIn.fail({ at: /GET/, kind, headers: { "retry-after": "0", location: "/elsewhere" } });
      await expect(cloud.backups()).resolves.toEqual([]);
      expect(standIn.requests).toHaveLength(2);
    },
  );

  test.each([500, 429, "reset", "garbage", "wrong", "hanging", "endless"] as const)(
    "%s again and again is no answer, after as many tries as are allowed",
    async (kind) => {
      standIn.fail({ at: /GET/, kind, times: 9, headers: { "retry-after": "0" } });
      const error = await failureOf(cloud.backups());
      expect(error).toBeInstanceOf(ManagedStoreUnavailableError);
      expect((error as Error).message).toBe("list backups: no answer that can be used");
      expect(everything(error)).not.toMatch(SECRETS);
      expect(standIn.requests).toHaveLength(2);
    },
  );

  test("an answer without an end is left long before its limit", async () => {
    standIn.fail({ at: /GET/, kind: "endless" });
    const error = await failureOf(new KurrentCloud(standIn.settings(), { tries: 1 }).backups());
    expect(everything(error)).toContain("body: must be at most 8388608 bytes, got more");
  });

  test.each([500, 503, "reset", "garbage", "wrong", "hanging", "lost"] as const)(
    "after %s nothing is created a second time",
    async (kind) => {
      standIn.fail({ at: /POST .*backups/, kind });
      expect(await failureOf(cloud.createBackup(NEW_BACKUP))).toBeInstanceOf(ManagedStoreUnavailableError);
      expect(standIn.count(/^POST/)).toBe(1);
    },
  );

  test("what was too much at once is created when it may be, for nothing was done", async () => {
    standIn.fail({ at: /POST .*backups/, kind: 429, headers: { "retry-after": "1" } });
    const asked = performance.now();
    await cloud.createBackup(NEW_BACKUP);
    expect(performance.now() - asked).toBeGreaterThan(950);
    expect(standIn.state.backups.size).toBe(1);
  });

  test("a pause that was asked for ends when nobody waits any more", async () => {
    standIn.fail({ at: /GET/, kind: 429, headers: { "retry-after": "60" } });
    const signal = AbortSignal.timeout(100);
    expect(await failureOf(cloud.backups({ signal }))).toMatchObject({ name: "TimeoutError" });
  });

  test("what is cancelled ends at once, with the reason", async () => {
    standIn.fail({ at: /GET/, kind: "hanging" });
    const stop = new AbortController();
    const asked = failureOf(new KurrentCloud(standIn.settings()).backups({ signal: stop.signal }));
    setTimeout(() => stop.abort(new Error("enough")), 50);
    expect(await asked).toMatchObject({ message: "enough" });
  });
});

test.each(["http://api.example.com", "https://user:secret@api.example.com", "api.example.com"])(
  "no token goes to %s",
  (apiUrl) => {
    expect(() => new KurrentCloud({ ...standIn.settings(), apiUrl })).toThrow(/^apiUrl: must/);
  },
);
