/** Told of each stage as it is reached, with what can be said of it in numbers and names. */
export type StageReport<Stage extends string> = (
  stage: Stage,
  details?: Readonly<Record<string, string | number | boolean | undefined>>,
) => void;
