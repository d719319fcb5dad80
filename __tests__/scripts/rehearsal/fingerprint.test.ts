import { fingerprintsOf } from "../../../scripts/rehearsal/fingerprint";
import type { Program } from "../../../scripts/rehearsal/program";
import { chain, stack, withOutput } from "./rehearsed-stacks";

/** Names of the stacks that are not the same in both programs. */
const differing = (one: Program, other: Program): string[] => {
  const [first, second] = [fingerprintsOf(one), fingerprintsOf(other)];
  return Object.keys(first).filter((name) => first[name] !== second[name]);
};

test("the same content in another folder is the same", () => {
  expect(differing(chain(), chain({ ...stack("base"), folder: "/elsewhere" }))).toEqual([]);
});

test("what only describes a stack is left out, because Terraform does not read it", () => {
  const { tf, ...rest } = stack("base");
  expect(differing(chain(), chain({ ...rest, tf: { ...tf, "//": { metadata: "another" } } }))).toEqual([]);
});

test("another argument makes a stack another, and all that read it or its readers", () => {
  expect(differing(chain(), chain(stack("changed")))).toEqual(["base", "middle", "top"]);
});

test("another argument makes all stacks others that are only deployed after that stack", () => {
  const ordered = (base: Program[string]): Program => ({
    ...chain(base),
    after: { ...stack("after"), dependencies: ["top"] },
  });
  expect(differing(ordered(stack("base")), ordered(stack("changed")))).toEqual(["base", "middle", "top", "after"]);
});

test("other assets do likewise", () => {
  expect(differing(chain(), chain({ ...stack("base"), assets: "digest" }))).toEqual(["base", "middle", "top"]);
});

test("an output that nothing reads makes only its own stack another", () => {
  expect(differing(chain(), chain(withOutput(stack("base"), "unread", "1")))).toEqual(["base"]);
});

test("another value of an output that is read makes the readers others", () => {
  expect(differing(chain(), chain(withOutput(stack("base"), "id", "1")))).toEqual(["base", "middle", "top"]);
});

test.each([")", "[local.name])"])("a stack that reads 'outputs%s' reads all outputs", (end) => {
  const readsWhole = (base: Program[string]): Program => {
    const { tf, ...rest } = stack("middle", "base");
    const whole = { argument: `\${keys(data.terraform_remote_state.R.outputs${end}}` };
    return { base, middle: { ...rest, tf: { ...tf, resource: { aws_vpc: { V: whole } } } } };
  };
  const base = stack("base");
  expect(differing(readsWhole(base), readsWhole(withOutput(base, "other", "1")))).toEqual(["base", "middle"]);
});

test("equal content under another name is another stack", () => {
  const { one, other } = fingerprintsOf({ one: stack("same"), other: stack("same") });
  expect(one).not.toBe(other);
});

test("a program without a stack that another reads is refused", () => {
  expect(() => fingerprintsOf({ top: stack("top", "gone") })).toThrow(
    "gone: must be a stack of the app, got none of that name",
  );
});
