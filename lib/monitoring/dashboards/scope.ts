import { like, type Pattern } from "../metrics/series";
import type { Variable } from "./dashboard";

export const ENVIRONMENT: Variable = {
  name: "environment",
  label: "Environment",
  query: "label_values(up, environment)",
  isMulti: false,
};
export const SIDE: Variable = {
  name: "side",
  label: "Side",
  query: 'label_values(up{environment=~"$environment"}, side)',
  isMulti: true,
};

const environment = like("$environment");

/** Series of the environment that is chosen: of the sides that are chosen, or of the only one that has any. */
export const CHOSEN = { environment, side: like("$side") } as const;
export const WRITE = { environment, side: "write" } as const;
export const READ = { environment, side: "read" } as const;

/** What a rule has recorded, by its labels. */
export const recorded = (record: string, matchers: Readonly<Record<string, string | Pattern>>): string => {
  const written = Object.entries(matchers).map(([label, matcher]) => {
    const { operator, value } = typeof matcher === "string" ? { operator: "=", value: matcher } : matcher;
    return `${label}${operator}${JSON.stringify(value)}`;
  });
  return `${record}{${written.join(",")}}`;
};
