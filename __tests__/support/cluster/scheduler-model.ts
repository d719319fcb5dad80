import { type LabelSelector, type Labels, selects } from "./label-selector";

/** Of a pod's `spec`, as far as the model knows it. */
export interface SpreadConstraint {
  readonly topologyKey: string;
  readonly maxSkew: number;
  readonly whenUnsatisfiable: "ScheduleAnyway" | "DoNotSchedule";
  readonly labelSelector: LabelSelector;
  readonly matchLabelKeys?: readonly string[];
}

export interface SpreadWorkload {
  readonly kind: "Deployment" | "StatefulSet";
  /** The pods' labels, without that of their revision. */
  readonly labels: Labels;
  readonly constraints: readonly SpreadConstraint[];
}

export interface ModelNode {
  readonly name: string;
  readonly zone: string;
}

interface Pod {
  readonly labels: Labels;
  readonly node: ModelNode;
  readonly revision: number;
  /** Minute at which it became ready. */
  readonly readyAt: number;
}

/** The label that tells a workload's revisions apart, which their controllers give to the pods. */
const REVISION_LABELS = { Deployment: "pod-template-hash", StatefulSet: "controller-revision-hash" } as const;

/** Where Kubernetes has each node's place. */
const domainOf = (node: ModelNode, topologyKey: string): string => {
  if (topologyKey === "topology.kubernetes.io/zone") return node.zone;
  if (topologyKey === "kubernetes.io/hostname") return node.name;
  throw new Error(`the model of the scheduler must know the topology ${topologyKey}`);
};

/**
 * Kubernetes' default for a Deployment, and the share that the platform's own have. None may be missing meanwhile: so the
 * platform's own say, and so Kubernetes rounds its default for three pods and fewer.
 */
const SURGE = 0.25;

/**
 * A model of how Kubernetes 1.35 places the pods of one workload: the scheduler's plugin PodTopologySpread, and the order
 * in which a Deployment and a StatefulSet create and delete their pods. It is not the scheduler. What other plugins add to
 * a node's score is not in it: of the nodes with the best score, one is taken at random. Pods become ready at once, and
 * each fits on each node.
 *
 * https://github.com/kubernetes/kubernetes/blob/v1.35.0/pkg/scheduler/framework/plugins/podtopologyspread/scoring.go
 * https://github.com/kubernetes/kubernetes/blob/v1.35.0/pkg/controller/controller_utils.go (ActivePodsWithRanks)
 */
export class SchedulerModel {
  private pods: readonly Pod[] = [];
  private revision = 0;
  private now = 0;

  constructor(
    private readonly workload: SpreadWorkload,
    private nodes: readonly ModelNode[],
    private readonly random: () => number,
  ) {}

  /** How many pods are in each of the zones that have a node. */
  get perZone(): readonly number[] {
    return this.counted((node) => node.zone);
  }

  /** How many pods are on each node. */
  get perNode(): readonly number[] {
    return this.counted((node) => node.name);
  }

  /** Minutes in which nothing happens. */
  wait(minutes: number): void {
    this.now += minutes;
  }

  scaleTo(replicas: number): void {
    while (this.pods.length < replicas) this.create();
    if (this.workload.kind === "StatefulSet") this.pods = this.pods.slice(0, replicas);
    else this.delete(this.pods, this.pods.length - replicas);
  }

  /** A new revision takes the place of the old one. */
  rollOut(): void {
    const replicas = this.pods.length;
    this.revision += 1;
    // From the last ordinal to the first, one at a time.
    if (this.workload.kind === "StatefulSet") for (const pod of [...this.pods].reverse()) this.replace(pod);
    while (this.old.length > 0) {
      const room = replicas + Math.ceil(replicas * SURGE) - this.pods.length;
      const missing = replicas - (this.pods.length - this.old.length);
      for (let created = 0; created < Math.min(room, missing); created += 1) this.create();
      this.delete(this.old, this.pods.length - replicas);
    }
  }

  /** A node goes after another has come, and its pods one by one, as their budget wants it. */
  drain(name: string, replacement: ModelNode): void {
    this.nodes = [...this.nodes.filter((node) => node.name !== name), replacement];
    for (const pod of this.pods.filter(({ node }) => node.name === name)) this.replace(pod);
  }

  private get old(): readonly Pod[] {
    return this.pods.filter(({ revision }) => revision !== this.revision);
  }

  private counted(domain: (node: ModelNode) => string): readonly number[] {
    const domains = [...new Set(this.nodes.map(domain))].sort();
    return domains.map((each) => this.pods.filter(({ node }) => domain(node) === each).length);
  }

  private create(): void {
    this.pods = [...this.pods, this.placed()];
  }

  private replace(pod: Pod): void {
    const at = this.pods.indexOf(pod);
    this.pods = this.pods.filter((each) => each !== pod);
    this.pods = this.pods.toSpliced(at, 0, this.placed());
  }

  private placed(): Pod {
    const { kind, labels } = this.workload;
    const own = { ...labels, [REVISION_LABELS[kind]]: `${this.revision}` };
    return { labels: own, node: this.nodeFor(own), revision: this.revision, readyAt: this.now };
  }

  /** The node with the lowest of the plugin's scores, which it turns around before it adds them to the others'. */
  private nodeFor(labels: Labels): ModelNode {
    const allowed = this.nodes.filter((node) =>
      this.constraints("DoNotSchedule").every((constraint) => this.isAllowed(constraint, node, labels)),
    );
    if (allowed.length === 0) throw new Error("no node: the pod would stay pending");
    const scores = allowed.map((node) =>
      // The plugin rounds the sum for a node.
      Math.round(
        this.constraints("ScheduleAnyway").reduce((sum, each) => sum + this.scoreOf(each, node, labels, allowed), 0),
      ),
    );
    const best = allowed.filter((_, index) => scores[index] === Math.min(...scores));
    return best[Math.floor(this.random() * best.length)] as ModelNode;
  }

  private constraints(effect: SpreadConstraint["whenUnsatisfiable"]): readonly SpreadConstraint[] {
    return this.workload.constraints.filter(({ whenUnsatisfiable }) => whenUnsatisfiable === effect);
  }

  private isAllowed(constraint: SpreadConstraint, node: ModelNode, labels: Labels): boolean {
    const counts = this.nodes.map((each) => this.countAt(constraint, each, labels));
    return this.countAt(constraint, node, labels) + 1 - Math.min(...counts) <= constraint.maxSkew;
  }

  private scoreOf(
    constraint: SpreadConstraint,
    node: ModelNode,
    labels: Labels,
    allowed: readonly ModelNode[],
  ): number {
    const domains = new Set(allowed.map((each) => domainOf(each, constraint.topologyKey))).size;
    return this.countAt(constraint, node, labels) * Math.log(domains + 2) + constraint.maxSkew - 1;
  }

  /** Pods in a node's domain that the constraint counts for a pod with the labels. */
  private countAt(
    { topologyKey, labelSelector, matchLabelKeys = [] }: SpreadConstraint,
    at: ModelNode,
    labels: Labels,
  ) {
    // A key that the pod itself does not have is ignored.
    const keys = matchLabelKeys.filter((key) => labels[key] !== undefined);
    return this.pods.filter(
      (pod) =>
        domainOf(pod.node, topologyKey) === domainOf(at, topologyKey) &&
        selects(labelSelector, pod.labels) &&
        keys.every((key) => pod.labels[key] === labels[key]),
    ).length;
  }

  /**
   * What a ReplicaSet deletes first: pods of the fullest nodes, among them the youngest, by their age in powers of two, and
   * of as old ones any. The pods on a node are counted once for all that are deleted together.
   */
  private delete(among: readonly Pod[], count: number): void {
    const ranked = among.map((pod) => ({
      pod,
      onNode: this.pods.filter(({ node }) => node.name === pod.node.name).length,
      age: Math.floor(Math.log2(this.now - pod.readyAt + 1)),
      chance: this.random(),
    }));
    ranked.sort((a, b) => b.onNode - a.onNode || a.age - b.age || a.chance - b.chance);
    const deleted = ranked.slice(0, Math.max(0, count)).map(({ pod }) => pod);
    this.pods = this.pods.filter((pod) => !deleted.includes(pod));
  }
}
