import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { LabelSelector, Labels } from "./label-selector";

/** What the charts of the example environments become, rendered once and kept next to the repository. */
const FILE = join(__dirname, "..", "..", "..", "..", "shared", "charts", "rendered-objects.json");

export interface RenderedContainer {
  readonly name: string;
  readonly resources?: { readonly requests?: { readonly cpu?: string; readonly memory?: string } };
  readonly ports?: readonly { readonly name?: string; readonly containerPort: number; readonly protocol?: string }[];
}

/** Names, labels, ports and selectors of one object; of a workload's pods too. */
export interface RenderedObject {
  readonly kind: string;
  readonly name: string;
  /** None for an object of the release's own namespace, and for one of the cluster. */
  readonly namespace?: string;
  readonly labels?: Labels;
  readonly replicas?: number;
  readonly podLabels?: Labels;
  readonly hostNetwork?: boolean;
  readonly containers?: readonly RenderedContainer[];
  readonly ports?: readonly { readonly name?: string; readonly port: number; readonly targetPort: number | string }[];
  /** A Service's labels, or a monitor's selector. */
  readonly selector?: Labels | LabelSelector;
  readonly endpoints?: readonly { readonly port?: string }[];
}

/** By environment, stack and release. */
type RenderedReleases = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, RenderedObject[]>>>>>>;

export const hasRenderedObjects = existsSync(FILE);

export const renderedReleases = (): RenderedReleases =>
  (JSON.parse(readFileSync(FILE, "utf8")) as { readonly releases: RenderedReleases }).releases;
