import { randomBytes } from "node:crypto";
import { LocalKeys } from "../../../runtime/adapters/local/local-keys";

/** Keys that no other test has. */
export const localKeys = (): LocalKeys =>
  LocalKeys.fromEnvironment({ NODE_ENV: "test", LOCAL_KEY: randomBytes(32).toString("base64") });
