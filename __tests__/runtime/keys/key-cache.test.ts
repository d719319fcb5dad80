import { randomBytes } from "node:crypto";
import { DataKey } from "../../../runtime/keys/data-key";
import { KeyCache, type KeyCacheLimits } from "../../../runtime/keys/key-cache";
import { isZero } from "./counted-keys";

const caches: KeyCache[] = [];
const cacheOf = (limits?: KeyCacheLimits): KeyCache => {
  const cache = new KeyCache(limits);
  caches.push(cache);
  return cache;
};
const keyOf = (id: string, subject = "ada") => {
  const bytes = randomBytes(32);
  return { key: new DataKey(id, subject, bytes), bytes };
};

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  for (const cache of caches.splice(0)) cache.close();
  jest.useRealTimers();
});

test("gives a key to its subject, and to no other", () => {
  const cache = cacheOf();
  const { key } = keyOf("1");
  cache.put(key);
  expect(cache.use("ada", "1")).toBe(key);
  expect(cache.use("bob", "1")).toBeUndefined();
});

test("gives a key until its time is over, and zeroes it", () => {
  const cache = cacheOf({ ttlMilliseconds: 1000 });
  const { key, bytes } = keyOf("1");
  cache.put(key);
  jest.advanceTimersByTime(999);
  expect(cache.use("ada", "1")).toBe(key);
  jest.advanceTimersByTime(2);
  expect(cache.use("ada", "1")).toBeUndefined();
  expect(isZero(bytes)).toBe(true);
});

test("being used does not make a key's time longer", () => {
  const cache = cacheOf({ ttlMilliseconds: 1000 });
  cache.put(keyOf("1").key);
  for (let times = 0; times < 9; times++) {
    jest.advanceTimersByTime(100);
    expect(cache.use("ada", "1")).toBeDefined();
  }
  jest.advanceTimersByTime(101);
  expect(cache.use("ada", "1")).toBeUndefined();
});

test("zeroes a key that nobody asks for again, within twice its time", () => {
  const cache = cacheOf({ ttlMilliseconds: 1000 });
  cache.put(keyOf("1").key);
  jest.advanceTimersByTime(500);
  const { key, bytes } = keyOf("2");
  cache.put(key);
  jest.advanceTimersByTime(1501);
  expect(isZero(bytes)).toBe(true);
  expect(jest.getTimerCount()).toBe(0);
});

test("has no more keys than it may, and lets go of the one that was not used for longest", () => {
  const cache = cacheOf({ maxEntries: 2 });
  const [first, second, third] = [keyOf("1"), keyOf("2"), keyOf("3")];
  cache.put(first.key);
  cache.put(second.key);
  cache.use("ada", "1");
  cache.put(third.key);
  expect(cache.use("ada", "2")).toBeUndefined();
  expect(cache.use("ada", "1")).toBe(first.key);
  expect(cache.use("ada", "3")).toBe(third.key);
  jest.runOnlyPendingTimers();
  expect(isZero(second.bytes)).toBe(true);
});

test("gives a key as often as it may be used, and not once more", () => {
  const cache = cacheOf({ maxUses: 3 });
  const { key, bytes } = keyOf("1");
  cache.put(key);
  expect(cache.use("ada", "1")).toBe(key);
  expect(cache.use("ada", "1")).toBe(key);
  expect(cache.use("ada", "1")).toBeUndefined();
  jest.runOnlyPendingTimers();
  expect(isZero(bytes)).toBe(true);
});

test("gives a subject's newest key, until it is told that there is another or has let go of it", () => {
  const cache = cacheOf({ ttlMilliseconds: 1000 });
  const { key } = keyOf("1");
  cache.put(key);
  expect(cache.useNewest("ada")).toBeUndefined();
  cache.setNewest(key);
  expect(cache.useNewest("ada")).toBe(key);
  cache.unsetNewest("ada");
  expect(cache.useNewest("ada")).toBeUndefined();
  cache.setNewest(key);
  jest.advanceTimersByTime(1001);
  expect(cache.useNewest("ada")).toBeUndefined();
});

test("of two copies of a key one stays, and the other is zeroed", () => {
  const cache = cacheOf();
  const [kept, late] = [keyOf("1"), keyOf("1")];
  expect(cache.put(kept.key)).toBe(kept.key);
  expect(cache.put(late.key)).toBe(kept.key);
  jest.advanceTimersByTime(0);
  expect(isZero(late.bytes)).toBe(true);
  expect(isZero(kept.bytes)).toBe(false);
});

test("a key is whole until the end of the turn in which it was let go, and throws after it", () => {
  const { key, bytes } = keyOf("1");
  key.discard();
  expect(key.bytes).toBe(bytes);
  expect(isZero(bytes)).toBe(false);
  jest.advanceTimersByTime(0);
  expect(isZero(bytes)).toBe(true);
  expect(() => key.bytes).toThrow("a data key was used after it was discarded");
});

test("drops all keys of a forgotten subject, and no other's", () => {
  const cache = cacheOf();
  const [first, second, other] = [keyOf("1"), keyOf("2"), keyOf("3", "bob")];
  for (const { key } of [first, second, other]) cache.put(key);
  cache.forget("ada");
  jest.advanceTimersByTime(0);
  expect([first, second, other].map(({ bytes }) => isZero(bytes))).toEqual([true, true, false]);
  expect(cache.isForgotten("ada")).toBe(true);
  expect(cache.isForgotten("bob")).toBe(false);
});

test("remembers no more forgotten subjects than it may have keys", () => {
  const cache = cacheOf({ maxEntries: 2 });
  for (const subject of ["a", "b", "c"]) cache.forget(subject);
  expect(["a", "b", "c"].filter((subject) => cache.isForgotten(subject))).toEqual(["b", "c"]);
});

test("zeroes all at its close, and what comes after it, and leaves no timer", () => {
  const cache = cacheOf();
  const [before, after] = [keyOf("1"), keyOf("2")];
  cache.put(before.key);
  cache.close();
  cache.put(after.key);
  expect(cache.use("ada", "2")).toBeUndefined();
  jest.advanceTimersByTime(0);
  expect(isZero(before.bytes) && isZero(after.bytes)).toBe(true);
  expect(jest.getTimerCount()).toBe(0);
});

test.each<[KeyCacheLimits, string]>([
  [{ maxEntries: 0 }, "maxEntries: must be a whole number above 0, got 0"],
  [{ maxUses: 1.5 }, "maxUses: must be a whole number above 0, got 1.5"],
  [{ ttlMilliseconds: Number.NaN }, "ttlMilliseconds: must be a whole number above 0, got NaN"],
  [{ ttlMilliseconds: Number.POSITIVE_INFINITY }, "ttlMilliseconds: must be a whole number above 0, got Infinity"],
  [{ ttlMilliseconds: 86_400_001 }, "ttlMilliseconds: must be at most 86400000, got 86400001"],
])("takes no limits like %j", (limits, message) => {
  expect(() => cacheOf(limits)).toThrow(new RangeError(message));
});
