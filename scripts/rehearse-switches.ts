import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App } from "cdktf";
import { switched } from "../__tests__/support/switches";
import { production } from "../environments/production";
import { staging } from "../environments/staging";
import { platforms } from "../stacks/platform";

// Deploys each environment with each of the eight ways in which the three switches of monitoring can stand, from nothing
// to nothing, with the real Terraform on simulated providers.

const TOOL = join(__dirname, "..", "..", "shared", "tools", "rehearse.mjs");

function main(): number {
  if (!existsSync(TOOL)) {
    console.log("rehearsal of switches skipped: its tool is not on this machine");
    return 0;
  }
  const folder = mkdtempSync(join(tmpdir(), "rehearse-switches-"));
  try {
    const app = new App({ outdir: folder });
    platforms(app, { ...switched("production", production), ...switched("staging", staging) });
    app.synth();
    const { status, stdout, stderr } = spawnSync(process.execPath, [TOOL, folder], { encoding: "utf8" });
    const steps = stdout.split("\n").filter((line) => /monitoring|^\d+ stacks/.test(line));
    console.log(status === 0 ? steps.join("\n") : `${stdout}${stderr}`);
    return status ?? 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

process.exitCode = main();
