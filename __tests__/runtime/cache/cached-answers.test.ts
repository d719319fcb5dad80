import type { Cache } from "../../../runtime/cache/cache";
import { CachedAnswers } from "../../../runtime/cache/cached-answers";

/** A double of a cache: a map, without times. */
function cacheOf(): Cache & { readonly kept: Map<string, string> } {
  const kept = new Map<string, string>();
  return {
    kept,
    get: async (key) => kept.get(key),
    set: async (key, value) => void kept.set(key, value),
    delete: async (key) => void kept.delete(key),
    close: async () => {},
  };
}

test("what was loaded is not loaded again", async () => {
  const answers = new CachedAnswers({ cache: cacheOf() });
  const load = jest.fn(async () => ({ total: 1 }));
  expect([await answers.getOrLoad("a", 60, load), await answers.getOrLoad("a", 60, load)]).toEqual([
    { total: 1 },
    { total: 1 },
  ]);
  expect(load).toHaveBeenCalledTimes(1);
});

test("a hundred who ask at once wait for one answer", async () => {
  const answers = new CachedAnswers({ cache: cacheOf() });
  const load = jest.fn(() => new Promise((resolve) => setTimeout(() => resolve(7), 20)));
  expect(new Set(await Promise.all(Array.from({ length: 100 }, () => answers.getOrLoad("a", 60, load))))).toEqual(
    new Set([7]),
  );
  expect(load).toHaveBeenCalledTimes(1);
});

test("what can't be loaded is not kept, and is thrown to all", async () => {
  const cache = cacheOf();
  const answers = new CachedAnswers({ cache });
  const fail = () => Promise.reject(new TypeError("no rows"));
  const both = await Promise.allSettled([answers.getOrLoad("a", 60, fail), answers.getOrLoad("a", 60, fail)]);
  expect(both.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  expect(cache.kept.size).toBe(0);
  expect(await answers.getOrLoad("a", 60, async () => 1)).toBe(1);
});

test("what is no answer of ours is loaded instead, and told", async () => {
  const cache = cacheOf();
  cache.kept.set("a", "<html>");
  const failed = jest.fn();
  expect(await new CachedAnswers({ cache, failed }).getOrLoad("a", 60, async () => 7)).toBe(7);
  expect(failed).toHaveBeenCalledTimes(1);
});

test.each([null, 0, false, ""])("%p is an answer like any other", async (value) => {
  const answers = new CachedAnswers({ cache: cacheOf() });
  const load = jest.fn(async () => value);
  expect([await answers.getOrLoad("a", 60, load), await answers.getOrLoad("a", 60, load)]).toEqual([value, value]);
  expect(load).toHaveBeenCalledTimes(1);
});

test("nothing is not kept", async () => {
  const cache = cacheOf();
  await new CachedAnswers({ cache }).getOrLoad("a", 60, async () => undefined);
  expect(cache.kept.size).toBe(0);
});

test("what was forgotten is loaded again", async () => {
  const answers = new CachedAnswers({ cache: cacheOf() });
  let total = 0;
  const load = async () => ++total;
  await answers.getOrLoad("a", 60, load);
  await answers.forget("a");
  expect(await answers.getOrLoad("a", 60, load)).toBe(2);
});
