import { join } from "node:path";
import { toMatchFile } from "jest-file-snapshot";
import { environments } from "./support/environments";
import { orphans, PLANS, planFiles, printedPins } from "./support/plan";
import { synthesize } from "./support/synthesized";

expect.extend({ toMatchFile });

const synthesized = Object.fromEntries(
  Object.entries(environments).map(([name, environment]) => [name, synthesize({ [name]: environment })]),
);
const files: Record<string, string> = {
  "providers.json": printedPins(synthesized),
  ...Object.assign({}, ...Object.entries(synthesized).map(([name, one]) => planFiles(name, one))),
};

// A difference here is a change of somebody's infrastructure: read it as a plan, then approve it with `npm run plans`.
test.each(Object.keys(files))("%s is what was approved", (file) => {
  expect(files[file]).toMatchFile(join(PLANS, file));
});

test("no file is left of a stack that is no more", () => {
  expect(orphans(Object.keys(files))).toEqual([]);
});

test("no two environments get the same plan", () => {
  const plans = Object.keys(files).filter((file) => file.endsWith(".tf.json"));
  const twins = plans.filter((file) => plans.some((other) => other !== file && files[other] === files[file]));
  expect(twins).toEqual([]);
});
