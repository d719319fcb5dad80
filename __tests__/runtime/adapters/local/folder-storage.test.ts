import { randomBytes, randomUUID } from "node:crypto";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FolderStorage } from "../../../../runtime/adapters/local/folder-storage";
import { BackupStorageError, ObjectMissingError } from "../../../../runtime/recovery/backup/backup-storage";
import { SettingsError } from "../../../../runtime/settings";
import { allOf, bytesOf, inPieces, storageContract } from "../../recovery/backup/storage-contract";

let place: string;
let folder: string;
let storage: FolderStorage;

beforeAll(async () => {
  place = mkdtempSync(join(tmpdir(), "folder-storage-"));
});
beforeEach(async () => {
  folder = join(place, randomUUID());
  storage = await FolderStorage.create(folder);
});
afterAll(() => rmSync(place, { recursive: true }));

const write = (key: string, text = "x") => storage.write(key, inPieces(Buffer.from(text)));
const filesIn = (path: string) => readdirSync(path, { recursive: true, encoding: "utf8" }).sort();

describe("a folder", () => {
  storageContract(() => ({ storage }));
});

test("an object is a file by its key", async () => {
  await write("orders/1/manifest.json", "{}");
  expect(readFileSync(join(folder, "orders/1/manifest.json"), "utf8")).toBe("{}");
  expect(storage.place).toBe(`folder ${folder}`);
});

test("a write leaves one file, however it ends", async () => {
  const broken = async function* () {
    yield randomBytes(10);
    throw new Error("the source is broken");
  };
  await write("a/b");
  await expect(storage.write("a/b", inPieces(Buffer.from("y")), { ifAbsent: true })).rejects.toThrow();
  await expect(storage.write("a/c", broken())).rejects.toThrow();
  expect(filesIn(folder)).toEqual(["a", "a/b"]);
});

test("what is in the folder and no object is in no list", async () => {
  await write("a/b");
  for (const name of [".hidden", "a/a name", "a/ä", "a/b~"]) writeFileSync(join(folder, name), "x");
  mkdirSync(join(folder, "a folder"));
  writeFileSync(join(folder, "a folder/c"), "x");
  expect(await allOf(storage.list(""))).toEqual([{ key: "a/b", bytes: 1 }]);
  await storage.discardUnfinished("");
  expect(filesIn(folder)).toHaveLength(8);
});

describe("a symbolic link", () => {
  let outside: string;
  beforeEach(() => {
    outside = join(place, randomUUID());
    mkdirSync(join(outside, "below"), { recursive: true });
    writeFileSync(join(outside, "secret"), "secret");
    symlinkSync(outside, join(folder, "out"));
    symlinkSync(join(outside, "secret"), join(folder, "file"));
    symlinkSync(join(outside, "nowhere"), join(folder, "dangling"));
  });

  test.each(["out/secret", "file"])("is not read through: %s", async (key) => {
    await expect(bytesOf(storage, key)).rejects.toThrow(BackupStorageError);
  });

  test("is in no list, nor is what it leads to", async () => {
    expect(await allOf(storage.list(""))).toEqual([]);
    expect(await allOf(storage.list("out/"))).toEqual([]);
  });

  test.each(["out/new", "out/below/new", "out/folder/new"])("is not written through: %s", async (key) => {
    await expect(write(key)).rejects.toThrow(BackupStorageError);
    expect(filesIn(outside)).toEqual(["below", "secret"]);
  });

  test.each(["file", "dangling"])("is replaced by what is written in its place, or stays: %s", async (key) => {
    await expect(storage.write(key, inPieces(Buffer.from("x")), { ifAbsent: true })).rejects.toThrow(
      BackupStorageError,
    );
    await write(key);
    expect((await bytesOf(storage, key)).toString()).toBe("x");
    expect(readFileSync(join(outside, "secret"), "utf8")).toBe("secret");
    expect(filesIn(outside)).toEqual(["below", "secret"]);
  });

  test.each(["out/secret", "file"])("does not lead to what is deleted: %s", async (key) => {
    await expect(storage.delete(key)).rejects.toThrow(BackupStorageError);
    await storage.discardUnfinished("");
    expect(filesIn(outside)).toEqual(["below", "secret"]);
  });

  test("may lead to the folder itself, which its owner has named", async () => {
    const link = join(place, randomUUID());
    symlinkSync(folder, link);
    const linked = await FolderStorage.create(link);
    await linked.write("a", inPieces(Buffer.from("x")));
    expect((await bytesOf(storage, "a")).toString()).toBe("x");
  });
});

test("of a key and one below it one can be kept", async () => {
  await write("a/b");
  await write("c");
  await expect(write("a")).rejects.toThrow(BackupStorageError);
  await expect(storage.write("a", inPieces(Buffer.of(1)), { ifAbsent: true })).rejects.toThrow(BackupStorageError);
  await expect(write("c/d")).rejects.toThrow(BackupStorageError);
  await expect(bytesOf(storage, "c/d")).rejects.toThrow(ObjectMissingError);
  expect(filesIn(folder)).toEqual(["a", "a/b", "c"]);
});

test("who reads an object while it is replaced has the one that was there", async () => {
  const bytes = randomBytes(1_000_000);
  await storage.write("a", inPieces(bytes));
  const read: Uint8Array[] = [];
  for await (const piece of storage.read("a")) {
    if (read.length === 0) await write("a", "another");
    read.push(piece);
  }
  expect(Buffer.compare(Buffer.concat(read), bytes)).toBe(0);
});

test("an object that is cut off while it is read is not read to the end", async () => {
  await storage.write("a", inPieces(randomBytes(1_000_000)));
  const reading = async () => {
    for await (const _ of storage.read("a")) truncateSync(join(folder, "a"), 300_000);
  };
  await expect(reading()).rejects.toThrow(BackupStorageError);
});

test("messages name no path of the machine", async () => {
  symlinkSync(place, join(folder, "out"));
  await expect(write("out/a")).rejects.toThrow(/^out\/a: the storage of backups can't be used$/);
});

test("what is no folder does not start", async () => {
  const file = join(place, "file");
  writeFileSync(file, "x");
  await expect(FolderStorage.create(file)).rejects.toThrow(
    new SettingsError([`folder: must be a folder that can be used, got ${JSON.stringify(file)}: EEXIST`]),
  );
});
