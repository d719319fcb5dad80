import type { Program, Stack } from "../../../scripts/rehearsal/program";

/** A stack with one resource that has this argument, and an output of it; it reads the outputs `of` of another stack. */
export const stack = (argument: string, of?: string, outputs: readonly string[] = ["id"]): Stack => ({
  tf: {
    resource: {
      aws_vpc: { V: { argument, from: outputs.map((name) => `\${data.terraform_remote_state.R.outputs.${name}}`) } },
    },
    output: { id: { value: "$" + "{aws_vpc.V.id}" } },
  },
  dependencies: of === undefined ? [] : [of],
  reads: of === undefined ? {} : { R: of },
  folder: "/synthesized",
  assets: "",
});

/** Three stacks, each of which reads the one before. */
export const chain = (base: Stack = stack("base")): Program => ({
  base,
  middle: stack("middle", "base"),
  top: stack("top", "middle"),
});

export const withOutput = (was: Stack, name: string, value: string): Stack => ({
  ...was,
  tf: { ...was.tf, output: { ...was.tf.output, [name]: { value } } },
});
