import { randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { FolderStorage } from "../../../../runtime/adapters/local/folder-storage";
import { SegmentCipher, SegmentRefusedError } from "../../../../runtime/recovery/backup/segment-cipher";
import { writeSegment } from "../../../../runtime/recovery/backup/segments";
import { MemoryStorage } from "../memory-storage";

const PLACE = "backups/segments/a/events-000000-1";
const PIECE_BYTES = 64 * 1024;
const PIECES = 50;
let cipher: SegmentCipher;
beforeAll(async () => {
  cipher = await SegmentCipher.create("a", randomBytes(32));
});

/** So many that no buffer holds them, and such that nothing makes fewer of them. */
async function* large(between: (piece: number) => void = () => {}): AsyncGenerator<Buffer> {
  for (let piece = 0; piece < PIECES; piece++) {
    between(piece);
    yield randomBytes(PIECE_BYTES);
  }
}

async function* piecesOf(bytes: Buffer): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) yield bytes.subarray(at, at + PIECE_BYTES);
}

const all = async (bytes: AsyncIterable<Uint8Array>): Promise<Buffer> => {
  const pieces: Uint8Array[] = [];
  for await (const piece of bytes) pieces.push(piece);
  return Buffer.concat(pieces);
};

/** Where a stream throws by itself, it is a moment later, and the test has failed by then. */
const aMoment = () => wait(100);

describe("a large segment", () => {
  const failAt = (at: number) => (piece: number) => {
    if (piece === at) throw new Error("the database is away");
  };

  test("is what it was", async () => {
    const bytes = await all(large());
    const encrypted = await all(cipher.encrypt(PLACE, piecesOf(bytes)));
    expect((await all(cipher.decrypt(PLACE, piecesOf(encrypted)))).equals(bytes)).toBe(true);
  });

  test.each([0, 1, 25])("ends with what its bytes fail by, at piece %s", async (at) => {
    await expect(all(cipher.encrypt(PLACE, large(failAt(at))))).rejects.toThrow("the database is away");
    await aMoment();
  });

  test.each([1, 100_000, 2_000_000])("ends with what its storage fails by, after %s bytes", async (most) => {
    /** A test double of a disk that is full. */
    class FullStorage extends MemoryStorage {
      override write(key: string, bytes: AsyncIterable<Uint8Array>) {
        const cut = async function* () {
          let length = 0;
          for await (const piece of bytes) {
            length += piece.length;
            if (length > most) throw new Error("ENOSPC");
            yield piece;
          }
        };
        return super.write(key, cut());
      }
    }
    const place = { storage: new FullStorage(), cipher, backup: "a" };
    await expect(writeSegment(place, "events-000000", large())).rejects.toThrow("ENOSPC");
    await aMoment();
  });

  test("ends with the abort while it is written, and leaves nothing", async () => {
    const folder = mkdtempSync(join(tmpdir(), "backups-"));
    const end = new AbortController();
    const storage = await FolderStorage.create(folder);
    const bytes = large((piece) => piece === 25 && end.abort(new Error("ended by SIGTERM")));
    const written = writeSegment({ storage, cipher, backup: "a" }, "events-000000", bytes, { signal: end.signal });
    await expect(written).rejects.toThrow("ended by SIGTERM");
    await aMoment();
    const left = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((each) => each.isFile());
    rmSync(folder, { recursive: true });
    expect(left).toEqual([]);
  });

  test("does not open where it was changed in the middle, or as another", async () => {
    const encrypted = await all(cipher.encrypt(PLACE, large()));
    await expect(all(cipher.decrypt(`${PLACE}0`, piecesOf(encrypted)))).rejects.toThrow(SegmentRefusedError);
    encrypted[encrypted.length >> 1] = (encrypted[encrypted.length >> 1] ?? 0) ^ 1;
    await expect(all(cipher.decrypt(PLACE, piecesOf(encrypted)))).rejects.toThrow(SegmentRefusedError);
  });

  test("that can't be read is not said to be changed", async () => {
    const encrypted = await all(cipher.encrypt(PLACE, large()));
    const cut = async function* () {
      yield* piecesOf(encrypted.subarray(0, encrypted.length >> 1));
      throw new Error("the storage is away");
    };
    await expect(all(cipher.decrypt(PLACE, cut()))).rejects.toThrow("the storage is away");
  });
});
