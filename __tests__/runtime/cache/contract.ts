import { type Cache, MAX_KEY_BYTES, MAX_SECONDS, MAX_VALUE_BYTES } from "../../../runtime/cache/cache";

export interface CacheSubject {
  readonly cache: Cache;
  /** Ends the server that it was made with. */
  stop(): Promise<void>;
}

/** What every cache does. */
export function cacheContract(start: () => Promise<CacheSubject>): void {
  let subject: CacheSubject;
  let keys = 0;
  const newKey = () => `order ${++keys}`;
  beforeAll(async () => {
    subject = await start();
    // It connects without being waited for.
    for (;;) {
      const isThere = await subject.cache.get("order 0").then(
        () => true,
        () => false,
      );
      if (isThere) return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }, 30_000);
  afterAll(async () => {
    await subject.cache.close();
    await subject.stop();
  });

  test("what was never kept is not there", async () => {
    expect(await subject.cache.get(newKey())).toBeUndefined();
  });

  test.each(["a", "", '{"total":1}', "Łukasz 東京 🎈", "a".repeat(MAX_VALUE_BYTES)])(
    "a text comes back: %#",
    async (value) => {
      const key = newKey();
      await subject.cache.set(key, value, 60);
      expect(await subject.cache.get(key)).toBe(value);
    },
  );

  test.each(["a\ud800", "\udfff"])("what would come back as another text is refused: %j", async (text) => {
    const said = "must have no NUL and no half of a surrogate pair";
    await expect(subject.cache.get(text)).rejects.toThrow(new RangeError(`key: ${said}`));
    await expect(subject.cache.set(text, "a", 60)).rejects.toThrow(new RangeError(`key: ${said}`));
    await expect(subject.cache.set(newKey(), text, 60)).rejects.toThrow(new RangeError(`value: ${said}`));
  });

  test("keys of all slots and scripts are kept apart", async () => {
    const all = Array.from({ length: 100 }, (_, index) => `klucz ${index} ł`);
    await Promise.all(all.map((key) => subject.cache.set(key, key, 60)));
    expect(await Promise.all(all.map((key) => subject.cache.get(key)))).toEqual(all);
  });

  test("what was deleted is gone, and so is what was not there", async () => {
    const key = newKey();
    await subject.cache.set(key, "a", 60);
    await subject.cache.delete(key);
    await subject.cache.delete(key);
    expect(await subject.cache.get(key)).toBeUndefined();
  });

  test("what is kept for a second is gone after it", async () => {
    const key = newKey();
    await subject.cache.set(key, "a", 1);
    expect(await subject.cache.get(key)).toBe("a");
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(await subject.cache.get(key)).toBeUndefined();
  });

  test.each([
    ["", "a", 1, "key: must be 1 to 1024 bytes, got 0"],
    ["a".repeat(MAX_KEY_BYTES + 1), "a", 1, "key: must be 1 to 1024 bytes, got 1025"],
    ["a", "a".repeat(MAX_VALUE_BYTES + 1), 1, "value: must be at most 1048576 bytes, got 1048577"],
    ["a", "a", 0, `seconds: must be a whole number from 1 to ${MAX_SECONDS}, got 0`],
    ["a", "a", 0.5, `seconds: must be a whole number from 1 to ${MAX_SECONDS}, got 0.5`],
  ])("refuses what it is not to keep: %#", async (key, value, seconds, message) => {
    await expect(subject.cache.set(key, value, seconds)).rejects.toThrow(new RangeError(message));
  });
}
