import { createHash, randomBytes } from "node:crypto";
import { DataKey } from "./data-key";
import { KeyCache, type KeyCacheLimits } from "./key-cache";
import { SingleFlight } from "./single-flight";
import { checkKeyOwner, checkSubject, OWN_SUBJECT } from "./subject";
import {
  FORGOTTEN,
  type Forgotten,
  type SubjectKey,
  type SubjectKeys,
  type SubjectLedger,
  SubjectLedgerUnavailableError,
} from "./subject-keys";
import { type KeyContext, KeyServiceUnavailableError, type Waiting, type WrappingKeys } from "./wrapping-keys";

export interface DataKeysOptions {
  readonly wrappingKeys: WrappingKeys;
  readonly subjectKeys: SubjectKeys;
  /** Is told of whoever is forgotten, before his keys are deleted: `DeletedSubjects`. @default - none: a restored store has them again */
  readonly ledger?: SubjectLedger;
  /** @default - five minutes, 1000 keys, a million uses of each */
  readonly cache?: KeyCacheLimits;
  /** What getting one key may take, with the store and the wrapping keys; and what the ledger may, for itself. @default 10000 */
  readonly limitMilliseconds?: number;
}

/** Told of a subject that was forgotten, to delete what else there is of it: rows, cached answers, documents of a search. */
export type ForgottenListener = (subject: string) => void | Promise<void>;

const DEFAULT_LIMIT_MILLISECONDS = 10_000;
/** 96 bits: of a billion keys, no two are likely to have one id. */
const KEY_ID_BYTES = 12;

/** The data keys of subjects, open: each asked for once for all who want it, and kept for a while. */
export class DataKeys {
  private readonly wrappingKeys: WrappingKeys;
  private readonly subjectKeys: SubjectKeys;
  private readonly ledger: SubjectLedger | undefined;
  private readonly cache: KeyCache;
  private readonly flights: SingleFlight;
  private readonly ledgerFlights: SingleFlight;
  private readonly listeners = new Set<ForgottenListener>();

  constructor(options: DataKeysOptions) {
    const { wrappingKeys, subjectKeys, ledger, cache, limitMilliseconds = DEFAULT_LIMIT_MILLISECONDS } = options;
    this.wrappingKeys = wrappingKeys;
    this.subjectKeys = subjectKeys;
    this.ledger = ledger;
    this.cache = new KeyCache(cache);
    this.flights = new SingleFlight(limitMilliseconds, (cause) => new KeyServiceUnavailableError(cause));
    this.ledgerFlights = new SingleFlight(limitMilliseconds, (cause) => new SubjectLedgerUnavailableError(cause));
  }

  /** The key of a subject's new values if it is at hand, without waiting. */
  newestAtHand(subject: string): DataKey | undefined {
    return this.cache.useNewest(subject);
  }

  /** The key of a value if it is at hand, without waiting. */
  atHand(subject: string, id: string): DataKey | undefined {
    return this.cache.use(subject, id);
  }

  /**
   * The key that a subject's new values get, made when there is none.
   * @throws {KeyServiceUnavailableError | SubjectKeysUnavailableError} when it can't be had now.
   */
  async newest(subject: string, waiting?: Waiting): Promise<DataKey | Forgotten> {
    if (this.cache.isForgotten(subject)) return FORGOTTEN;
    return (
      this.cache.useNewest(subject) ??
      this.flights.run(`newest ${checkKeyOwner(subject)}`, (flight) => this.loadNewest(subject, flight), waiting)
    );
  }

  /**
   * A key by its id, undefined where there is none, or it is another subject's.
   * @throws {KeyRefusedError} when it is kept as another's, or was changed.
   * @throws {KeyServiceUnavailableError | SubjectKeysUnavailableError} when it can't be had now.
   */
  async find(subject: string, id: string, waiting?: Waiting): Promise<DataKey | Forgotten | undefined> {
    if (this.cache.isForgotten(subject)) return FORGOTTEN;
    const kept = this.cache.use(subject, id);
    if (kept !== undefined) return kept;
    return this.flights.run(
      `find ${id} ${checkKeyOwner(subject)}`,
      async (flight) => {
        const found = await this.subjectKeys.find(subject, id, flight);
        return this.opened(found, flight);
      },
      waiting,
    );
  }

  /** Whether a subject was forgotten. */
  async isForgotten(subject: string, waiting?: Waiting): Promise<boolean> {
    if (this.cache.isForgotten(subject)) return true;
    const found = await this.flights.run(
      `look ${checkKeyOwner(subject)}`,
      (flight) => this.subjectKeys.newest(subject, flight),
      waiting,
    );
    if (found === FORGOTTEN) this.cache.forget(subject);
    return found === FORGOTTEN;
  }

  /** Makes a key for a subject's new values. Old values keep theirs, and are read with it. */
  async rotate(subject: string, waiting?: Waiting): Promise<void> {
    await this.flights.run(
      `rotate ${checkKeyOwner(subject)}`,
      async (flight) => {
        const newest = await this.subjectKeys.newest(subject, flight);
        if (newest === FORGOTTEN) return;
        this.cache.unsetNewest(subject);
        await this.make(subject, (newest?.generation ?? 0) + 1, flight);
      },
      waiting,
    );
  }

  /**
   * Makes all values of a subject unreadable for good: he is written down in the ledger, and then his keys are deleted where they
   * are kept, and dropped here. Who dies in between is made good for by the next restore. Other
   * processes go on reading until their caches have let go, and backups of the store have the keys for as long as they are
   * kept. When it throws, it is to be done again.
   * @throws {RangeError} for what can't be a person's id, before anything is written.
   * @throws {SubjectLedgerUnavailableError} when the ledger does not answer, or what it throws; his keys are there then.
   * @throws {KeyServiceUnavailableError | SubjectKeysUnavailableError} when they can't be deleted now.
   * @throws {AggregateError} with what listeners threw; all were told.
   */
  async forget(subject: string, waiting?: Waiting): Promise<void> {
    checkSubject(subject);
    await this.ledgerFlights.run(subject, async (flight) => this.ledger?.record(subject, flight), waiting);
    await this.flights.run(
      `forget ${subject}`,
      async (flight) => {
        await this.subjectKeys.delete(subject, flight);
        this.cache.forget(subject);
      },
      waiting,
    );
    const told = await Promise.allSettled([...this.listeners].map(async (listener) => listener(subject)));
    const failures = told.flatMap((one) => (one.status === "rejected" ? [one.reason] : []));
    if (failures.length > 0) throw new AggregateError(failures, "the keys are gone, but not all could be told of it");
  }

  /** @returns what ends it. */
  onForgotten(listener: ForgottenListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Zeroes what is at hand. The wrapping keys and the store are their makers' to close. */
  close(): void {
    this.cache.close();
    this.listeners.clear();
  }

  private async loadNewest(subject: string, waiting: Waiting): Promise<DataKey | Forgotten> {
    const newest = await this.subjectKeys.newest(subject, waiting);
    const key = newest === undefined ? await this.make(subject, 1, waiting) : await this.opened(newest, waiting);
    if (key === undefined) throw new Error("no newest key");
    if (key !== FORGOTTEN) this.cache.setNewest(key);
    return key;
  }

  /** Of many processes that make a subject's key at once, all use the one that was kept first. */
  private async make(subject: string, generation: number, waiting: Waiting): Promise<DataKey | Forgotten> {
    const id = randomBytes(KEY_ID_BYTES).toString("base64url");
    const { plaintext, wrapped } = await this.wrappingKeys.generate(contextOf({ subject, id }), waiting);
    const made = new DataKey(id, subject, plaintext);
    try {
      const newest = await this.subjectKeys.putIfAbsent({ id, subject, generation, wrapped }, waiting);
      if (newest !== FORGOTTEN && newest.id === id) return this.kept(made);
      made.discard();
      return (await this.opened(newest, waiting)) ?? FORGOTTEN;
    } catch (error) {
      made.discard();
      throw error;
    }
  }

  private async opened(
    found: SubjectKey | Forgotten | undefined,
    waiting: Waiting,
  ): Promise<DataKey | Forgotten | undefined> {
    if (found === undefined) return undefined;
    if (found === FORGOTTEN) return FORGOTTEN;
    const { subject, id, wrapped } = found;
    const bytes = await this.wrappingKeys.unwrap(wrapped, contextOf(found), waiting);
    return this.kept(new DataKey(id, subject, bytes));
  }

  /** A subject may have been forgotten while its key was on its way. */
  private kept(key: DataKey): DataKey | Forgotten {
    if (!this.cache.isForgotten(key.subject)) return this.cache.put(key);
    key.discard();
    return FORGOTTEN;
  }
}

/**
 * What a data key is bound to by its wrapping key. The subject's id is hashed: CloudTrail has other readers than the stores.
 * A policy of KMS may tell keys of data from others by `cqrs:purpose`.
 */
export const contextOf = ({ subject, id }: Pick<SubjectKey, "subject" | "id">): KeyContext => ({
  "cqrs:subject": createHash("sha256").update(subject).digest("hex"),
  "cqrs:key": id,
  "cqrs:purpose": subject.startsWith(OWN_SUBJECT) ? subject.slice(OWN_SUBJECT.length) : "data",
});
