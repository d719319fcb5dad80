import { randomBytes } from "node:crypto";
import { LocalKeys } from "../../../runtime/adapters/local/local-keys";
import { MemorySubjectKeys } from "../../../runtime/adapters/local/memory-subject-keys";
import { TimeLimitError } from "../../../runtime/deadline";
import { contextOf, DataKeys, type DataKeysOptions } from "../../../runtime/keys/data-keys";
import { rewrapDataKeys } from "../../../runtime/keys/rewrap-data-keys";
import { SubjectKeysUnavailableError, SubjectLedgerUnavailableError } from "../../../runtime/keys/subject-keys";
import { KeyRefusedError, KeyServiceUnavailableError, type Waiting } from "../../../runtime/keys/wrapping-keys";
import { CountedKeys, isZero, nextTurn } from "./counted-keys";

const opened: DataKeys[] = [];
let wrappingKeys: CountedKeys;
let subjectKeys: MemorySubjectKeys;
/** One process's: others have the same store and wrapping keys. */
const process = (options: Partial<DataKeysOptions> = {}): DataKeys => {
  const keys = new DataKeys({ wrappingKeys, subjectKeys, ...options });
  opened.push(keys);
  return keys;
};
const keyOf = async (keys: DataKeys, subject: string) => {
  const key = await keys.newest(subject);
  if (key === "forgotten") throw new Error("forgotten");
  return { id: key.id, bytes: Buffer.from(key.bytes) };
};

beforeEach(() => {
  wrappingKeys = new CountedKeys();
  subjectKeys = new MemorySubjectKeys();
});
afterEach(() => {
  for (const keys of opened.splice(0)) keys.close();
});

test("makes one key for each subject", async () => {
  const keys = process();
  const [ada, again, bob] = [await keyOf(keys, "ada"), await keyOf(keys, "ada"), await keyOf(keys, "bob")];
  expect(again).toEqual(ada);
  expect(bob.bytes).not.toEqual(ada.bytes);
  expect(wrappingKeys.calls).toEqual(["generate", "generate"]);
});

test("a hundred that want a new subject's key at once make one call", async () => {
  const keys = process();
  const all = await Promise.all(Array.from({ length: 100 }, () => keyOf(keys, "ada")));
  expect(new Set(all.map(({ id }) => id)).size).toBe(1);
  expect(wrappingKeys.calls).toEqual(["generate"]);
});

test("a hundred that want an old value's key at once make one call", async () => {
  const { id } = await keyOf(process(), "ada");
  const keys = process();
  wrappingKeys.calls.length = 0;
  await Promise.all(Array.from({ length: 100 }, () => keys.find("ada", id)));
  expect(wrappingKeys.calls).toEqual(["unwrap"]);
});

test("processes that make a subject's key at once use the same, and zero theirs", async () => {
  const all = await Promise.all(Array.from({ length: 5 }, () => keyOf(process(), "ada")));
  expect(new Set(all.map(({ id }) => id)).size).toBe(1);
  await nextTurn();
  expect(wrappingKeys.given.filter(isZero)).toHaveLength(4);
});

test("keys that push each other out of a small cache are whole for all who wait for them", async () => {
  const keys = process({ cache: { maxEntries: 1 } });
  const subjects = Array.from({ length: 20 }, (_, index) => `s-${index}`);
  const first = await Promise.all(subjects.map((subject) => keyOf(keys, subject)));
  const second = await Promise.all(subjects.map((subject) => keyOf(keys, subject)));
  expect(second).toEqual(first);
  expect(first.some(({ bytes }) => isZero(bytes))).toBe(false);
});

test("nothing of a subject's id stands in what its key is bound to", () => {
  const context = contextOf({ subject: "ada@example.com", id: "k" });
  expect(JSON.stringify(context)).not.toContain("ada");
  expect(context).toEqual({
    "cqrs:subject": expect.stringMatching(/^[0-9a-f]{64}$/),
    "cqrs:key": "k",
    "cqrs:purpose": "data",
  });
});

test("a wrapped key that was put in another subject's name does not open", async () => {
  const { id } = await keyOf(process(), "ada");
  const stolen = await subjectKeys.find("ada", id);
  if (stolen === undefined || stolen === "forgotten") throw new Error("no key");
  const other = new MemorySubjectKeys();
  await other.putIfAbsent({ ...stolen, subject: "bob" });
  await expect(process({ subjectKeys: other }).newest("bob")).rejects.toThrow(KeyRefusedError);
});

test("a new key takes an old one's place, and the old one is still found", async () => {
  const keys = process();
  const before = await keyOf(keys, "ada");
  await keys.rotate("ada");
  const after = await keyOf(keys, "ada");
  expect(after.id).not.toBe(before.id);
  expect(await keys.find("ada", before.id)).toMatchObject({ id: before.id });
});

test("another process goes on with the old key no longer than its cache has it", async () => {
  const [one, another] = [process(), process({ cache: { maxUses: 1 } })];
  const before = await keyOf(another, "ada");
  await one.rotate("ada");
  expect((await keyOf(another, "ada")).id).not.toBe(before.id);
});

test("a key that does not come is not waited for beyond the limit", async () => {
  const keys = process({ limitMilliseconds: 30 });
  wrappingKeys.first = () => new Promise(() => undefined);
  await expect(keys.newest("ada")).rejects.toThrow(KeyServiceUnavailableError);
});

test("the limit reaches whom it waits for", async () => {
  const keys = process({ limitMilliseconds: 30 });
  let signal: AbortSignal | undefined;
  wrappingKeys.first = async (waiting) => {
    signal = waiting?.signal;
    return new Promise(() => undefined);
  };
  await expect(keys.newest("ada")).rejects.toThrow(KeyServiceUnavailableError);
  expect(signal?.aborted).toBe(true);
});

test("one who goes is let go, and the others get the key", async () => {
  const keys = process();
  let arrive: () => void = () => undefined;
  wrappingKeys.first = () =>
    new Promise((resolve) => {
      arrive = resolve;
    });
  const reason = new Error("gone");
  const caller = new AbortController();
  const [leaving, staying] = [keys.newest("ada", { signal: caller.signal }), keys.newest("ada")];
  caller.abort(reason);
  await expect(leaving).rejects.toBe(reason);
  await nextTurn();
  arrive();
  await expect(staying).resolves.toMatchObject({ subject: "ada" });
});

test("a failure is nobody's but of those who waited for it", async () => {
  const keys = process();
  const failure = new KeyServiceUnavailableError(new Error("down"));
  wrappingKeys.first = async () => {
    throw failure;
  };
  await expect(keys.newest("ada")).rejects.toBe(failure);
  wrappingKeys.first = async () => undefined;
  await expect(keys.newest("ada")).resolves.toMatchObject({ subject: "ada" });
});

test("a key that could not be kept is not used, and zeroed", async () => {
  const keys = process();
  jest.spyOn(subjectKeys, "putIfAbsent").mockRejectedValueOnce(new SubjectKeysUnavailableError(new Error("down")));
  await expect(keys.newest("ada")).rejects.toThrow(SubjectKeysUnavailableError);
  await nextTurn();
  expect(wrappingKeys.given.map(isZero)).toEqual([true]);
});

describe("a subject that is forgotten", () => {
  test("has no key any more, here or elsewhere, and its keys are zeroed", async () => {
    const keys = process();
    const { id } = await keyOf(keys, "ada");
    await keys.forget("ada");
    expect(await keys.find("ada", id)).toBe("forgotten");
    expect(await keys.newest("ada")).toBe("forgotten");
    expect(await process().find("ada", id)).toBe("forgotten");
    await nextTurn();
    expect(wrappingKeys.given.map(isZero)).toEqual([true]);
  });

  test("is written down before its keys are deleted, so that no restore brings them back", async () => {
    const steps: string[] = [];
    const ledger = { record: async (subject: string) => void steps.push(`${subject} written down`) };
    const keys = process({ ledger });
    const { id } = await keyOf(keys, "ada");
    const remove = subjectKeys.delete.bind(subjectKeys);
    jest.spyOn(subjectKeys, "delete").mockImplementationOnce(async (subject) => {
      steps.push(`keys of ${subject} deleted`);
      await remove(subject);
    });
    await keys.forget("ada");
    expect(steps).toEqual(["ada written down", "keys of ada deleted"]);
    expect(await process().find("ada", id)).toBe("forgotten");
  });

  test("stays readable when it could not be written down, and nobody is told", async () => {
    const ledger = { record: jest.fn().mockRejectedValueOnce(new Error("no bucket")) };
    const keys = process({ ledger });
    const { id } = await keyOf(keys, "ada");
    const listener = jest.fn();
    keys.onForgotten(listener);
    await expect(keys.forget("ada")).rejects.toThrow("no bucket");
    expect(await process().find("ada", id)).toMatchObject({ id });
    expect(listener).not.toHaveBeenCalled();
    await keys.forget("ada");
    expect(await process().find("ada", id)).toBe("forgotten");
  });

  test("stays readable when the ledger hangs, which is not said to be the keys' fault, and may be forgotten again", async () => {
    const record = jest.fn((_: string, waiting?: Waiting) => {
      signals.push(waiting?.signal);
      return new Promise<void>(() => undefined);
    });
    const signals: (AbortSignal | undefined)[] = [];
    const keys = process({ ledger: { record }, limitMilliseconds: 30 });
    const { id } = await keyOf(keys, "ada");
    const refused = await Promise.all([1, 2].map(() => keys.forget("ada").catch((error) => error)));
    for (const error of refused) {
      expect(error).toBeInstanceOf(SubjectLedgerUnavailableError);
      expect(error.message).toBe("the ledger of deleted subjects can't be written");
      expect(error.cause).toEqual(new TimeLimitError(30));
    }
    expect(signals.map((signal) => signal?.aborted)).toEqual([true]);
    expect(await process().find("ada", id)).toMatchObject({ id });
    record.mockResolvedValueOnce();
    await keys.forget("ada");
    expect(await process().find("ada", id)).toBe("forgotten");
  });

  test("is forgotten where the ledger takes most of its limit, for the keys' own begins after it", async () => {
    jest.useFakeTimers();
    const slow = () => new Promise<void>((resolve) => setTimeout(resolve, 20));
    const keys = process({ ledger: { record: slow }, limitMilliseconds: 30 });
    jest.spyOn(subjectKeys, "delete").mockImplementationOnce(slow);
    try {
      const forgetting = keys.forget("ada");
      await jest.advanceTimersByTimeAsync(40);
      await forgetting;
    } finally {
      jest.useRealTimers();
    }
  });

  test("is told to all who listen", async () => {
    const keys = process();
    const told: string[] = [];
    keys.onForgotten((subject) => void told.push(`first ${subject}`));
    const stop = keys.onForgotten((subject) => void told.push(`second ${subject}`));
    stop();
    await keys.forget("ada");
    expect(told).toEqual(["first ada"]);
  });

  test("is forgotten, and told to the others, where a listener fails; and may be forgotten again", async () => {
    const keys = process();
    const told: string[] = [];
    const stop = keys.onForgotten(() => {
      throw new Error("no rows were deleted");
    });
    keys.onForgotten(async (subject) => void told.push(subject));
    await expect(keys.forget("ada")).rejects.toThrow(AggregateError);
    expect(await keys.newest("ada")).toBe("forgotten");
    stop();
    await keys.forget("ada");
    expect(told).toEqual(["ada", "ada"]);
  });

  test("stays readable when its keys could not be deleted, and nobody is told", async () => {
    const keys = process();
    const { id } = await keyOf(keys, "ada");
    const listener = jest.fn();
    keys.onForgotten(listener);
    jest.spyOn(subjectKeys, "delete").mockRejectedValueOnce(new SubjectKeysUnavailableError(new Error("down")));
    await expect(keys.forget("ada")).rejects.toThrow(SubjectKeysUnavailableError);
    expect(await keys.find("ada", id)).toMatchObject({ id });
    expect(listener).not.toHaveBeenCalled();
  });

  test("gets no key back that was on its way meanwhile", async () => {
    const { id } = await keyOf(process(), "ada");
    const keys = process();
    let arrive: () => void = () => undefined;
    wrappingKeys.first = () =>
      new Promise((resolve) => {
        arrive = resolve;
      });
    const finding = keys.find("ada", id);
    await nextTurn();
    await keys.forget("ada");
    arrive();
    expect(await finding).toBe("forgotten");
    await nextTurn();
    expect(isZero(wrappingKeys.given.at(-1))).toBe(true);
  });

  test("gets no new key by a rotation", async () => {
    const keys = process();
    await keys.forget("ada");
    await keys.rotate("ada");
    expect(await keys.newest("ada")).toBe("forgotten");
  });

  test("is not asked for again and again", async () => {
    await process().forget("ada");
    const keys = process();
    const newest = jest.spyOn(subjectKeys, "newest");
    expect([await keys.isForgotten("ada"), await keys.isForgotten("ada")]).toEqual([true, true]);
    expect(newest).toHaveBeenCalledTimes(1);
  });

  test("can't be a key of the platform's own", async () => {
    const ledger = { record: jest.fn() };
    const refused = process({ ledger }).forget("$blind-index");
    await expect(refused).rejects.toThrow("subject: must not begin with $, as keys do that are no person's");
    expect(ledger.record).not.toHaveBeenCalled();
  });
});

test.each(["", "x".repeat(257), "a\0b", "half \udc00"])("a subject can't be %j", async (subject) => {
  await expect(process().newest(subject)).rejects.toThrow("subject: must have 1 to 256 characters, none of them NUL");
  await expect(process().find(subject, "k")).rejects.toThrow(RangeError);
});

test("a new wrapping key wraps all data keys anew, and the former one may go", async () => {
  const texts = [randomBytes(32), randomBytes(32)].map((key) => key.toString("base64"));
  const local = (...keys: readonly (string | undefined)[]) =>
    LocalKeys.fromEnvironment({ NODE_ENV: "test", LOCAL_KEY: keys.join() });
  const [former, both, next] = [local(texts[0]), local(texts[1], texts[0]), local(texts[1])];
  const subjects = Array.from({ length: 21 }, (_, index) => `s-${index}`);
  const before = await Promise.all(subjects.map((subject) => keyOf(process({ wrappingKeys: former }), subject)));

  expect(await rewrapDataKeys({ wrappingKeys: both, subjectKeys, concurrency: 4 })).toBe(21);
  expect(await rewrapDataKeys({ wrappingKeys: both, subjectKeys })).toBe(0);
  const after = await Promise.all(subjects.map((subject) => keyOf(process({ wrappingKeys: next }), subject)));
  expect(after).toEqual(before);
});

test("a wrapping anew that is ended leaves the rest for the next", async () => {
  const caller = new AbortController();
  caller.abort(new Error("enough"));
  await expect(rewrapDataKeys({ wrappingKeys, subjectKeys, signal: caller.signal })).rejects.toThrow("enough");
});
