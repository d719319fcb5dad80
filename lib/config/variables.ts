import { CONFIG_MAP_BYTES, DRAIN_DELAY_MS } from "../contract/limits";
import { alternatives } from "../core/problems";
import { freeText, known, mapOf, type Rule, refined, rule, text } from "../core/rules";

/** Ours, which the constructs set. A user's own may begin as they do, but for some beginnings. */
const OUR_VARIABLES = [
  "BACKUP_BUCKET",
  "BACKUP_FORMER_KMS_KEY_IDS",
  "BACKUP_FULL_AFTER_DAYS",
  "BACKUP_KMS_KEY_ID",
  "BACKUP_PREFIX",
  "CACHE_HOST",
  "CACHE_KEY_PREFIX",
  "CACHE_PORT",
  "CACHE_READER_HOST",
  "CACHE_USER",
  "DATABASE_HOSTS",
  "DATABASE_NAME",
  "DATABASE_PORT",
  "DATABASE_USER",
  "DELETED_SUBJECTS_BUCKET",
  "EVENT_STORE_CONNECTION_STRING",
  "EVENT_STORE_CREDENTIALS_SECRET",
  "HEALTH_PATH",
  "HTTP_PORT",
  "KMS_KEY_ID",
  "METRICS_PORT",
  "SUBJECT_KEYS_SECRET",
] as const;
/** With one of AWS's a pod would no longer take the role that is its own. */
const OUR_BEGINNINGS = ["AUTH_", "AWS_", "PROJECTION_"] as const;
/** The image's: without it there is no `sleep` for a pod that ends. */
const NOBODYS = "PATH";
/** Kubernetes: the longest key of a ConfigMap and of a Secret. */
const VARIABLE = new RegExp(`^(?!${OUR_BEGINNINGS.join("|")})[A-Z_][A-Z0-9_]{0,252}$`);

/** An environment variable of a user's own. */
export const isVariableName = refined<string>(
  text(
    `named by at most 253 capital letters, digits and '_', no digit first, and not as ours, which begin with ${alternatives(OUR_BEGINNINGS)}`,
    VARIABLE,
  ),
  (key, path) => {
    const whose =
      key === NOBODYS ? "the image's" : (OUR_VARIABLES as readonly string[]).includes(key) ? "ours" : undefined;
    return whose === undefined ? [] : [{ path, message: `must be another name, got '${key}', which is ${whose}` }];
  },
);

/** Ours: Linux takes four times as much in one variable, and nobody reads so much in a plan. */
const VALUE_BYTES = 32_768;
/** Ours: a quarter of the ConfigMap is left for our own variables. */
const ALL_BYTES = 0.75 * CONFIG_MAP_BYTES;

const bytes = (value: string): number => Buffer.byteLength(value);

/** What an environment variable holds. */
const isValue = freeText(`a text of at most ${VALUE_BYTES} bytes`, (value) => bytes(value) <= VALUE_BYTES);

/** Known, because a pod gets so much longer to end. */
const isDrainDelay = known(
  rule(
    `whole milliseconds from '${DRAIN_DELAY_MS.min}' to '${DRAIN_DELAY_MS.max}'`,
    (value) => typeof value === "string" && /^\d{1,5}$/.test(value) && Number(value) <= DRAIN_DELAY_MS.max,
  ),
);

/** A user's own environment variables. */
export const isVariables: Rule = refined<Readonly<Record<string, string>>>(
  mapOf(isValue, isVariableName),
  (variables, path) => {
    const all = Object.entries(variables).reduce((sum, [key, value]) => sum + bytes(key) + bytes(value), 0);
    const { DRAIN_DELAY_MS: drainDelay } = variables;
    return [
      ...(all <= ALL_BYTES ? [] : [{ path, message: `must be at most ${ALL_BYTES} bytes in all, got ${all}` }]),
      ...(drainDelay === undefined ? [] : isDrainDelay.problemsOf(drainDelay, `${path}.DRAIN_DELAY_MS`)),
    ];
  },
);
