import type { Side } from "../config/side";

/**
 * What every series says of where it is from: the chart's own rules tell clusters apart by `cluster`, ours by `side`. What is
 * in neither cluster belongs to the side that uses it.
 * @param side also the group of a relabeling's regular expression that has it: `'$1'`.
 */
export const originOf = (environment: string, side: Side | "$1") => ({
  environment,
  side,
  cluster: `${environment}-${side}`,
});

/** Relabelings that give a series these labels, where `condition` holds. */
export const relabelingsOf = (
  labels: Readonly<Record<string, string>>,
  condition: { readonly sourceLabels?: readonly string[]; readonly regex?: string } = {},
): readonly object[] =>
  Object.entries(labels).map(([targetLabel, replacement]) => ({ ...condition, targetLabel, replacement }));
