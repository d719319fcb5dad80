import { isHost } from "../config/services";
import { nameOf } from "../core/names";
import { isTrueOrFalse, listOf, type Rule, shape, text } from "../core/rules";

/** The cluster that monitoring runs in, as far as it does not find it out for itself. */
export interface MonitoredCluster {
  /** Begins the names of roles: `'production-read'`. */
  readonly name: string;
  readonly clusterName: string;
  readonly region: string;
  /** Whether our services run there: with them came External Secrets, from which monitoring gets what is secret. */
  readonly services: boolean;
  /** Its issuer of tokens, for what takes a role at AWS by them alone. */
  readonly issuer: string;
  /** Hosts whose certificates NGINX has there. */
  readonly hosts: readonly string[];
}

export const isMonitoredCluster: Rule = shape<MonitoredCluster>({
  name: nameOf("IAM role", "-cloudwatch-exporter"),
  clusterName: text("a cluster's name", /\S/),
  region: text("a Region", /\S/),
  services: isTrueOrFalse,
  issuer: text("an https URL", /\S/),
  hosts: listOf(isHost, { min: 0, max: 20 }),
});
