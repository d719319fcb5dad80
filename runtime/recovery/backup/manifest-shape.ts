import { isBackupId } from "./backup-id";
import { MANIFEST_FORMAT, type SealedManifest } from "./manifest";

type Shape = (value: unknown) => boolean;

const text: Shape = (value) => typeof value === "string";
const count: Shape = (value) => Number.isSafeInteger(value) && Number(value) >= 0;
const time: Shape = (value) => typeof value === "string" && !Number.isNaN(Date.parse(value));
const optional =
  (shape: Shape): Shape =>
  (value) =>
    value === undefined || shape(value);
const list =
  (shape: Shape): Shape =>
  (value) =>
    Array.isArray(value) && value.every(shape);
/** What else there is in it is nobody's business: it is under the seal like all else. */
const object =
  (fields: Readonly<Record<string, Shape>>): Shape =>
  (value) =>
    typeof value === "object" &&
    value !== null &&
    Object.entries(fields).every(([name, shape]) => shape((value as Readonly<Record<string, unknown>>)[name]));

const SEGMENT = { key: text, bytes: count, sha256: text };
const LAST_EVENT = object({ stream: text, revision: text, position: text, sha256: text });
const EVENTS = object({
  ...{ after: optional(text), chainBefore: text, chain: text },
  ...{ count, total: count, streams: count },
  ...{ last: optional(LAST_EVENT), lastCreated: optional(time) },
  segments: list(object({ ...SEGMENT, events: count, first: text, last: text, chain: text })),
});
const READ_MODELS = object({
  last: optional(LAST_EVENT),
  checkpoints: list(object({ projection: text, partition: count, position: text, partitions: optional(count) })),
  tables: list(object({ name: text, columns: list(text), rows: count, segment: object(SEGMENT) })),
});
const MANIFEST = object({
  format: (value) => value === MANIFEST_FORMAT,
  ...{ id: text, tool: text, store: text, seal: text },
  ...{ begun: time, recoveryPoint: time, finished: time, fullSince: time },
  parent: optional(object({ id: (value) => isBackupId(`${value}`), seal: text })),
  fullBecause: optional(text),
  key: object({ wrappedBy: text, bytes: text }),
  events: EVENTS,
  readModels: optional(READ_MODELS),
});

/** Whether it can be read at all; whether it is what was written, its seal tells. */
export const isManifest = (value: unknown): value is SealedManifest => MANIFEST(value);
