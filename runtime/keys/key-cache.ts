import type { DataKey } from "./data-key";

export interface KeyCacheLimits {
  /**
   * How long a key is used without asking for it again: so long may other processes read a subject that was forgotten, and
   * so long do they go on with a key that another took the place of.
   * At most a day.
   * @default 300000
   */
  readonly ttlMilliseconds?: number;
  /** @default 1000 */
  readonly maxEntries?: number;
  /** Of one key before it is asked for anew. @default 1000000 */
  readonly maxUses?: number;
}

interface Entry {
  readonly key: DataKey;
  readonly expires: number;
  uses: number;
}

const DEFAULT_TTL_MILLISECONDS = 300_000;
/** Ours: who is forgotten must not be readable for days. */
const MAX_TTL_MILLISECONDS = 86_400_000;
const DEFAULT_MAX_ENTRIES = 1000;
/** Far below the 2^32 values with random IVs that SP 800-38D allows one AES-GCM key. */
const DEFAULT_MAX_USES = 1_000_000;

/** Open keys for a while: bounded in time, number and uses, and zeroed when they go. */
export class KeyCache {
  /** By id; the one that was used last is last. */
  private readonly entries = new Map<string, Entry>();
  /** Ids of newest keys by their subjects. */
  private readonly newestIds = new Map<string, string>();
  /** Subjects that will never have a key again, no more of them than of keys. */
  private readonly forgotten = new Set<string>();
  private readonly ttl: number;
  private readonly maxEntries: number;
  private readonly maxUses: number;
  private sweeping: NodeJS.Timeout | undefined;
  private isClosed = false;

  /** @throws {RangeError} for a limit that is no whole number above 0, or a time above a day. */
  constructor({
    ttlMilliseconds = DEFAULT_TTL_MILLISECONDS,
    maxEntries = DEFAULT_MAX_ENTRIES,
    maxUses = DEFAULT_MAX_USES,
  }: KeyCacheLimits = {}) {
    for (const [name, value] of Object.entries({ ttlMilliseconds, maxEntries, maxUses })) {
      if (!Number.isSafeInteger(value) || value < 1)
        throw new RangeError(`${name}: must be a whole number above 0, got ${value}`);
    }
    if (ttlMilliseconds > MAX_TTL_MILLISECONDS)
      throw new RangeError(`ttlMilliseconds: must be at most ${MAX_TTL_MILLISECONDS}, got ${ttlMilliseconds}`);
    this.ttl = ttlMilliseconds;
    this.maxEntries = maxEntries;
    this.maxUses = maxUses;
  }

  /** A use of a subject's key, undefined where it must be asked for. */
  use(subject: string, id: string): DataKey | undefined {
    const entry = this.entries.get(id);
    if (entry === undefined || entry.key.subject !== subject) return undefined;
    entry.uses++;
    if (entry.uses > this.maxUses || entry.expires <= performance.now()) {
      this.drop(entry);
      return undefined;
    }
    this.entries.delete(id);
    this.entries.set(id, entry);
    return entry.key;
  }

  useNewest(subject: string): DataKey | undefined {
    const id = this.newestIds.get(subject);
    return id === undefined ? undefined : this.use(subject, id);
  }

  /** Keeps a key and gives the one to use: it may have been there already. */
  put(key: DataKey): DataKey {
    const kept = this.use(key.subject, key.id);
    if (kept !== undefined || this.isClosed) {
      key.discard();
      return kept ?? key;
    }
    this.entries.set(key.id, { key, expires: performance.now() + this.ttl, uses: 1 });
    for (const entry of this.entries.values()) {
      if (this.entries.size <= this.maxEntries) break;
      this.drop(entry);
    }
    this.sweepLater();
    return key;
  }

  /** Says that a key, if it is still here, is what its subject's new values get. */
  setNewest({ subject, id }: DataKey): void {
    if (this.entries.has(id)) this.newestIds.set(subject, id);
  }

  /** Lets the next new value of a subject ask which its newest key is. */
  unsetNewest(subject: string): void {
    this.newestIds.delete(subject);
  }

  isForgotten(subject: string): boolean {
    return this.forgotten.has(subject);
  }

  /** Drops all keys of a subject, and those that come later. */
  forget(subject: string): void {
    for (const entry of this.entries.values()) {
      if (entry.key.subject === subject) this.drop(entry);
    }
    if (this.isClosed) return;
    this.forgotten.add(subject);
    for (const first of this.forgotten) {
      if (this.forgotten.size <= this.maxEntries) break;
      this.forgotten.delete(first);
    }
  }

  close(): void {
    this.isClosed = true;
    clearTimeout(this.sweeping);
    for (const entry of this.entries.values()) this.drop(entry);
    this.forgotten.clear();
  }

  private drop({ key }: Entry): void {
    this.entries.delete(key.id);
    if (this.newestIds.get(key.subject) === key.id) this.newestIds.delete(key.subject);
    key.discard();
  }

  /** A key that nobody asks for again must go, too. */
  private sweepLater(): void {
    this.sweeping ??= setTimeout(() => {
      this.sweeping = undefined;
      const now = performance.now();
      for (const entry of this.entries.values()) if (entry.expires <= now) this.drop(entry);
      if (this.entries.size > 0) this.sweepLater();
    }, this.ttl).unref();
  }
}
