export interface CircuitLimits {
  /** Failures one after the other that open it. @default 5 */
  readonly failures?: number;
  /** How long nobody may ask then. After that one may, and it is closed again if that one is answered. @default 5000 */
  readonly restMilliseconds?: number;
}

const DEFAULT_FAILURES = 5;
const DEFAULT_REST_MILLISECONDS = 5000;

/** Keeps calls away from a service that does not answer, so that they do not pile up behind it. */
export class Circuit {
  private readonly limit: number;
  private readonly rest: number;
  private failures = 0;
  private restsUntil = 0;

  constructor({ failures = DEFAULT_FAILURES, restMilliseconds = DEFAULT_REST_MILLISECONDS }: CircuitLimits = {}) {
    this.limit = failures;
    this.rest = restMilliseconds;
  }

  mayAsk(): boolean {
    if (this.failures < this.limit) return true;
    const now = performance.now();
    if (now < this.restsUntil) return false;
    // One tries, and the others go on resting until it is known how that went.
    this.restsUntil = now + this.rest;
    return true;
  }

  answered(): void {
    this.failures = 0;
  }

  failed(): void {
    this.failures++;
    this.restsUntil = performance.now() + this.rest;
  }
}
