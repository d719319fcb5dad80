import type { Arguments } from "../synthesis/synthesized";
import { blockOf, blocksOf, valuesAt } from "../synthesis/terraform-blocks";
import { selects } from "./label-selector";
import { type Container, containersOf, type PodTemplate, type WorkloadType } from "./pod-templates";

const ZONE = "topology.kubernetes.io/zone";
const PROBES = ["startup_probe", "readiness_probe", "liveness_probe"] as const;
/** Nobody sends requests to a job, so nothing is to be probed, drained or spread. */
const JOBS: readonly WorkloadType[] = ["kubernetes_job_v1", "kubernetes_cron_job_v1"];
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
  const { address, type, spec } = template;
  const containers = containersOf(template, "container");
  const all = [...containersOf(template, "init_container"), ...containers];
  const problems = [
    ...(isFalse(spec.automount_service_account_token)
      ? []
      : [`pod: automount_service_account_token must be false, got ${shown(spec.automount_service_account_token)}`]),
    ...all.flatMap(({ title, block }) =>
      [...resourceProblems(block), ...imageProblems(block), ...fileSystemProblems(block)].map(
        (it) => `${title}: ${it}`,
      ),
    ),
  ];
  if (!JOBS.includes(type)) {
    problems.push(...containers.flatMap(serviceProblems), ...graceProblems(spec, containers));
    // A DaemonSet has a pod on every node already.
    if (type !== "kubernetes_daemon_set_v1") problems.push(...spreadProblems(template));
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
  const field = "security_context.read_only_root_filesystem";
  const [value] = valuesAt(container, field);
  return `${value}` === "true" ? [] : [`${field} must be true, got ${shown(value)}`];
}

const serviceProblems = ({ title, block }: Container): string[] => [
  ...PROBES.filter((probe) => blockOf(block, probe) === undefined).map((probe) => `${title}: ${probe} must be set`),
  ...(preStopsOf(block).length > 0 ? [] : [`${title}: lifecycle.pre_stop must be set`]),
];

/** The kubelet counts the grace from the moment it calls `pre_stop`, so the process gets what the sleep leaves. */
function graceProblems({ termination_grace_period_seconds: grace }: Arguments, containers: readonly Container[]) {
  const sleep = Math.max(0, ...containers.map(({ block }) => sleepOf(block)));
  return Number(grace) > sleep
    ? []
    : [`pod: termination_grace_period_seconds must be above the ${sleep} of pre_stop's sleep, got ${shown(grace)}`];
}

function sleepOf(container: Arguments): number {
  const commands = preStopsOf(container).map((preStop) => valuesAt(preStop, "exec.command").join(" "));
  return Math.max(0, ...commands.map((command) => Number(/\bsleep (\d+(?:\.\d+)?)\b/.exec(command)?.[1] ?? 0)));
}

const preStopsOf = (container: Arguments): Arguments[] =>
  blocksOf(container, "lifecycle").flatMap((lifecycle) => blocksOf(lifecycle, "pre_stop"));

function spreadProblems({ spec, labels }: PodTemplate): string[] {
  const selectors = blocksOf(spec, "topology_spread_constraint")
    .filter(({ topology_key }) => topology_key === ZONE)
    .map((constraint) => blockOf(constraint, "label_selector"));
  if (selectors.length === 0) return [`pod: topology_spread_constraint must be set for ${ZONE}`];
  // Without a selector, a constraint counts no pods at all.
  return selectors.some((selector) => selector !== undefined && selects(selector, labels))
    ? []
    : [`pod: topology_spread_constraint.label_selector of ${ZONE} must select the pod's own labels`];
}

const isFalse = (value: unknown) => `${value}` === "false";
const shown = (value: unknown) => (value === undefined ? "nothing" : `${value}`);
