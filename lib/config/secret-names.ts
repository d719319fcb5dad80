import { type Rule, text } from "../core/rules";

/** Secrets Manager: 512 characters, of which a hyphen and six are its own. */
const MAX_NAME = 505;
const secretName = (max: number): Rule =>
  text(`the name of a secret, at most ${max} letters, digits and /_+=.@-`, new RegExp(`^[\\w/+=.@-]{1,${max}}$`));

export const isSecretName: Rule = secretName(MAX_NAME);

/** What Terraform appends to a prefix, behind our hyphen. */
const UNIQUE_CHARACTERS = 26;
export const isSecretPrefix: Rule = secretName(MAX_NAME - UNIQUE_CHARACTERS - 1);

const KEY_SUFFIX = "-key";
/**
 * Secret with the private key of a certificate authority, by the name of the authority's own. Secrets Manager has no right
 * to a part of a secret: whoever reads the certificate would read the key.
 */
export const authorityKeyOf = (certificateAuthority: string): string => `${certificateAuthority}${KEY_SUFFIX}`;
/** The name of an authority's secret, beside which there is one with its key. */
export const isAuthorityName: Rule = secretName(MAX_NAME - KEY_SUFFIX.length);

/**
 * IAM: 10,240 characters of policies in a role. External Secrets has one in each cluster, which names each secret. What is
 * left is for the rest of both policies (760), and for monitoring's five secrets of its own (590).
 */
const POLICY_CHARACTERS = { services: 6600, monitoring: 2290 } as const;
/** What a secret's ARN is longer than its name in the longest partition and Region, with its quotes and its comma. */
const ARN_CHARACTERS = 75;

/** What is wrong with all the secrets of one cluster that are named for the same. */
export function secretsProblem(names: readonly string[], use: keyof typeof POLICY_CHARACTERS): string | undefined {
  const most = POLICY_CHARACTERS[use];
  const characters = names.reduce((sum, { length }) => sum + ARN_CHARACTERS + length, 0);
  return characters <= most
    ? undefined
    : `must name fewer or shorter secrets: ${names.length} take ${characters} characters of a role's policy, each its name and ${ARN_CHARACTERS}, and ${most} is the most`;
}

/** A service's own secrets, by the environment variables that they become, and its host's certificate. */
export interface NamesSecrets {
  readonly certificate?: string;
  readonly secrets?: Readonly<Record<string, string>>;
}

/** The secrets that services and their way in name, each once. */
export const secretsOf = (services: readonly NamesSecrets[], originPullCa: string | undefined): readonly string[] => {
  const named = services.flatMap(({ certificate, secrets = {} }) => [certificate, ...Object.values(secrets)]);
  return [...new Set([...named, originPullCa].filter((secret) => secret !== undefined))];
};
