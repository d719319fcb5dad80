import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { orphans, PLANS, planFiles } from "../__tests__/support/plans/plan";
import { plansOfEnvironments } from "../__tests__/support/plans/plans-of-environments";
import { addToList } from "../__tests__/support/synthesis/data-addresses";

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
for (const [environment, { synthesized }] of Object.entries(plans)) addToList(environment, synthesized);
