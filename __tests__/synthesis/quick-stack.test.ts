import { App, Lazy, LocalBackend, TerraformOutput, TerraformStack, Token } from "cdktf";
import { QuickStack } from "../../lib/synthesis/quick-stack";
import { platforms } from "../../stacks/platform";
import { ProtectionLock } from "../../stacks/protection-lock";
import { environments } from "../support/synthesis/environments";

test("every stack is what cdktf alone would make of it", () => {
  const slowly = stacksOf(environments);
  for (const stack of slowly) TerraformStack.prototype.prepareStack.call(stack);
  const expected = slowly.map((stack): unknown => TerraformStack.prototype.toTerraform.call(stack));

  const stacks = stacksOf(environments);
  for (const stack of stacks) stack.prepareStack();
  for (const [index, stack] of stacks.entries()) {
    expect(JSON.stringify(stack.toTerraform())).toBe(JSON.stringify(expected[index]));
  }
});

function stacksOf(named: typeof environments): TerraformStack[] {
  const app = new App();
  platforms(app, named);
  new ProtectionLock(app, "Lock", { file: false });
  const stacks = app.node.children.filter(TerraformStack.isStack);
  expect(stacks.length).toBeGreaterThan(8);
  return stacks;
}

test.each<[string, (stack: TerraformStack) => void]>([
  ["without elements", () => {}],
  [
    "with values that overrides add, replace and remove",
    (stack) => {
      const output = new TerraformOutput(stack, "A", { value: { b: [1] }, description: "a" });
      output.addOverride("value.c", Lazy.stringValue({ produce: () => "late" }));
      stack.addOverride("output.A.description", undefined);
      stack.addOverride("output.A.value.b", [2, Lazy.stringValue({ produce: () => "late" })]);
      stack.addOverride("output.A.sensitive", Lazy.anyValue({ produce: () => true }));
      stack.addOverride("terraform.backend.local.path", "here");
      stack.addOverride("locals", { a: { b: undefined, c: null } });
    },
  ],
  [
    "with overrides by the index of a list",
    (stack) => {
      new TerraformOutput(stack, "A", { value: [{ a: 1 }, "b", "c"] });
      stack.addOverride("output.A.value.0.b", 2);
      stack.addOverride("output.A.value.1", undefined);
      stack.addOverride("output.A.value.3", { d: Lazy.stringValue({ produce: () => "late" }) });
    },
  ],
  [
    "with overrides below a token, and of nothing by nothing",
    (stack) => {
      new TerraformOutput(stack, "A", { value: { a: Token.nullValue() } });
      stack.addOverride("output.A.value.a", {});
      stack.addOverride("locals.b", Lazy.anyValue({ produce: () => ({ c: 1 }) }));
      stack.addOverride("locals.b.c", 2);
    },
  ],
  [
    "with an output whose name is a token",
    (stack) =>
      new TerraformOutput(stack, "A", { value: 1 }).overrideLogicalId(Lazy.stringValue({ produce: () => "late" })),
  ],
  [
    "with two elements of one name",
    (stack) => {
      for (const [id, value] of [
        ["A", [1]],
        ["B", [2]],
      ] as const) {
        new TerraformOutput(stack, id, { value, dependsOn: [] }).overrideLogicalId("same");
      }
    },
  ],
  [
    "with outputs below other constructs, and a stack within it",
    (stack) => {
      const output = new TerraformOutput(stack, "A", { value: 1 });
      new TerraformOutput(output, "B", { value: 2 });
      new TerraformOutput(new TerraformStack(stack, "inner"), "C", { value: 3 });
    },
  ],
  ["with a backend of its own", (stack) => void new LocalBackend(stack, { path: "there" })],
])("a stack %s has the JSON that cdktf alone writes", (_what, build) => {
  const [expected, quick] = [TerraformStack, QuickStack].map((Stack) => {
    const stack = new Stack(new App(), "stack");
    build(stack);
    stack.prepareStack();
    return stack.toTerraform() as unknown;
  });
  expect(quick).toStrictEqual(expected);
  expect(JSON.stringify(quick)).toBe(JSON.stringify(expected));
});

test("an override below nothing is refused as cdktf refuses it", () => {
  for (const Stack of [TerraformStack, QuickStack]) {
    const stack = new Stack(new App(), "stack");
    new TerraformOutput(stack, "A", { value: { a: Token.nullValue() } });
    stack.addOverride("output.A.value.a.b", 1);
    expect(() => stack.toTerraform()).toThrow("null");
  }
});
