import { isRedacted, REDACTED } from "../../../../runtime/security/encryption/redacted";

test("the marker stays one through JSON and copies", () => {
  for (const one of [REDACTED, JSON.parse(JSON.stringify(REDACTED)), structuredClone(REDACTED)])
    expect(isRedacted(one)).toBe(true);
});

test.each([
  "forgotten",
  '{"$redacted":"forgotten"}',
  null,
  undefined,
  [],
  {},
  { $redacted: true },
  { $redacted: "forgotten", more: 1 },
  Object.create({ $redacted: "forgotten" }),
])("%j is not the marker", (value) => {
  expect(isRedacted(value)).toBe(false);
});

test("nobody can change it", () => {
  expect(Object.isFrozen(REDACTED)).toBe(true);
});
