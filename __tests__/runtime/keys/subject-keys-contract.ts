import { randomBytes } from "node:crypto";
import type { SubjectKey, SubjectKeys } from "../../../runtime/keys/subject-keys";

const newId = () => randomBytes(12).toString("base64url");
const keyOf = (subject: string, generation = 1, id = newId()): SubjectKey => ({
  ...{ id, subject, generation },
  wrapped: { wrappedBy: "first", bytes: Buffer.from(`wrapped ${id}`) },
});
/** A subject that no other test has. */
const newSubject = () => `subject ${newId()}`;

/** What any store of subjects' keys must do. Its keys may be of other tests, too. */
export function subjectKeysContract(start: () => SubjectKeys): void {
  test("knows nothing of a subject that it has no key of", async () => {
    expect(await start().newest(newSubject())).toBeUndefined();
    expect(await start().find(newSubject(), newId())).toBeUndefined();
  });

  test("keeps a key as it is", async () => {
    const keys = start();
    const key = keyOf(newSubject());
    expect(await keys.putIfAbsent(key)).toEqual(key);
    expect(await keys.newest(key.subject)).toEqual(key);
    expect(await keys.find(key.subject, key.id)).toEqual(key);
  });

  test("keeps the first of two keys of one generation, and says so", async () => {
    const keys = start();
    const subject = newSubject();
    const [first, second] = [keyOf(subject), keyOf(subject)];
    await keys.putIfAbsent(first);
    expect(await keys.putIfAbsent(second)).toEqual(first);
    expect(await keys.find(subject, second.id)).toBeUndefined();
  });

  test("of twenty that put a key at once, all get the same", async () => {
    const keys = start();
    const subject = newSubject();
    const kept = await Promise.all(Array.from({ length: 20 }, () => keys.putIfAbsent(keyOf(subject))));
    expect(new Set(kept.map((key) => (key === "forgotten" ? key : key.id))).size).toBe(1);
  });

  test("the newest is that of the last generation, and those before it are still found", async () => {
    const keys = start();
    const subject = newSubject();
    const [first, second] = [keyOf(subject, 1), keyOf(subject, 2)];
    await keys.putIfAbsent(first);
    expect(await keys.putIfAbsent(second)).toEqual(second);
    expect(await keys.newest(subject)).toEqual(second);
    expect(await keys.find(subject, first.id)).toEqual(first);
  });

  test("finds no key by its id for another subject", async () => {
    const keys = start();
    const key = keyOf(newSubject());
    await keys.putIfAbsent(key);
    expect(await keys.find(newSubject(), key.id)).toBeUndefined();
  });

  test("forgets a subject with all its keys, and no other", async () => {
    const keys = start();
    const subject = newSubject();
    const [first, second, other] = [keyOf(subject, 1), keyOf(subject, 2), keyOf(newSubject())];
    for (const key of [first, second, other]) await keys.putIfAbsent(key);
    await keys.delete(subject);
    expect(await keys.newest(subject)).toBe("forgotten");
    expect(await keys.find(subject, first.id)).toBe("forgotten");
    expect(await keys.newest(other.subject)).toEqual(other);
  });

  test("forgets a subject again, and one that it never had a key of", async () => {
    const keys = start();
    const subject = newSubject();
    await keys.delete(subject);
    await keys.delete(subject);
    expect(await keys.newest(subject)).toBe("forgotten");
  });

  test("gives a forgotten subject no key any more", async () => {
    const keys = start();
    const key = keyOf(newSubject());
    await keys.delete(key.subject);
    expect(await keys.putIfAbsent(key)).toBe("forgotten");
    expect(await keys.find(key.subject, key.id)).toBe("forgotten");
  });

  test("no key outlives a subject that is forgotten while it comes", async () => {
    const keys = start();
    const all = Array.from({ length: 20 }, () => keyOf(newSubject()));
    await Promise.all(all.flatMap((key) => [keys.putIfAbsent(key), keys.delete(key.subject)]));
    const left = await keys.notWrappedBy("another", undefined, 10_000);
    expect(left.filter(({ id }) => all.some((key) => key.id === id))).toEqual([]);
  });

  test("takes a subject's name as it is", async () => {
    const keys = start();
    const subjects = ["x'; drop table keys; --", "%", "Ünï\u{1f600}", newId().toUpperCase(), "__proto__"];
    for (const subject of subjects) {
      const key = keyOf(subject);
      await keys.putIfAbsent(key);
      expect(await keys.newest(subject)).toMatchObject({ subject });
      expect(await keys.newest(`${subject} `)).toBeUndefined();
    }
  });

  test("lists what another key wrapped, page by page in the order of ids", async () => {
    const keys = start();
    const put = Array.from({ length: 7 }, () => keyOf(newSubject()));
    for (const key of put) await keys.putIfAbsent(key);
    const listed: SubjectKey[] = [];
    for (let page = await keys.notWrappedBy("second", undefined, 3); page.length > 0; ) {
      expect(page.length).toBeLessThanOrEqual(3);
      listed.push(...page);
      page = await keys.notWrappedBy("second", page.at(-1)?.id, 3);
    }
    const ids = listed.map(({ id }) => id);
    expect(ids).toEqual([...ids].sort((a, b) => (a < b ? -1 : 1)));
    expect(new Set(ids).size).toBe(ids.length);
    for (const key of put) expect(listed).toContainEqual(key);
  });

  test("puts another wrapping into the place of a key's, once", async () => {
    const keys = start();
    const key = keyOf(newSubject());
    await keys.putIfAbsent(key);
    const wrapped = { wrappedBy: "second", bytes: Buffer.from("again") };
    expect(await keys.replaceWrapped(key, wrapped)).toBe(true);
    expect(await keys.find(key.subject, key.id)).toEqual({ ...key, wrapped });
    expect(await keys.replaceWrapped(key, { ...wrapped, wrappedBy: "third" })).toBe(false);
    expect((await keys.notWrappedBy("second", undefined, 10_000)).map(({ id }) => id)).not.toContain(key.id);
  });

  test("a new wrapping does not bring a forgotten subject's key back", async () => {
    const keys = start();
    const key = keyOf(newSubject());
    await keys.putIfAbsent(key);
    await keys.delete(key.subject);
    expect(await keys.replaceWrapped(key, { wrappedBy: "second", bytes: Buffer.from("again") })).toBe(false);
    expect(await keys.newest(key.subject)).toBe("forgotten");
  });
}
