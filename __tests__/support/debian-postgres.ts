import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Where Debian has them, a folder a version; the newest is taken. */
const VERSIONS = "/usr/lib/postgresql";
const [version] = (existsSync(VERSIONS) ? readdirSync(VERSIONS) : [])
  .filter((each) => existsSync(join(VERSIONS, each, "bin", "initdb")))
  .sort((a, b) => Number(b) - Number(a));

/** Why PostgreSQL can't be run here, or nothing. */
export const whyNoPostgres = (): string | undefined =>
  version === undefined ? `no PostgreSQL in ${VERSIONS}` : undefined;

/** A folder that a server may have: neither it nor its data may be root's. */
export function folderForPostgres(): string {
  const folder = mkdtempSync(join(tmpdir(), "postgres-"));
  chmodSync(folder, 0o777);
  return folder;
}

/** Runs one of PostgreSQL's programs, as its own user where this one is root. */
export function runPostgres(program: string, args: readonly string[]): void {
  const asPostgres = process.getuid?.() === 0 ? ["runuser", "-u", "postgres", "--"] : [];
  const [first = "", ...rest] = [...asPostgres, join(VERSIONS, version ?? "", "bin", program), ...args];
  const { status, stdout, stderr } = spawnSync(first, rest, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  if (status !== 0) throw new Error(`${program} failed:\n${stdout}${stderr}`);
}
