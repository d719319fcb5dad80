import { type Rule, text } from "../core/rules";

/** An image that stays what it is: by digest, or by a tag that is not `latest`: `'ghcr.io/acme/command-api:1.4.2'`. */
export type Image = `${string}:${string}`;

/** What tells a registry from a folder of Docker Hub: a dot in its name, or a port. */
const REGISTRY =
  "(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+(?::\\d{1,5})?|[a-z0-9][a-z0-9-]*:\\d{1,5})";
/** The registries' own grammar; a name of at most 255 characters. */
const REPOSITORY = `(?=[^@]{1,255}(?:@|$|:[^/@]*(?:@|$)))${REGISTRY}(?:/[a-z0-9]+(?:(?:\\.|_{1,2}|-+)[a-z0-9]+)*)+`;
/** A digest decides what is run, whatever tag is next to it. */
const TAG = "(?!latest$)\\w[\\w.-]{0,127}";
const DIGEST = "@sha256:[a-f0-9]{64}";
const IMAGE = new RegExp(`^${REPOSITORY}(?::${TAG}(?:${DIGEST})?|${DIGEST})$`);

export const isImage: Rule = text(
  "an image with its registry and a tag other than 'latest' or a digest, such as 'ghcr.io/acme/command-api:1.4.2'",
  IMAGE,
);
