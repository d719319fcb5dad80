import { mapTextsAndKeys } from "./tree";

/** What a stack's texts name that another environment, or the other side, names otherwise. */
export interface OwnNames {
  readonly environment: string;
  readonly region: string;
  /** Of a stack that is approved together with the other side's. */
  readonly side?: string;
}

/** Reads an output of another stack. */
const REMOTE =
  /data\.terraform_remote_state\.cross-stack-reference-input-<env>-([\w<>-]+)\.outputs\.cross-stack-output-/g;

/** The value with placeholders: `<env>`, `<region>`, `<env>-<side>`, and `<stack keys>.` for an output of `keys`. */
export const neutralize = (value: unknown, { environment, region, side }: OwnNames): unknown => {
  // `read-store` is no stack of a side: both sides' stacks read from the only one.
  const sided = new RegExp(`<env>-${side}(?!-store)`, "g");
  return mapTextsAndKeys(value, (text) => {
    const named = text.replaceAll(environment, "<env>").replaceAll(region, "<region>");
    return (side === undefined ? named : named.replaceAll(sided, "<env>-<side>")).replaceAll(REMOTE, "<stack $1>.");
  });
};

/** The value with its own names in place of the placeholders. */
export const personalize = (value: unknown, { environment, region, side }: OwnNames): unknown =>
  mapTextsAndKeys(value, (text) =>
    text
      .replaceAll(
        /<stack ((?:[\w-]|<side>)+)>\./g,
        "data.terraform_remote_state.cross-stack-reference-input-<env>-$1.outputs.cross-stack-output-",
      )
      .replaceAll("<side>", side ?? "<side>")
      .replaceAll("<region>", region)
      .replaceAll("<env>", environment),
  );
