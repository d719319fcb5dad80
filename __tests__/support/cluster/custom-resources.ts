import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Schema, schemaProblems } from "./json-schema";

/** Definitions of custom resources, a file a kind, beside the repository where somebody has put them. */
const FOLDER = join(__dirname, "..", "..", "..", "..", "shared", "crds");

export const hasDefinitions = existsSync(FOLDER);

/** What a custom resource's definition does not allow; keys that Kubernetes would drop among it. */
export function definitionProblems(resource: object): readonly string[] {
  const { apiVersion, kind, ...rest } = resource as { apiVersion: string; kind: string; metadata: object };
  const file = join(FOLDER, `${apiVersion.replace("/", "_")}_${kind}.json`);
  const { schema } = JSON.parse(readFileSync(file, "utf8")) as { schema: Schema };
  // What every object has is Kubernetes' own, and stands in no definition.
  const { metadata: _, ...own } = rest;
  return schemaProblems(schema, { apiVersion, kind, ...own }, kind, { strangers: "refused" });
}
