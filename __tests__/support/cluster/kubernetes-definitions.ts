import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Schema, schemaProblems } from "./json-schema";

/** Definitions of Kubernetes' own kinds as an API server 1.35 has them, next to the repository where they are at hand. */
const FILE = join(__dirname, "..", "..", "..", "..", "shared", "kubernetes", "objects-1.35.json");

export const hasKubernetesDefinitions = existsSync(FILE);

interface GroupVersionKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

const GROUP_VERSION_KIND = "x-kubernetes-group-version-kind";

const definitions: Readonly<Record<string, Schema>> = hasKubernetesDefinitions
  ? JSON.parse(readFileSync(FILE, "utf8")).definitions
  : {};

/** By `apps/v1 Deployment`. */
const kinds = new Map(
  Object.values(definitions).flatMap((definition) =>
    ((definition[GROUP_VERSION_KIND] ?? []) as readonly GroupVersionKind[]).map(({ group, version, kind }) => [
      `${group === "" ? "" : `${group}/`}${version} ${kind}`,
      definition,
    ]),
  ),
);

/** Whether a kind is Kubernetes' own. */
export const isKubernetesKind = ({ apiVersion, kind }: { readonly apiVersion: string; readonly kind: string }) =>
  kinds.has(`${apiVersion} ${kind}`);

/** What the API server refuses of an object, and fields that it would drop. */
export function objectProblems(object: { readonly apiVersion: string; readonly kind: string }): readonly string[] {
  const name = `${object.apiVersion} ${object.kind}`;
  const definition = kinds.get(name);
  if (definition === undefined) return [`${name}: is no kind of Kubernetes 1.35`];
  return schemaProblems(definition, object, object.kind, { strangers: "refused", definitions });
}
