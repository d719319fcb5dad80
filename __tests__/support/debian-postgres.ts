import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runFolder } from "./test-run";

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

/** A new database cluster in `data`. `initdb` takes over a second, so it runs once, and then its result is copied. */
export function createCluster(data: string): void {
  const template = join(runFolder(), "postgres-template");
  if (!existsSync(template)) makeTemplate(template);
  runAsPostgres("cp", ["--archive", template, data]);
}

function makeTemplate(template: string): void {
  const folder = folderForPostgres();
  const data = join(folder, "data");
  runPostgres("initdb", ["-D", data, "-U", "postgres", "--auth=trust", "--no-sync", "--encoding=UTF8"]);
  try {
    renameSync(data, template);
  } catch (error) {
    // Another worker was faster.
    if (!existsSync(template)) throw error;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs one of PostgreSQL's programs, as its own user where this one is root. */
export const runPostgres = (program: string, args: readonly string[]): void =>
  runAsPostgres(join(VERSIONS, version ?? "", "bin", program), args);

function runAsPostgres(program: string, args: readonly string[]): void {
  const asPostgres = process.getuid?.() === 0 ? ["runuser", "-u", "postgres", "--"] : [];
  const [first = "", ...rest] = [...asPostgres, program, ...args];
  const { status, stdout, stderr } = spawnSync(first, rest, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  if (status !== 0) throw new Error(`${program} failed:\n${stdout}${stderr}`);
}
