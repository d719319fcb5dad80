import { type Rule, text } from "../core/rules";

/** Secrets Manager: 512 characters, of which a hyphen and six are its own. */
export const isSecretName: Rule = text(
  "the name of a secret, at most 505 letters, digits and /_+=.@-",
  /^[\w/+=.@-]{1,505}$/,
);

/** A service's own secrets, by the environment variables that they become, and its host's certificate. */
interface NamesSecrets {
  readonly certificate?: string;
  readonly secrets?: Readonly<Record<string, string>>;
}

/** The secrets that services and their way in name, each once. */
export const secretsOf = (services: readonly NamesSecrets[], originPullCa: string | undefined): readonly string[] => {
  const named = services.flatMap(({ certificate, secrets = {} }) => [certificate, ...Object.values(secrets)]);
  return [...new Set([...named, originPullCa].filter((secret) => secret !== undefined))];
};
