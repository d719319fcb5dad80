import { randomBytes } from "node:crypto";

/** When it was begun, to the millisecond, and so many characters that no two are one: ids sort by time. */
const BACKUP_ID = /^\d{8}T\d{9}Z-[0-9a-f]{8}$/;

export const newBackupId = (begun: Date): string =>
  `${begun.toISOString().replace(/[-:.]/g, "")}-${randomBytes(4).toString("hex")}`;

/** @throws {RangeError} for what is no backup's id. */
export function checkBackupId(id: string): string {
  if (BACKUP_ID.test(id)) return id;
  throw new RangeError(`backup: must be like 20261124T090000000Z-0a1b2c3d, got ${JSON.stringify(id)}`);
}
