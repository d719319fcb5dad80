import type { ITerraformDependable } from "cdktf";
import { literal } from "../core/literal";
import { isTrueOrFalse, list, optional, type Rules, text, wholeNumber } from "../core/rules";

/** What a release is told, whatever it is of. */
export interface ReleaseProps {
  /** Namespace, which must stand already: one that Helm makes has no labels and outlives the release. */
  readonly namespace: string;
  /** Whether a release that fails is rolled back, or left for the next run to go on with. @default true */
  readonly atomic?: boolean;
  /** How long Helm waits until all is ready, 60 to 3600. @default 600 */
  readonly timeoutSeconds?: number;
  /** Whether Helm waits until its jobs have done their work, too. @default false */
  readonly waitForJobs?: boolean;
  /** What must stand before it, and goes after it. @default - nothing */
  readonly dependsOn?: readonly ITerraformDependable[];
}

/** Ours: less is too little for any image to be pulled, more and nobody waits for it. */
export const RELEASE_TIMEOUT_SECONDS = { min: 60, max: 3600 } as const;
/** Revisions that Helm keeps, each a Secret; it would keep all. */
const MAX_HISTORY = 5;

/** Kubernetes: a label of DNS. */
export const isNamespaceName = text(
  "a namespace of at most 63 lower-case letters, digits and hyphens",
  /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/,
);

export const RELEASE_RULES: Rules<ReleaseProps> = {
  namespace: isNamespaceName,
  atomic: optional(isTrueOrFalse),
  timeoutSeconds: optional(wholeNumber(RELEASE_TIMEOUT_SECONDS)),
  waitForJobs: optional(isTrueOrFalse),
  dependsOn: optional(list("a list of resources")),
};

/** Arguments of the provider's release. */
export const releaseSettings = ({
  namespace,
  atomic = true,
  timeoutSeconds = 600,
  waitForJobs,
  dependsOn = [],
}: ReleaseProps) => ({
  namespace,
  createNamespace: false,
  atomic,
  // A release that failed, or that an unreachable cluster made the provider forget, is taken over.
  upgradeInstall: true,
  // Otherwise Helm keeps the old values where the new ones are empty.
  resetValues: true,
  maxHistory: MAX_HISTORY,
  timeout: timeoutSeconds,
  waitForJobs,
  dependsOn: [...dependsOn],
});

/** Values as one text, the same for the same values: JSON, which is YAML too, its keys in order. */
export const valuesText = (values: object): string => literal(JSON.stringify(inOrder(values)));

function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  if (typeof value !== "object" || value === null) return value;
  const ordered: Record<string, unknown> = {};
  for (const key of Object.keys(value).sort()) ordered[key] = inOrder((value as Record<string, unknown>)[key]);
  return ordered;
}
