import { production } from "../environments/production";
import { CHANGES, differences } from "./support/changes";
import { synthesize } from "./support/synthesized";

const before = synthesize({ production });

test.each(CHANGES)("$key changes only what it names", ({ of, touches }) => {
  expect(differences(before, synthesize({ production: of(production) }))).toEqual(touches);
});

test("a difference that nobody named is found", () => {
  const elsewhere = { ...production, network: { ...production.network, natGateways: "single" } as const };
  expect(differences(before, synthesize({ production: elsewhere })).length).toBeGreaterThan(0);
});
