import type { Arguments } from "../synthesis/synthesized";
import { valuesAt } from "../synthesis/terraform-blocks";
import { type LabelSelector, selects } from "./label-selector";
import { type Container, containersOf, initContainersOf, type PodTemplate, type WorkloadKind } from "./pod-templates";

const ZONE = "topology.kubernetes.io/zone";
const PROBES = ["startupProbe", "readinessProbe", "livenessProbe"] as const;
/** Nobody sends requests to a job, so nothing is to be probed, drained or spread. */
const JOBS: readonly WorkloadKind[] = ["Job", "CronJob"];
/** Factors of the suffixes of a quantity: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/ */
const FACTORS: Readonly<Record<string, number>> = {
  "": 1,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};

/** What production needs of a pod and this one has not. */
export function readinessProblems(template: PodTemplate): string[] {
  const { address, kind, spec } = template;
  const containers = containersOf(template);
  const all = [...initContainersOf(template), ...containers];
  const problems = [
    ...(isFalse(spec.automountServiceAccountToken)
      ? []
      : [`pod: automountServiceAccountToken must be false, got ${shown(spec.automountServiceAccountToken)}`]),
    ...all.flatMap(({ title, fields }) =>
      [...resourceProblems(fields), ...imageProblems(fields), ...fileSystemProblems(fields)].map(
        (it) => `${title}: ${it}`,
      ),
    ),
  ];
  if (!JOBS.includes(kind)) {
    problems.push(
      ...containers.flatMap(serviceProblems),
      ...graceProblems(spec, containers),
      ...spreadProblems(template),
    );
  }
  return problems.map((problem) => `${address}: ${problem}`);
}

function resourceProblems(container: Arguments): string[] {
  const [requests = {}] = valuesAt(container, "resources.requests") as Arguments[];
  const [limits = {}] = valuesAt(container, "resources.limits") as Arguments[];
  const problems = [
    ...quantityProblems("resources.requests.cpu", requests.cpu),
    ...quantityProblems("resources.requests.memory", requests.memory),
    ...quantityProblems("resources.limits.memory", limits.memory),
  ];
  if (problems.length > 0) return problems;
  return ["cpu", "memory"]
    .filter((what) => limits[what] !== undefined && !(quantity(limits[what]) >= quantity(requests[what])))
    .map(
      (what) => `resources.limits.${what} must be at least the request ${requests[what]}, got ${shown(limits[what])}`,
    );
}

const quantityProblems = (field: string, value: unknown): string[] =>
  quantity(value) > 0 ? [] : [`${field} must be a quantity above 0, got ${shown(value)}`];

/** The number that a quantity is, `NaN` where it is none. */
function quantity(value: unknown): number {
  const [, number, suffix = ""] = /^(\d+(?:\.\d+)?)([a-zA-Z]*)$/.exec(`${value}`) ?? [];
  return Number(number) * (FACTORS[suffix] ?? Number.NaN);
}

/** The tag or digest must be written out: one that only Terraform knows could be `latest`. */
function imageProblems({ image }: Arguments): string[] {
  const isPinned =
    /@sha256:[0-9a-f]{64}$/.test(`${image}`) || /^[^@]*[^@/:]:(?!latest$)\w[\w.-]{0,127}$/.test(`${image}`);
  return isPinned ? [] : [`image must end in a digest or a tag other than latest, got ${shown(image)}`];
}

function fileSystemProblems(container: Arguments): string[] {
  const field = "securityContext.readOnlyRootFilesystem";
  const [value] = valuesAt(container, field);
  return `${value}` === "true" ? [] : [`${field} must be true, got ${shown(value)}`];
}

const serviceProblems = ({ title, fields }: Container): string[] =>
  [...PROBES, "lifecycle.preStop"]
    .filter((field) => valuesAt(fields, field).length === 0)
    .map((field) => `${title}: ${field} must be set`);

/** The kubelet counts the grace from the moment it calls `preStop`, so the process gets what the sleep leaves. */
function graceProblems({ terminationGracePeriodSeconds: grace }: Arguments, containers: readonly Container[]) {
  const sleep = Math.max(0, ...containers.map(({ fields }) => sleepOf(fields)));
  return Number(grace) > sleep
    ? []
    : [`pod: terminationGracePeriodSeconds must be above the ${sleep} of preStop's sleep, got ${shown(grace)}`];
}

function sleepOf(container: Arguments): number {
  const command = valuesAt(container, "lifecycle.preStop.exec.command").join(" ");
  return Number(/\bsleep (\d+(?:\.\d+)?)\b/.exec(command)?.[1] ?? 0);
}

function spreadProblems({ spec, labels }: PodTemplate): string[] {
  const constraints = valuesAt(spec, "topologySpreadConstraints") as readonly SpreadConstraint[];
  const selectors = constraints.filter(({ topologyKey }) => topologyKey === ZONE).map((each) => each.labelSelector);
  if (selectors.length === 0) return [`pod: topologySpreadConstraints must have one for ${ZONE}`];
  // Without a selector, a constraint counts no pods at all.
  return selectors.some((selector) => selector !== undefined && selects(selector, labels))
    ? []
    : [`pod: topologySpreadConstraints must select the pod's own labels for ${ZONE}`];
}

/** Of a pod's `spec`. */
interface SpreadConstraint {
  readonly topologyKey: string;
  readonly labelSelector?: LabelSelector;
}

const isFalse = (value: unknown) => `${value}` === "false";
const shown = (value: unknown) => (value === undefined ? "nothing" : `${value}`);
