/**
 * SQLSTATE classes and codes of what passes by itself: connections (08), resources (53), an operator's doings (57), a system's
 * (58), transactions that are to be tried again, a primary that has become a replica, and a wait that was too long.
 */
const CLASSES = ["08", "53", "57", "58"];
const CODES = ["40001", "40P01", "25006", "55P03"];

/** Whether an error says nothing of the statement: the same one may work in a moment. What has no SQLSTATE is a connection's. */
export function isTransient(error: unknown): boolean {
  if (typeof error !== "object" || error === null) return false;
  const { code, message, severity } = error as { code?: unknown; message?: unknown; severity?: unknown };
  const isSqlState = typeof code === "string" && /^[0-9A-Z]{5}$/.test(code) && severity !== undefined;
  if (isSqlState) return CODES.includes(code) || CLASSES.includes(code.slice(0, 2));
  // Node's own, and pg's own words for a connection that has ended or can't be had.
  return typeof code === "string" ? /^E[A-Z]+$/.test(code) : /connection|timeout/i.test(`${message}`);
}
