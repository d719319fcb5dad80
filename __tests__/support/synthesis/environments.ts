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

/** The same with a Cloudflare zone for each but the first, as no two of one app have an edge in one zone. */
export const inOwnZones = <Named extends Readonly<Record<string, Environment>>>(named: Named): Named =>
  Object.fromEntries(
    Object.entries(named).map(([name, environment], index) => {
      const { cloudflare } = environment;
      const zoneId = `${index}`.padStart(32, "f");
      return [name, cloudflare && index > 0 ? { ...environment, cloudflare: { ...cloudflare, zoneId } } : environment];
    }),
  ) as Named;
