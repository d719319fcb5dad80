import { createHmac, hkdfSync, timingSafeEqual } from "node:crypto";

/** Counts up with what an older tool could not read. */
export const MANIFEST_FORMAT = 1;

/** An object that is a part of a backup: compressed, then encrypted. */
export interface Segment {
  readonly key: string;
  /** Of the object, as it is kept. */
  readonly bytes: number;
  readonly sha256: string;
}

export interface EventSegment extends Segment {
  readonly events: number;
  /** Positions of its first and its last event. */
  readonly first: string;
  readonly last: string;
  /** Of the hash chain, after its last event. */
  readonly chain: string;
}

/** The last event that a backup has, or that read models may have: by it they are known again as of this very store. */
export interface LastEvent {
  readonly stream: string;
  readonly revision: string;
  readonly position: string;
  /** Of its line. */
  readonly sha256: string;
}

export interface BackedUpEvents {
  /** Position that the parent ended at. @default - a full backup, from the first event on */
  readonly after?: string;
  /** Where the hash chain stood then, and stands now. */
  readonly chainBefore: string;
  readonly chain: string;
  /** In this backup alone, and with all that it goes on from. */
  readonly count: number;
  readonly total: number;
  /** Streams of which the first event is in it. */
  readonly streams: number;
  /** Undefined in an empty store. */
  readonly last?: LastEvent;
  /** When that was made, ISO 8601. */
  readonly lastCreated?: string;
  readonly segments: readonly EventSegment[];
}

export interface BackedUpCheckpoint {
  readonly projection: string;
  readonly partition: number;
  readonly position: string;
  /** Of how many it is one. @default - not known: it was written before that was kept */
  readonly partitions?: number;
}

export interface BackedUpTable {
  readonly name: string;
  readonly columns: readonly string[];
  readonly rows: number;
  readonly segment: Segment;
}

/** Read models of one moment, which all their checkpoints are of, too. */
export interface BackedUpReadModels {
  /** Of the store's events when they were read. @default - it had none, or they were read before that was kept */
  readonly last?: LastEvent;
  readonly checkpoints: readonly BackedUpCheckpoint[];
  readonly tables: readonly BackedUpTable[];
}

/** What a backup is. It is written last: without it there is none. */
export interface Manifest {
  readonly format: typeof MANIFEST_FORMAT;
  readonly id: string;
  readonly tool: string;
  /** Kind of the store: what is a gap in one may be lawful in another. */
  readonly store: string;
  /** ISO 8601, as all times here, by the clock of the tool's machine. */
  readonly begun: string;
  /**
   * Of the events, nothing that was acknowledged before it is missing. It is by the clock of the event store, as the times of
   * its events are, where the store tells its time: PostgreSQL does, KurrentDB does not.
   */
  readonly recoveryPoint: string;
  readonly finished: string;
  /** What it goes on from. @default - nothing: a full backup */
  readonly parent?: { readonly id: string; readonly seal: string };
  /** Why it goes on from nothing, in words. @default - it goes on from another, or was made before that was kept */
  readonly fullBecause?: string;
  /** When the full backup that it goes back to was begun. */
  readonly fullSince: string;
  /** The data key of its segments, wrapped. */
  readonly key: { readonly wrappedBy: string; readonly bytes: string };
  readonly events: BackedUpEvents;
  /** @default - the models were not backed up */
  readonly readModels?: BackedUpReadModels;
}

export interface Seal {
  /** HMAC-SHA-256 of the rest under the data key: whoever can't open the segments can't say what they are either. */
  readonly seal: string;
}

export interface SealedManifest extends Manifest, Seal {}

const SEAL_PURPOSE = "cqrs-ops manifest";
const HASH = "sha256";
const SEAL_BYTES = 32;

/** A manifest, or what there is of one. */
export const sealed = <Content extends object>(content: Content, key: Uint8Array): Content & Seal => ({
  ...content,
  seal: sealOf(content, key).toString("hex"),
});

export function isSealedBy({ seal, ...content }: Seal, key: Uint8Array): boolean {
  const got = Buffer.from(seal, "hex");
  return got.length === SEAL_BYTES && timingSafeEqual(got, sealOf(content, key));
}

function sealOf(content: object, key: Uint8Array): Buffer {
  const sealKey = Buffer.from(hkdfSync(HASH, key, Buffer.alloc(0), SEAL_PURPOSE, SEAL_BYTES));
  return createHmac(HASH, sealKey).update(canonical(content)).digest();
}

/** Keys in one order, whoever wrote them: a manifest that was only formatted anew is the same. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, part) =>
    typeof part === "object" && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
