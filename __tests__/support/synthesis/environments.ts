import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import type { Environment } from "../../../lib/config/environment";

const FOLDER = join(__dirname, "..", "..", "..", "environments");

/** Every environment of the folder: a file exports it under its own name. */
export const environments: Readonly<Record<string, Environment>> = Object.fromEntries(
  readdirSync(FOLDER)
    .map((file) => basename(file, ".ts"))
    .sort()
    .map((name) => [name, require(join(FOLDER, name))[name]]),
);
