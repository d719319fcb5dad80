import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { synthesize } from "../rehearsal/synthesis";
import { ACCEPTED_FINDINGS, SKIPPED_CHECKS } from "./accepted-findings";
import { CHECKOV_VERSION, checkovVersion, scan } from "./checkov";
import { findingsIn, problemsOf } from "./findings";
import { scannedEnvironment } from "./scanned-environment";

// Runs checkov on production. It fails for a finding without a reason in accepted-findings.ts, and for a reason without a
// finding. CHECKOV is the program, by default the one on PATH.

async function main(): Promise<boolean> {
  const checkov = process.env.CHECKOV ?? "checkov";
  const version = await checkovVersion(checkov);
  if (version === undefined) {
    console.log(`checkov skipped: it is not on this machine. Install it: pip install checkov==${CHECKOV_VERSION}`);
    return true;
  }
  if (version !== CHECKOV_VERSION) throw new Error(`checkov: must be ${CHECKOV_VERSION}, got ${version}`);
  const folder = mkdtempSync(join(tmpdir(), "checkov-"));
  try {
    const program = synthesize(join(folder, "synthesized"), { production: scannedEnvironment });
    const report = await scan(checkov, program, Object.keys(SKIPPED_CHECKS), join(folder, "scanned"));
    const findings = findingsIn(report, program);
    const problems = problemsOf(findings, ACCEPTED_FINDINGS);
    const addresses = new Set(findings.map(({ at }) => at)).size;
    const passed = report.results.passed_checks.length;
    console.log(
      `checkov ${version}: ${passed} checks passed, ${findings.length} failed at ${addresses} addresses, ${problems.length} problems`,
    );
    for (const problem of problems) console.error(problem);
    if (problems.length > 0) console.error("Fix them, or give a reason in scripts/checkov/accepted-findings.ts.");
    return problems.length === 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

main().then(
  (isPassed) => {
    if (!isPassed) process.exitCode = 1;
  },
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  },
);
