import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App } from "cdktf";
import { platforms } from "../stacks/platform";
import { ProtectionLock } from "../stacks/protection-lock";
import { environments } from "./support/synthesis/environments";
import { compiled } from "./support/test-run/compiled";

const ROOT = join(__dirname, "..");
const MAIN = compiled(join(ROOT, "main.ts"));

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** Where most tests look for what a synthesis gives. */
const once = synthesized();

test("the same environments give the same bytes in whichever folder", () => {
  expect(filesIn(synthesized())).toEqual(filesIn(once));
});

test("the program gives the same bytes wherever, in whichever time zone and language it is started", () => {
  const outdir = temporary();
  execFileSync(process.execPath, [MAIN], {
    cwd: temporary(),
    env: { ...process.env, CDKTF_OUTDIR: outdir, TZ: "Pacific/Chatham", LANG: "tr_TR.UTF-8", LC_ALL: "tr_TR.UTF-8" },
  });
  expect(filesIn(outdir)).toEqual(filesIn(once));
});

test("no command is run: there may be no Terraform where a program is synthesized", () => {
  const { stderr, status } = spawnSync(process.execPath, [MAIN], {
    cwd: temporary(),
    env: { PATH: "", CDKTF_OUTDIR: temporary() },
    encoding: "utf8",
  });
  expect([status, stderr]).toEqual([0, ""]);
});

test("no file names the folder of the program, of the output or of the one who runs it", () => {
  const naming = Object.entries(filesIn(once))
    .filter(([, text]) => [ROOT, process.cwd(), once, realpathSync(once)].some((path) => text.includes(path)))
    .map(([file]) => file);
  expect(naming).toEqual([]);
});

test("a path of this machine would be found", () => {
  const outdir = synthesized((app) => app.node.setContext("cdktfVersion", ROOT));
  expect(Object.values(filesIn(outdir)).some((text) => text.includes(ROOT))).toBe(true);
});

function synthesized(prepare: (app: App) => void = () => {}): string {
  const outdir = temporary();
  const app = new App({ outdir });
  prepare(app);
  platforms(app, environments);
  new ProtectionLock(app, "Lock", { file: false });
  app.synth();
  return outdir;
}

function temporary(): string {
  const folder = mkdtempSync(join(tmpdir(), "reproducible-"));
  folders.push(folder);
  return folder;
}

const filesIn = (folder: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [path.slice(folder.length + 1), readFileSync(path, "latin1")]),
  );
