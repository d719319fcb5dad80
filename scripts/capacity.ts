import { production } from "../environments/production";
import { staging } from "../environments/staging";
import { capacityReport } from "../lib/config/capacity-report";

/** How the pods of each environment of this package fit its nodes. */
export const capacityReports = (): string =>
  Object.entries({ production, staging })
    .map(([name, environment]) => capacityReport(name, environment))
    .join("\n\n");

if (require.main === module) console.log(capacityReports());
