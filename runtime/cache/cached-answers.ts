import { within } from "../deadline";
import { type Cache, CacheUnavailableError } from "./cache";

export interface CachedAnswersOptions {
  readonly cache: Cache;
  /** Milliseconds that the cache may take: then whoever has it loads it himself. @default 100 */
  readonly limitMs?: number;
  /** Is told of each time that the cache was of no use. @default - nobody */
  readonly failed?: (error: CacheUnavailableError) => void;
}

const DEFAULT_LIMIT_MS = 100;

/** Answers that are asked for again and again. A cache that is away makes them slower, and no other. */
export class CachedAnswers {
  private readonly loading = new Map<string, Promise<unknown>>();

  constructor(private readonly options: CachedAnswersOptions) {}

  /**
   * What is kept under a key, or else what `load` gives, which is kept then. Those who ask at the same time wait for one
   * answer. `undefined` is not kept.
   * @throws what `load` throws.
   */
  async getOrLoad<Value>(key: string, seconds: number, load: () => Promise<Value>): Promise<Value> {
    const same = this.loading.get(key);
    if (same !== undefined) return same as Promise<Value>;
    const loading = this.kept(key, seconds, load).finally(() => this.loading.delete(key));
    this.loading.set(key, loading);
    return loading;
  }

  /** Forgets an answer. That it could not be is told, and it ends by its time. */
  async forget(key: string): Promise<void> {
    await this.tried((signal) => this.options.cache.delete(key, { signal }));
  }

  private async kept<Value>(key: string, seconds: number, load: () => Promise<Value>): Promise<Value> {
    const { cache } = this.options;
    const kept = await this.tried(async (signal) => {
      const text = await cache.get(key, { signal });
      // What somebody else has put there may be anything.
      return text === undefined ? undefined : { value: JSON.parse(text) as Value };
    });
    if (kept !== undefined) return kept.value;
    const value = await load();
    // Nobody waits until it is kept.
    if (value !== undefined) void this.tried((signal) => cache.set(key, JSON.stringify(value), seconds, { signal }));
    return value;
  }

  private async tried<Result>(ask: (signal: AbortSignal) => Promise<Result>): Promise<Result | undefined> {
    const { limitMs = DEFAULT_LIMIT_MS, failed } = this.options;
    try {
      return await within({ limitMs }, ask);
    } catch (error) {
      failed?.(error instanceof CacheUnavailableError ? error : new CacheUnavailableError(error));
      return undefined;
    }
  }
}
