import type { Counter, Histogram } from "prom-client";

type Labels = Readonly<Record<string, string>>;

export interface TimedTypeProps<Status extends string> {
  /** The label that has the type. */
  readonly label: string;
  readonly types: readonly string[];
  readonly statuses: readonly Status[];
  readonly counter: Counter;
  readonly histogram: Histogram;
  /** All labels that a duration can have beside its type. */
  readonly durationLabels: readonly Labels[];
  readonly durationLabelsOf: (status: Status) => Labels;
  readonly traceId?: () => string | undefined;
}

/** What is recorded of one type that ended in one way. */
interface Recorder {
  readonly count: Counter.Internal;
  readonly duration: Histogram.Internal<string>;
  readonly durationLabels: Labels;
}

/** Types that nobody has named. */
const OTHER = "other";
const NANOSECONDS = 1e9;

/** Counts and durations by type. Every series is there from the start, at zero: the first failure would be no rate otherwise. */
export class TimedType<Status extends string> {
  /** Those that have series of their own, and `other`. */
  readonly types: readonly string[];
  private readonly recorders = new Map<string, Readonly<Record<Status, Recorder>>>();
  private readonly histogram: Histogram;
  private readonly traceId: (() => string | undefined) | undefined;

  constructor(props: TimedTypeProps<Status>) {
    const { label, counter, histogram } = props;
    this.types = [...new Set([...props.types, OTHER])];
    this.histogram = histogram;
    this.traceId = props.traceId;
    for (const type of this.types) {
      for (const labels of props.durationLabels) histogram.zero({ [label]: type, ...labels });
      const recorders = props.statuses.map((status): [Status, Recorder] => {
        const durationLabels = { [label]: type, ...props.durationLabelsOf(status) };
        counter.inc({ [label]: type, status }, 0);
        return [
          status,
          {
            count: counter.labels({ [label]: type, status }),
            duration: histogram.labels(durationLabels),
            durationLabels,
          },
        ];
      });
      this.recorders.set(type, Object.fromEntries(recorders) as Record<Status, Recorder>);
    }
  }

  typeOf(type: string): string {
    return this.recorders.has(type) ? type : OTHER;
  }

  record(type: string, seconds: number, status: Status): void {
    const { count, duration, durationLabels } = this.recorderOf(type, status);
    count.inc();
    if (!(seconds >= 0 && seconds < Number.POSITIVE_INFINITY)) return;
    duration.observe(seconds);
    const trace_id = this.traceId?.();
    // prom-client observes with an exemplar only by its slower way.
    if (trace_id !== undefined) exemplarOf(this.histogram).updateExemplar(durationLabels, seconds, { trace_id });
  }

  async time<Result>(
    type: string,
    handler: () => Promise<Result>,
    statusOf: (error: unknown) => Status,
  ): Promise<Result> {
    const start = process.hrtime.bigint();
    const seconds = () => Number(process.hrtime.bigint() - start) / NANOSECONDS;
    try {
      const result = await handler();
      this.record(type, seconds(), "success" as Status);
      return result;
    } catch (error) {
      this.record(type, seconds(), statusOf(error));
      throw error;
    }
  }

  private recorderOf(type: string, status: Status): Recorder {
    const recorders = this.recorders.get(type) ?? this.recorders.get(OTHER);
    if (recorders === undefined) throw new Error("no recorder of other types");
    return recorders[status];
  }
}

/** A public method of prom-client's that its types do not have. */
const exemplarOf = (histogram: Histogram) =>
  histogram as unknown as { updateExemplar(labels: Labels, value: number, exemplar: Labels): void };
