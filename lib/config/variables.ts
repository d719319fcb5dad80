import { alternatives } from "../core/problems";
import { refined, text } from "../core/rules";

/** Ours, which the constructs set. A user's own may begin as they do, but for two beginnings. */
const OUR_VARIABLES = [
  "AWS_REGION",
  "CACHE_HOST",
  "CACHE_KEY_PREFIX",
  "CACHE_PORT",
  "CACHE_READER_HOST",
  "CACHE_USER",
  "DATABASE_HOSTS",
  "DATABASE_NAME",
  "DATABASE_PORT",
  "DATABASE_USER",
  "EVENT_STORE_CONNECTION_STRING",
  "HEALTH_PATH",
  "HTTP_PORT",
  "METRICS_PORT",
] as const;
const OUR_BEGINNINGS = ["AUTH_", "PROJECTION_"] as const;
const VARIABLE = new RegExp(`^(?!${OUR_BEGINNINGS.join("|")})[A-Z_][A-Z0-9_]*$`);

/** An environment variable of a user's own. */
export const isVariableName = refined<string>(
  text(
    `named by capital letters, digits and '_', no digit first, and not as ours, which begin with ${alternatives(OUR_BEGINNINGS)}`,
    VARIABLE,
  ),
  (key, path) =>
    (OUR_VARIABLES as readonly string[]).includes(key)
      ? [{ path, message: `must be another name, got '${key}', which is ours` }]
      : [],
);
