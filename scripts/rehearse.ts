import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { secretsInState } from "../__tests__/support/secrets";

// Deploys every stack with the real Terraform on simulated providers, then looks for secrets in the states that were left.
// `npm run rehearse -- --from OLDDIR` deploys an earlier synthesis first; a folder as argument takes the place of a new synthesis.

const ROOT = join(__dirname, "..");
const TOOL = join(ROOT, "..", "shared", "tools", "rehearse.mjs");

/** Runs the rehearsal, showing what it says but for where its files are. They are below `folder`, which is ours to remove. */
async function rehearse(args: readonly string[], folder: string): Promise<{ code: number; kept: string | undefined }> {
  const tool = spawn(process.execPath, [TOOL, "--keep", ...args], {
    env: { ...process.env, TMPDIR: folder },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exit = new Promise<number>((resolve) => tool.on("close", (code) => resolve(code ?? 1)));
  let kept: string | undefined;
  for await (const line of createInterface({ input: tool.stdout })) {
    const match = /^kept in (.+)$/.exec(line);
    if (match === null) console.log(line);
    else kept = match[1];
  }
  return { code: await exit, kept };
}

/** Terraform writes a backup before each change, so that what stood before the destroy is found there. */
function leaks(kept: string): string[] {
  const folder = join(kept, "state");
  const synthesized = ["after", "before"].map((name) => join(kept, name)).filter((path) => existsSync(path));
  return readdirSync(folder).flatMap((file) => {
    const stack = file.replace(/\.tfstate(?:\.backup)?$/, "");
    const state = JSON.parse(readFileSync(join(folder, file), "utf8"));
    const found = synthesized.flatMap((dir) => {
      const stackFile = join(dir, "stacks", stack, "cdk.tf.json");
      return existsSync(stackFile) ? secretsInState(state, JSON.parse(readFileSync(stackFile, "utf8"))) : [];
    });
    return found.map((where) => `${stack} ${where}`);
  });
}

/** What the program makes of the environments, in a process of its own as the CLI would. */
function synthesize(outdir: string): void {
  const { status } = spawnSync(process.execPath, ["--import", "tsx", "main.ts"], {
    cwd: ROOT,
    env: { ...process.env, CDKTF_OUTDIR: outdir },
    stdio: "inherit",
  });
  if (status !== 0) throw new Error("the synthesis failed, so there is nothing to rehearse");
}

async function main(): Promise<number> {
  if (!existsSync(TOOL)) {
    console.log("rehearsal skipped: its tool is not on this machine");
    return 0;
  }
  const { positionals } = parseArgs({
    allowPositionals: true,
    options: { from: { type: "string" }, "plan-to": { type: "string" }, schemas: { type: "string" } },
  });
  const args = process.argv.slice(2);
  const folder = mkdtempSync(join(tmpdir(), "rehearse-"));
  try {
    if (positionals.length === 0) {
      const outdir = join(folder, "cdktf.out");
      synthesize(outdir);
      args.push(outdir);
    }
    const { code, kept } = await rehearse(args, folder);
    if (kept === undefined) return code;
    const found = [...new Set(leaks(kept))];
    console.log(found.length === 0 ? "no secret in any state" : `secrets in the state:\n  ${found.join("\n  ")}`);
    return code === 0 && found.length > 0 ? 1 : code;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

main().then((code) => {
  process.exitCode = code;
});
