import { createHash, randomBytes, randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import {
  type BackupStorage,
  BackupStorageError,
  ObjectExistsError,
  ObjectMissingError,
} from "../../../../runtime/recovery/backup/backup-storage";

/** A storage that the contract is tried on. */
export interface Subject {
  readonly storage: BackupStorage;
  /** Sizes of objects around which it does something else, such as parts. @default - none */
  readonly sizes?: readonly number[];
}

/** Bytes in pieces of several sizes, as a compressor gives them. */
export async function* inPieces(bytes: Buffer, most = 100_000): AsyncGenerator<Buffer> {
  for (let at = 0, size = 1; at < bytes.length; at += size, size = Math.min(size * 3, most))
    yield bytes.subarray(at, at + size);
}

export async function allOf<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}

export const bytesOf = async (storage: BackupStorage, key: string): Promise<Buffer> =>
  Buffer.concat(await allOf(storage.read(key)));

export const sha256 = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");

/** What every storage does; `start` gives one that others may have written to before. */
export function storageContract(start: () => Subject): void {
  let storage: BackupStorage;
  /** Where a test is alone. */
  let folder: string;
  const write = (key: string, text: string) => storage.write(key, inPieces(Buffer.from(text)));
  const text = async (key: string) => (await bytesOf(storage, key)).toString();
  const keysOf = async (prefix: string) => (await allOf(storage.list(prefix))).map(({ key }) => key);

  beforeEach(() => {
    storage = start().storage;
    folder = `contract/${randomUUID()}`;
  });

  describe("write", () => {
    test("keeps what it was given, and says how much and what that was", async () => {
      for (const size of [0, 1, 100_000, 1_000_000, ...(start().sizes ?? [])]) {
        const bytes = randomBytes(size);
        const key = `${folder}/${size}`;
        expect(await storage.write(key, inPieces(bytes))).toEqual({ key, bytes: size, sha256: sha256(bytes) });
        expect(Buffer.compare(await bytesOf(storage, key), bytes)).toBe(0);
        expect(await allOf(storage.list(key))).toEqual([{ key, bytes: size }]);
      }
    });

    test("takes pieces that are empty, and views of larger ones", async () => {
      const whole = randomBytes(1000);
      const pieces = async function* () {
        yield new Uint8Array(0);
        yield new Uint8Array(whole.buffer, whole.byteOffset + 10, 500);
        yield new Uint8Array(0);
      };
      await storage.write(`${folder}/views`, pieces());
      expect(await bytesOf(storage, `${folder}/views`)).toEqual(whole.subarray(10, 510));
    });

    test("replaces an object as a whole", async () => {
      await write(`${folder}/a`, "a longer one");
      await write(`${folder}/a`, "another");
      expect(await text(`${folder}/a`)).toBe("another");
    });

    test("does not show an object before it is whole, and shows the one before until then", async () => {
      await write(`${folder}/old`, "old");
      const seen: string[][] = [];
      const looking = async function* () {
        yield randomBytes(300_000);
        seen.push(await keysOf(folder), [await text(`${folder}/old`)]);
        yield randomBytes(300_000);
      };
      await storage.write(`${folder}/new`, looking());
      await storage.write(`${folder}/old`, looking());
      expect(seen).toEqual([[`${folder}/old`], ["old"], [`${folder}/new`, `${folder}/old`], ["old"]]);
    });

    test("fails with what its bytes fail with, and leaves what was there", async () => {
      await write(`${folder}/old`, "old");
      const reason = new Error("the source is broken");
      const broken = async function* () {
        yield randomBytes(300_000);
        throw reason;
      };
      await expect(storage.write(`${folder}/new`, broken())).rejects.toBe(reason);
      await expect(storage.write(`${folder}/old`, broken())).rejects.toBe(reason);
      expect(await keysOf(folder)).toEqual([`${folder}/old`]);
      expect(await text(`${folder}/old`)).toBe("old");
    });

    test("if absent refuses where there is one, and leaves that", async () => {
      await storage.write(`${folder}/a`, inPieces(Buffer.from("first")), { ifAbsent: true });
      const second = storage.write(`${folder}/a`, inPieces(Buffer.from("second")), { ifAbsent: true });
      await expect(second).rejects.toThrow(new ObjectExistsError(`${folder}/a`));
      expect(await text(`${folder}/a`)).toBe("first");
      await storage.delete(`${folder}/a`);
      await storage.write(`${folder}/a`, inPieces(Buffer.from("third")), { ifAbsent: true });
      expect(await text(`${folder}/a`)).toBe("third");
    });

    test("if absent lets one of many writers in, and its bytes are there", async () => {
      const texts = Array.from({ length: 8 }, (_, index) => `writer ${index}`);
      const outcomes = await Promise.allSettled(
        texts.map((each) => storage.write(`${folder}/a`, inPieces(Buffer.from(each)), { ifAbsent: true })),
      );
      const winners = texts.filter((_, index) => outcomes[index]?.status === "fulfilled");
      expect(winners).toHaveLength(1);
      expect(await text(`${folder}/a`)).toBe(winners[0]);
      const refusals = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason] : []));
      expect(refusals.map(({ name }) => name)).toEqual(Array(7).fill("ObjectExistsError"));
    });

    test("ends by its signal, though its bytes never come, and leaves nothing", async () => {
      const reason = new Error("gone");
      const caller = new AbortController();
      let ended = false;
      const hanging = async function* () {
        try {
          yield randomBytes(300_000);
          setTimeout(() => caller.abort(reason), 20);
          await new Promise((resolve) => caller.signal.addEventListener("abort", () => setTimeout(resolve, 50)));
        } finally {
          ended = true;
        }
      };
      await expect(storage.write(`${folder}/a`, hanging(), { signal: caller.signal })).rejects.toBe(reason);
      expect(ended).toBe(false);
      expect(await keysOf(folder)).toEqual([]);
      await wait(100);
      expect(ended).toBe(true);
      await expect(write(`${folder}/a`, "again")).resolves.toBeDefined();
    });

    test("does not begin when its signal has ended already", async () => {
      const reason = new Error("gone");
      const signal = AbortSignal.abort(reason);
      let asked = false;
      const untouched = async function* () {
        asked = true;
        yield Buffer.of(1);
      };
      await expect(storage.write(`${folder}/a`, untouched(), { signal })).rejects.toBe(reason);
      expect(asked).toBe(false);
    });

    test.each(["", "/a", "a/", "a//b", "../a", "a/../b", "./a", "a/.b", "a b", "ä", "a\n", "a\\b", "k".repeat(513)])(
      "refuses a key that not every storage could keep: %j",
      async (key) => {
        await expect(write(key, "x")).rejects.toThrow(RangeError);
        await expect(bytesOf(storage, key)).rejects.toThrow(RangeError);
        await expect(storage.delete(key)).rejects.toThrow(RangeError);
      },
    );
  });

  describe("read", () => {
    test("of what is not there says so", async () => {
      await expect(bytesOf(storage, `${folder}/a`)).rejects.toThrow(new ObjectMissingError(`${folder}/a`));
      await write(`${folder}/a/b`, "x");
      await expect(bytesOf(storage, `${folder}/a`)).rejects.toThrow(ObjectMissingError);
      await expect(bytesOf(storage, `${folder}/a/b/c`)).rejects.toThrow(ObjectMissingError);
    });

    test("gives pieces of at most a megabyte, and can be left before the end", async () => {
      await storage.write(`${folder}/a`, inPieces(randomBytes(3_000_000)));
      const sizes = (await allOf(storage.read(`${folder}/a`))).map(({ length }) => length);
      expect(Math.max(...sizes)).toBeLessThanOrEqual(1024 * 1024);
      for await (const piece of storage.read(`${folder}/a`)) {
        expect(piece.length).toBeGreaterThan(0);
        break;
      }
      expect(await bytesOf(storage, `${folder}/a`)).toHaveLength(3_000_000);
    });

    test("ends by its signal", async () => {
      await storage.write(`${folder}/a`, inPieces(randomBytes(3_000_000)));
      const reason = new Error("gone");
      const caller = new AbortController();
      let pieces = 0;
      const reading = async () => {
        for await (const _ of storage.read(`${folder}/a`, { signal: caller.signal })) {
          pieces++;
          caller.abort(reason);
        }
      };
      await expect(reading()).rejects.toBe(reason);
      expect(pieces).toBe(1);
      await expect(reading()).rejects.toBe(reason);
    });
  });

  describe("list", () => {
    test("has the keys that begin with a prefix, in the order of their bytes", async () => {
      const names = ["a-b", "a.b", "a/b", "a/c/d", "a0", "B", "a_b", "b/1", "b/10", "b/2"];
      for (const name of names) await write(`${folder}/${name}`, name);
      const sorted = [...names].sort().map((name) => `${folder}/${name}`);
      expect(await keysOf(`${folder}/`)).toEqual(sorted);
      expect(await keysOf(`${folder}/a`)).toEqual(sorted.filter((key) => key.startsWith(`${folder}/a`)));
      expect(await keysOf(`${folder}/b/1`)).toEqual([`${folder}/b/1`, `${folder}/b/10`]);
      expect(await keysOf(`${folder}/c`)).toEqual([]);
      expect(await allOf(storage.list(`${folder}/a/c`))).toEqual([{ key: `${folder}/a/c/d`, bytes: 5 }]);
      expect(await keysOf("")).toEqual(expect.arrayContaining(sorted));
    });

    test("ends by its signal", async () => {
      await write(`${folder}/a`, "x");
      await write(`${folder}/b`, "x");
      const reason = new Error("gone");
      const caller = new AbortController();
      const listing = async () => {
        for await (const _ of storage.list(folder, { signal: caller.signal })) caller.abort(reason);
      };
      await expect(listing()).rejects.toBe(reason);
      await expect(listing()).rejects.toBe(reason);
    });
  });

  test("delete takes away an object, and nothing where there is none", async () => {
    await write(`${folder}/a/b`, "x");
    await write(`${folder}/c`, "x");
    await storage.delete(`${folder}/a/b`);
    await storage.delete(`${folder}/a/b`);
    await storage.delete(`${folder}/a`);
    await storage.delete(`${folder}/c/d`);
    expect(await keysOf(folder)).toEqual([`${folder}/c`]);
    await expect(bytesOf(storage, `${folder}/a/b`)).rejects.toThrow(ObjectMissingError);
  });

  test("what was begun under a prefix is ended, its writer fails, and nothing else is touched", async () => {
    await write(`${folder}/one/old`, "old");
    const discarding = (prefix: string) =>
      async function* () {
        yield randomBytes(6_000_000);
        yield randomBytes(6_000_000);
        await storage.discardUnfinished(prefix);
        yield Buffer.from("rest");
      };
    await expect(storage.write(`${folder}/one/a`, discarding(`${folder}/one`)())).rejects.toThrow(BackupStorageError);
    await expect(storage.write(`${folder}/one/b`, discarding(`${folder}/two`)())).resolves.toBeDefined();
    expect(await keysOf(folder)).toEqual([`${folder}/one/b`, `${folder}/one/old`]);
  });
}
