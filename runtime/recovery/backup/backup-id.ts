import { randomBytes } from "node:crypto";

/** When it was begun, to the millisecond, and so many characters that no two are one: ids sort by time. */
const BACKUP_ID = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z-[0-9a-f]{8}$/;

/**
 * @param begun as the clock says.
 * @param last of the backups that there are: the new one comes behind it, though the clock was set back. @default - none
 */
export function newBackupId(begun: Date, last?: string): string {
  const [, year, month, day, hour, minute, second, millisecond] = BACKUP_ID.exec(last ?? "") ?? [];
  const before = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}.${millisecond}Z`);
  const time = new Date(Number.isNaN(before) ? begun : Math.max(begun.getTime(), before + 1));
  return `${time.toISOString().replace(/[-:.]/g, "")}-${randomBytes(4).toString("hex")}`;
}

export const isBackupId = (id: string): boolean => BACKUP_ID.test(id);

/** @throws {RangeError} for what is no backup's id. */
export function checkBackupId(id: string): string {
  if (isBackupId(id)) return id;
  throw new RangeError(`backup: must be like 20261124T090000000Z-0a1b2c3d, got ${JSON.stringify(id)}`);
}
