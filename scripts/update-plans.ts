import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { addToList } from "../__tests__/support/data-addresses";
import { environments } from "../__tests__/support/environments";
import { orphans, PLANS, planFiles } from "../__tests__/support/plan";
import { synthesize } from "../__tests__/support/synthesized";

// What jest's update of the plans leaves undone: files of stacks that are no more, and the lists of data addresses.
mkdirSync(PLANS, { recursive: true });
const expected = ["providers.json"];
for (const [name, environment] of Object.entries(environments)) {
  const synthesized = synthesize({ [name]: environment });
  expected.push(...Object.keys(planFiles(name, synthesized)));
  addToList(name, synthesized);
}
for (const orphan of orphans(expected)) {
  rmSync(join(PLANS, orphan));
  console.log(`removed ${orphan}`);
}
