import { randomBytes } from "node:crypto";
import { createGunzip, createGzip } from "node:zlib";
import type { Waiting } from "../../keys/wrapping-keys";
import type { BackupStorage } from "./backup-storage";
import type { Segment } from "./manifest";
import type { SegmentCipher } from "./segment-cipher";
import { through } from "./through";

export const SEGMENTS = "backups/segments/";
/** Fast, for whoever backs up has orders to take too: level 6 takes thrice as long for a tenth less. */
const GZIP_LEVEL = 2;

/** Writes a segment: compressed, encrypted, and under a key that no other attempt has. */
export async function writeSegment(
  { storage, cipher, backup }: { storage: BackupStorage; cipher: SegmentCipher; backup: string },
  name: string,
  bytes: AsyncIterable<Uint8Array>,
  waiting?: Waiting,
): Promise<Segment> {
  const key = `${SEGMENTS}${backup}/${name}-${randomBytes(4).toString("hex")}`;
  const encrypted = cipher.encrypt(key, through(bytes, createGzip({ level: GZIP_LEVEL })));
  return storage.write(key, encrypted, { ...waiting, ifAbsent: true });
}

/** What was written as a segment. @throws {SegmentRefusedError} when it is not that any more. */
export const segmentBytes = (cipher: SegmentCipher, key: string, stored: AsyncIterable<Uint8Array>) =>
  through(cipher.decrypt(key, stored), createGunzip());
