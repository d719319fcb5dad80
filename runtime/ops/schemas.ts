import { isKurrentDbAddress } from "../adapters/kurrentdb/kurrentdb-settings";
import { checkSchema } from "../adapters/postgres/event-table";
import { MAX_GENERATION_NAME } from "../adapters/postgres/generation-names";
import { SettingsError } from "../settings";

/** Of a drill, which drops them, and what it makes beside them. */
export const DRILL_SCHEMAS = { events: "drill_events", models: "drill_models" } as const;

/** What names end with that are made beside a schema: to build another, to compare with it, to keep a former one. */
const BESIDE = /_(?:next|check|forms?|restoring|before_\d{8}t\d{9})$/;

/**
 * The schemas of events and of read models, from `EVENT_STORE_SCHEMA` and `DATABASE_SCHEMA`. They are two whatever the hosts are,
 * for a host has many names: what builds the one anew clears it, and would clear the other.
 * @throws {SettingsError} with all that is wrong with them.
 */
export function schemasIn(environment: NodeJS.ProcessEnv) {
  const { EVENT_STORE_SCHEMA: events = "event_store", DATABASE_SCHEMA: models = "read_models" } = environment;
  const isInPostgres = !isKurrentDbAddress(environment.EVENT_STORE_CONNECTION_STRING ?? "");
  const problems = [
    ...(isInPostgres ? problemsOf("EVENT_STORE_SCHEMA", events) : []),
    ...problemsOf("DATABASE_SCHEMA", models),
  ];
  if (isInPostgres && (isOf(events, models) || isOf(models, events)))
    problems.push(
      `EVENT_STORE_SCHEMA and DATABASE_SCHEMA: must be two schemas, neither of a name that is made beside the other, got "${events}" and "${models}"`,
    );
  if (problems.length > 0) throw new SettingsError(problems);
  return { events, models };
}

function problemsOf(name: string, schema: string): readonly string[] {
  if (Object.values(DRILL_SCHEMAS).some((drill) => isOf(schema, drill)))
    return [`${name}: must be none of a drill's, which drops what is there, got ${schema}`];
  try {
    checkSchema(schema, MAX_GENERATION_NAME);
    return [];
  } catch (error) {
    return [`${error instanceof Error ? error.message : error}`.replace(/^schema/, name)];
  }
}

/** Whether a name is a schema's, or of what is made beside it. */
const isOf = (name: string, schema: string): boolean => name === schema || name.replace(BESIDE, "") === schema;
