import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ACCEPTED_FINDINGS, SKIPPED_CHECKS } from "../../../scripts/checkov/accepted-findings";
import { scannedEnvironment } from "../../../scripts/checkov/scanned-environment";
import { synthesize } from "../../../scripts/rehearsal/synthesis";

/** More would be a list that nobody reads. */
const MOST_ADDRESSES = 30;

test("each address is one of production's, also on a machine without checkov", () => {
  const folder = mkdtempSync(join(tmpdir(), "accepted-findings-"));
  try {
    const program = synthesize(folder, { production: scannedEnvironment });
    const addresses = Object.entries(program).flatMap(([stack, { tf }]) =>
      Object.entries(tf.resource ?? {}).flatMap(([type, named]) =>
        Object.keys(named).map((name) => `${stack} ${type}.${name}`),
      ),
    );
    expect(Object.keys(ACCEPTED_FINDINGS).filter((at) => !addresses.includes(at))).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("there are few addresses, and each check has a reason in sentences", () => {
  expect(Object.keys(ACCEPTED_FINDINGS).length).toBeLessThanOrEqual(MOST_ADDRESSES);
  for (const checks of [SKIPPED_CHECKS, ...Object.values(ACCEPTED_FINDINGS)])
    for (const [check, reason] of Object.entries(checks)) {
      expect(check).toMatch(/^CKV2?_[A-Z0-9]+_\d+$/);
      expect(reason).toMatch(/^[A-Z`].{20,}\.$/);
    }
});
