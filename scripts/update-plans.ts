import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { orphans, PLANS, planFiles } from "../__tests__/support/plans/plan";
import { plansOfEnvironments } from "../__tests__/support/plans/plans-of-environments";

const plans = plansOfEnvironments();
const files = planFiles(plans);
for (const [file, text] of Object.entries(files)) {
  mkdirSync(dirname(join(PLANS, file)), { recursive: true });
  writeFileSync(join(PLANS, file), text);
}
for (const orphan of orphans(Object.keys(files))) {
  rmSync(join(PLANS, orphan));
  console.log(`removed ${orphan}`);
}
