import { randomUUID } from "node:crypto";
import { KurrentDbUsers } from "../../../../runtime/adapters/kurrentdb/kurrentdb-users";
import {
  NoPasswordWorksError,
  type RotationOptions,
  rotateCredentials,
} from "../../../../runtime/recovery/managed/rotate-credentials";
import { MemorySecret } from "../../../support/runtime/memory-secret";
import { UsersStandIn } from "../../../support/servers/kurrent-cloud-stand-in-users";

let standIn: UsersStandIn;
let secret: MemorySecret;
let stages: string[];
beforeEach(async () => {
  standIn = await UsersStandIn.start();
  secret = new MemorySecret();
  stages = [];
});
afterEach(() => standIn.stop());

const rotate = (more: Partial<RotationOptions> = {}) =>
  rotateCredentials(new KurrentDbUsers(standIn.connectionString, { limitMilliseconds: 300 }), secret, {
    username: "admin",
    pollMilliseconds: 10,
    report: { onStage: (stage) => stages.push(stage) },
    ...more,
  });
const secretOf = async (label: "current" | "previous" | "pending") => {
  const text = (await secret.versions()).find(({ labels }) => labels.includes(label))?.text;
  return text === undefined ? undefined : JSON.parse(text);
};
const holding = async (password: string, label: "current" | "pending" = "current", username = "admin") => {
  const id = randomUUID();
  await secret.put({ id, labels: [label], text: JSON.stringify({ username, password }) });
  return id;
};
/** What must hold whenever it ends: who reads the secret as it is now signs in, and nothing is left to do. */
const isSettled = async () => {
  expect((await secretOf("current")).password).toBe(standIn.passwords.get("admin"));
  expect(await secretOf("pending")).toBeUndefined();
};

describe("a first password", () => {
  test("is replaced by one that nobody has seen, and remembered", async () => {
    expect(await rotate()).toMatchObject({ outcome: "rotated" });
    await isSettled();
    expect(await secretOf("current")).toEqual({ username: "admin", password: expect.stringMatching(/^[\w-]{43}$/) });
    expect(await secretOf("previous")).toEqual({ username: "admin", password: "changeit" });
    expect(stages).toEqual([
      ...["looking", "keeping", "proposing", "changing", "testing", "promoting", "settling", "done"],
    ]);
  });

  test("that its maker generated is found, too", async () => {
    standIn.passwords.set("admin", "generated");
    await rotate({ firstPasswords: ["generated"] });
    await isSettled();
    expect(await secretOf("previous")).toMatchObject({ password: "generated" });
  });

  test("is replaced even where somebody has put it into the secret", async () => {
    await holding("changeit");
    expect(await rotate()).toMatchObject({ outcome: "rotated" });
    await isSettled();
  });

  test("of a secret with a placeholder in it is replaced, and other fields are kept", async () => {
    await secret.put({ id: randomUUID(), labels: ["current"], text: '{"username":"admin","team":"orders"}' });
    await rotate();
    await isSettled();
    expect(await secretOf("current")).toMatchObject({ team: "orders" });
  });

  test("of each user is another", async () => {
    await rotate();
    secret = new MemorySecret();
    await rotate({ username: "ops" });
    expect(new Set(standIn.passwords.values()).size).toBe(2);
  });
});

describe("a password that is in the secret", () => {
  beforeEach(() => rotate());

  test("is kept by another run", async () => {
    const before = standIn.passwords.get("admin");
    expect(await rotate()).toMatchObject({ outcome: "sound" });
    expect(standIn.passwords.get("admin")).toBe(before);
    expect(await secret.versions()).toHaveLength(2);
  });

  test("is replaced if that is asked for, once by one name of a rotation", async () => {
    const before = standIn.passwords.get("admin");
    const rotation = randomUUID();
    expect(await rotate({ again: true, rotation })).toEqual({ outcome: "rotated", version: rotation });
    expect(await rotate({ again: true, rotation })).toEqual({ outcome: "sound", version: rotation });
    await isSettled();
    expect(await secretOf("previous")).toMatchObject({ password: before });
  });

  test("of a store that was restored to before it: the one before is found, and another made", async () => {
    const before = `${standIn.passwords.get("admin")}`;
    await rotate({ again: true });
    standIn.passwords.set("admin", before);
    expect(await rotate()).toMatchObject({ outcome: "rotated" });
    await isSettled();
    expect(standIn.passwords.get("admin")).not.toBe(before);
  });

  test("that two runs have overtaken is found among those without a label", async () => {
    await holding("overtaken", "pending");
    await holding("overtaking", "pending");
    standIn.passwords.set("admin", "overtaken");
    expect(await rotate()).toMatchObject({ outcome: "rotated" });
    await isSettled();
    expect(await secretOf("current")).toMatchObject({ password: "overtaking" });
  });

  test("that nobody remembers ends it, and nothing is changed", async () => {
    standIn.passwords.set("admin", "somebody's own");
    const before = await secret.versions();
    await expect(rotate()).rejects.toThrow(NoPasswordWorksError);
    expect(await secret.versions()).toEqual(before);
  });

  test("of another user ends it, and nothing is changed", async () => {
    await expect(rotate({ username: "ops" })).rejects.toThrow("secret: must be of the user whose password is changed");
    expect(standIn.passwords.get("ops")).toBe("changeit");
  });
});

describe("what goes wrong", () => {
  test.each([500, "reset", "hanging", "garbage", "lost"] as const)(
    "%s of the change ends with one new password",
    async (kind) => {
      standIn.fail(/change-password/, kind);
      await rotate();
      await isSettled();
      expect(standIn.changes).toHaveLength(1);
    },
  );

  test.each([503, "reset", "hanging", "garbage"] as const)("%s of a sign-in is no wrong password", async (kind) => {
    standIn.fail(/current/, kind, 2);
    await rotate();
    await isSettled();
  });

  test("a node that has not heard of the new password is asked again", async () => {
    standIn.staleSignIns = 3;
    await rotate();
    await isSettled();
  });

  test("a password that nobody can sign in with is not made the current one", async () => {
    standIn.staleSignIns = 1e9;
    await expect(rotate({ limitMilliseconds: 200 })).rejects.toThrow(/^password: must be done within/);
    expect(await secretOf("current")).toMatchObject({ password: "changeit" });
    expect(await secretOf("pending")).toMatchObject({ password: standIn.passwords.get("admin") });
  });

  test("a version that another run has made current meanwhile is not replaced", async () => {
    await holding("changeit");
    const onStage = (stage: string) => void (stage === "testing" && holding("quicker"));
    await expect(rotate({ report: { onStage } })).rejects.toThrow("secret: another is current");
    expect(await secretOf("current")).toMatchObject({ password: "quicker" });
  });

  test("a store that is not there ends it within its limit, and nothing is changed", async () => {
    standIn.fail(/./, 503, 1e9);
    await expect(rotate({ limitMilliseconds: 100 })).rejects.toThrow(/^password: must be done within 100 ms/);
    expect(await secret.versions()).toEqual([]);
  });

  test("it can be cancelled", async () => {
    standIn.fail(/./, 503, 1e9);
    const signal = AbortSignal.timeout(100);
    await expect(rotate({ signal })).rejects.toMatchObject({ name: "TimeoutError" });
  });

  test.each(["put", "promote", "settle"] as const)(
    "where the secret can't be written at a %s, another run goes on with the same password",
    async (failing) => {
      await holding("changeit");
      secret.beforeWriting = (what) => {
        if (what === failing) throw new Error("no secret now");
      };
      await expect(rotate()).rejects.toThrow("no secret now");
      secret.beforeWriting = () => {};
      await rotate();
      await isSettled();
      expect(standIn.changes).toHaveLength(1);
    },
  );

  test("two runs at once end with one password that the secret has", async () => {
    await holding("changeit");
    const ended = await Promise.allSettled([rotate(), rotate(), rotate()]);
    await rotate();
    expect(ended.map(({ status }) => status)).toContain("fulfilled");
    await isSettled();
  });

  test("a run that is wrong from the start asks nothing", async () => {
    await expect(rotate({ username: "a:b" })).rejects.toThrow(RangeError);
    await expect(rotate({ rotation: "monday" })).rejects.toThrow(RangeError);
    expect(stages).toEqual([]);
  });

  test("no password is in what is reported or thrown", async () => {
    await rotate();
    standIn.passwords.set("admin", "somebody's own");
    const error = (await rotate().catch((reason: unknown) => reason)) as Error;
    const said = `${stages} ${error.message} ${error.stack} ${JSON.stringify(error)}`;
    for (const password of ["changeit", ...standIn.changes]) expect(said).not.toContain(password);
  });
});
